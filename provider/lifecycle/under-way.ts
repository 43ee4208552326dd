import type { CallOptions, RetryNote, VaultClient } from "../vault/client";

type Call = Exclude<keyof VaultClient, "vaultUrl">;

const words: Readonly<Record<Call, string>> = {
  getCertificate: "the look at the certificate",
  getCertificateVersion: "the look at the certificate's version",
  listVersions: "the look at the certificate's versions",
  createCertificate: "the order",
  updateCertificate: "the change of the certificate's attributes and tags",
  getOperation: "the look at the request",
  cancelOperation: "the request's cancellation",
  deleteOperation: "the request's deletion",
  mergeCertificate: "the merge of the chain",
  getPolicy: "the look at the policy",
  updatePolicy: "the change of the policy",
  deleteCertificate: "the certificate's deletion",
  getDeletedCertificate: "the look at the deleted certificate",
  recoverDeletedCertificate: "the certificate's recovery",
  purgeDeletedCertificate: "the certificate's purge",
};

const isCall = (key: PropertyKey): key is Call => Object.hasOwn(words, key);

export interface UnderWay {
  /** The same vault; its calls are seen. */
  readonly vault: VaultClient;
  readonly onRetry: NonNullable<CallOptions["onRetry"]>;
  /** In words, of several that begun last; undefined between two calls. */
  readonly call: () => string | undefined;
  /** Why the call under way is tried again; undefined during its first attempt. */
  readonly lastRetry: () => RetryNote | undefined;
}

/** Sees what a run asks of the vault, so that a run that is ended in the middle of it can say what it was. */
export function watchCalls(vault: VaultClient, { onRetry }: Pick<CallOptions, "onRetry">): UnderWay {
  const open = new Set<{ readonly what: string }>();
  let note: RetryNote | undefined;
  const get = (target: VaultClient, key: PropertyKey): unknown => {
    const value: unknown = Reflect.get(target, key, target);
    if (!isCall(key) || typeof value !== "function") return value;
    const method = value as (...given: unknown[]) => Promise<unknown>;
    return async (...given: unknown[]) => {
      const call = { what: words[key] };
      open.add(call);
      try {
        return await method.apply(target, given);
      } finally {
        open.delete(call);
        note = undefined;
      }
    };
  };
  return {
    vault: new Proxy(vault, { get }),
    onRetry: (given) => {
      note = given;
      onRetry?.(given);
    },
    call: () => [...open].at(-1)?.what,
    lastRetry: () => note,
  };
}
