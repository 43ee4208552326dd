import { row } from "./row";

/** A request for a certificate, as a failure names it. */
export interface RequestDetails {
  /** The issuer's name: `Self`, `Unknown` or an issuer of the vault. */
  readonly issuer: string;
  /** 32 hexadecimal digits. */
  readonly requestId: string;
}

/** For which part of a certificate the resource is. */
export interface PartDetails {
  /** `merge`: another resource makes the requests. */
  readonly part?: "whole" | "request" | "merge";
}

/** A soft-deleted certificate, as a failure names it. */
export interface DeletedDetails {
  /** RFC 3339, UTC. */
  readonly deletedOn: string | undefined;
}

export interface UntaggedDetails {
  /** No mark is written: `adopt` needs one. */
  readonly untagged: boolean;
}

const adopting = ({ untagged }: UntaggedDetails) =>
  untagged ? "set adopt: true without ownershipTag: false for one `pulumi up`" : "set adopt: true";

const on = (date: string | undefined) => (date === undefined ? "some time ago" : `on ${date}`);

const refreshFirst =
  "run `pulumi up --refresh`: its CertificateRequest then learns of it and makes a new request, whose CSR is signed in the same run; where that finds nothing to do, change its reissue";

const nextUpOrders = "the next `pulumi up` makes one new request";

/** Failures of `lifecycle/`: what became of a certificate or of a request for one. */
export const lifecycleErrors = {
  KVC_REQUEST_FAILED: row<
    RequestDetails & {
      readonly caCode?: string | undefined;
      readonly caMessage?: string | undefined;
      readonly statusDetails?: string | undefined;
    }
  >({
    message: (d) => {
      const words = [d.caCode, d.caMessage].filter((part) => part !== undefined).join(": ");
      const details = d.statusDetails === undefined ? "" : ` (status details: "${d.statusDetails}")`;
      return `issuer "${d.issuer}" was to issue request ${d.requestId}, but it failed${words === "" ? " without an error" : ` with "${words}"`}${details}`;
    },
    remedy: () => `remove the cause at the issuer; ${nextUpOrders}`,
    retryable: false,
  }),
  KVC_REQUEST_CANCELLED: row<RequestDetails & PartDetails>({
    message: (d) => `issuer "${d.issuer}" was to issue request ${d.requestId}, but it was cancelled`,
    remedy: (d) => (d.part === "merge" ? refreshFirst : `find out who cancelled it; ${nextUpOrders}`),
    retryable: false,
  }),
  KVC_REQUEST_GONE: row<RequestDetails & PartDetails & { readonly successor?: string | undefined }>({
    message: (d) =>
      `request ${d.requestId} at issuer "${d.issuer}" was to be in progress, but it is gone from the vault` +
      (d.successor === undefined ? "" : `; in its place stands ${d.successor}`),
    remedy: (d) =>
      d.part === "merge"
        ? refreshFirst
        : `find out who deleted or replaced it; ${nextUpOrders} unless the certificate fits by then`,
    retryable: false,
  }),
  KVC_STATUS_UNKNOWN: row<RequestDetails & { readonly status: string }>({
    message: (d) =>
      `the status of request ${d.requestId} must be inProgress, completed, cancelled or failed, got "${d.status}"`,
    remedy: () => "look at the request in the vault, and report the status so that this package learns it",
    retryable: false,
  }),
  KVC_REQUEST_IN_PROGRESS: row<{
    readonly issuer: string | undefined;
    readonly requestId: string | undefined;
    readonly since: string | undefined;
    readonly holder: string;
  }>({
    message: (d) =>
      `a new request needs that none is in progress, but ${d.requestId === undefined ? "one" : `request ${d.requestId}`} ` +
      `${d.issuer === undefined ? "" : `at issuer "${d.issuer}" `}is${d.since === undefined ? "" : ` since ${d.since}`}, and it belongs to ${d.holder}`,
    remedy: () =>
      'wait until it ends, or cancel or delete it where it was made, or set onConflict to "wait", "cancel" or "delete", then run `pulumi up` again',
    retryable: true,
  }),
  KVC_NOT_CANCELLED: row<RequestDetails>({
    message: (d) =>
      `request ${d.requestId} at issuer "${d.issuer}" was to be cancelled (onConflict: "cancel"), but its issuer did not`,
    remedy: () => 'wait until it ends, or set onConflict to "delete": it may then still be issued and billed',
    retryable: true,
  }),
  KVC_TIMED_OUT: row<{
    readonly waitingFor: string;
    readonly waited: string;
    /** What the last look found, where there was one. */
    readonly last?: string;
    /** What stood in the way of an end, in place of `last`. */
    readonly met?: string;
    readonly option: "create" | "update" | "delete";
    /**
     * What the next run does: goes on with the request (default), does what is left, or begins anew as nothing was
     * ordered.
     */
    readonly next?: "request" | "rest" | "anew";
    /** It was waited for because it is in the way (`onConflict: "wait"`). */
    readonly inTheWay?: boolean;
  }>({
    message: (d) =>
      `${d.waitingFor} was to end within ${d.waited}, but ${d.met ?? `the last look found ${d.last ?? "nothing"}`}`,
    remedy: (d) => {
      if (d.inTheWay === true)
        return `merge, cancel or delete it where it was made, or set onConflict to "delete" (it may then still be issued and billed), then run \`pulumi up\` again; or allow more time with customTimeouts.${d.option}`;
      if (d.option === "delete")
        return "run the same command again: it goes on from here; or allow more time with customTimeouts.delete";
      if (d.next === "anew")
        return `run \`pulumi up\` again: nothing was ordered, and it begins anew; or allow more time with customTimeouts.${d.option}`;
      const goesOn =
        d.next === "rest"
          ? "it looks at what is there and does what is left"
          : "it goes on with the same request";
      return `run \`pulumi up\` again: ${goesOn}, within customTimeouts.update; or allow more time at once with customTimeouts.${d.option}`;
    },
    retryable: true,
  }),
  KVC_ENGINE_GONE: row<{ readonly doing: string }>({
    message: (d) => `the Pulumi engine went away while ${d.doing}, so nothing more was written to the vault`,
    remedy: () => "run `pulumi cancel` if the stack is locked, then `pulumi up`: it goes on from here",
    retryable: false,
  }),
  KVC_NOT_OURS: row<PartDetails & { readonly holder: string }>({
    message: (d) => `the certificate must be this resource's own, but its tag names ${d.holder}`,
    remedy: (d) =>
      d.part === "merge"
        ? "choose another certificateName for its CertificateRequest, or set adopt: true there and run `pulumi up --refresh`, so that it takes it over"
        : "choose another certificateName, or set adopt: true to take it over",
    retryable: false,
  }),
  KVC_ALREADY_EXISTS: row<UntaggedDetails & { readonly version: string }>({
    message: (d) =>
      `the name must be free, but a certificate without an owner's tag has it (version ${d.version})`,
    remedy: (d) => `choose another certificateName, or ${adopting(d)} to take the certificate over`,
    retryable: false,
  }),
  KVC_SOFT_DELETED: row<DeletedDetails>({
    message: (d) =>
      `the name must be free, but a certificate deleted ${on(d.deletedOn)} can still be recovered (onSoftDeleted: "fail")`,
    remedy: () => 'recover or purge it, or set onSoftDeleted to "recover" or "purge"',
    retryable: false,
  }),
  KVC_SOFT_DELETED_NOT_OURS: row<DeletedDetails & UntaggedDetails & { readonly holder: string }>({
    message: (d) =>
      `the deleted certificate of this name must be this resource's own to be recovered or purged, but it was deleted ${on(d.deletedOn)} and belongs to ${d.holder}`,
    remedy: (d) => `choose another certificateName, or ${adopting(d)} to recover or purge it all the same`,
    retryable: false,
  }),
  KVC_CANNOT_PURGE: row<
    DeletedDetails & { readonly recoveryLevel: string; readonly purgedOn: string | undefined }
  >({
    message: (d) =>
      `the deleted certificate of this name must be purged (onSoftDeleted: "purge"), but its vault is protected (${d.recoveryLevel})${d.purgedOn === undefined ? "" : ` until ${d.purgedOn}`}`,
    remedy: () => 'set onSoftDeleted to "recover", or choose another certificateName',
    retryable: false,
  }),
  KVC_BUSY_TOO_LONG: row<{ readonly busy: string; readonly waited: string }>({
    message: (d) => `the service was to end ${d.busy}, but it has not after ${d.waited}`,
    remedy: () => "run `pulumi up` again in a few minutes",
    retryable: true,
  }),
  KVC_NAME_TAKEN: row<{ readonly words: string }>({
    message: (d) =>
      `the name must be free, but a key or secret that belongs to no certificate has it ("${d.words}")`,
    remedy: () => "delete that key or secret, or choose another certificateName",
    retryable: false,
  }),
  KVC_CONFLICT_UNKNOWN: row<{ readonly words: string }>({
    message: (d) => `the service refused with a conflict that this package does not know ("${d.words}")`,
    remedy: () => "resolve it in the vault, and report the text so that this package learns it",
    retryable: false,
  }),
  KVC_WAITING_FOR_CHAIN: row<RequestDetails>({
    message: (d) =>
      `request ${d.requestId} was to be completed (waitForCompletion), but it waits for a signed chain`,
    remedy: () => "have the csrPem output signed and give the result as chain, then run `pulumi up` again",
    retryable: false,
  }),
  KVC_CHAIN_WITHOUT_REQUEST: row<
    PartDetails & {
      readonly version: string;
      /** Whose key the chain has, where that is known. */
      readonly knownAs?: string | undefined;
    }
  >({
    message: (d) =>
      `chain must belong to the current version (${d.version}) or to a request that waits for it, but its leaf is not that version${d.knownAs === undefined ? "" : `: it is for the key of ${d.knownAs}`}, and no request waits`,
    remedy: (d) =>
      d.part === "merge"
        ? "change reissue of its CertificateRequest, whose new csrPem is then signed and merged in the same run"
        : "remove chain, or change reissue to make a new request and have its csrPem signed",
    retryable: false,
  }),
  KVC_NOTHING_TO_MERGE: row<{ readonly requestId: string; readonly found: string }>({
    message: (d) => `request ${d.requestId} was to wait in the vault for this chain, but there is ${d.found}`,
    remedy: () => refreshFirst,
    retryable: false,
  }),
  KVC_UNEXPECTED: row<{ readonly words: string }>({
    message: (d) => `this package was to go on, but it met what it was not written for (${d.words})`,
    remedy: () =>
      "report it with what was done before; `pulumi up` goes on from here, as nothing of what is known was lost",
    retryable: false,
  }),
  KVC_NOT_SETTLING: row<{ readonly steps: number; readonly last: string }>({
    message: (d) => `the vault was to settle, but after ${d.steps} steps it still changes (last: ${d.last})`,
    remedy: () =>
      "see whether something else works on this certificate at the same time, then run `pulumi up` again",
    retryable: true,
  }),
} as const;
