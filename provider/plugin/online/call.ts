import { randomBytes } from "node:crypto";
import type { OwnerMark } from "../../lifecycle/ownership";
import { issuerKind } from "../../lifecycle/policy";
import type { Run } from "../../lifecycle/steps/step";
import type { Wanted } from "../../lifecycle/wanted";
import { targetOf, timeoutMs } from "../inputs";
import { type PlainObject, textAt } from "../plain";
import type { Session } from "../session";

/** What the handlers that reach the vault are given besides the engine's arguments. */
export interface Online {
  readonly session: Session;
  readonly urn: string | undefined;
  /** Which incarnation of a resource has its certificate by what this process has done: what the engine still deletes of others has been replaced. */
  readonly holders: Holders;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** Incarnations by what they have: a certificate of an owner, or what another incarnation had. */
export type Holders = Map<string, string>;

/**
 * From here on the certificate is this incarnation's, whatever mark a request of before may give it; so it is under another URL of its vault, where the
 * incarnation is known whose place it has taken.
 */
export function hold(
  { holders }: Online,
  wanted: Wanted,
  { mark, tookOver }: { mark: OwnerMark; tookOver: string | undefined },
): void {
  holders.set(certificateOf(wanted, mark), mark.incarnation);
  if (tookOver !== undefined) holders.set(tookOver, mark.incarnation);
}

/** Another incarnation has the certificate by what this process has done. */
export function isHeldByAnother({ holders }: Online, wanted: Wanted, mark: OwnerMark): boolean {
  return [certificateOf(wanted, mark), mark.incarnation].some(
    (what) => (holders.get(what) ?? mark.incarnation) !== mark.incarnation,
  );
}

/** Names of vaults and certificates know no case. */
function certificateOf(wanted: Wanted, { owner }: OwnerMark): string {
  return `${owner} ${idOf(wanted).toLowerCase()}`;
}

/** A new `create`: eight hexadecimal digits. */
export function newIncarnation(): string {
  return randomBytes(4).toString("hex");
}

/** `https://{vault}/certificates/{name}`: never a version, so that it stays. */
export function idOf({ vaultUrl, certificateName }: Wanted): string {
  return `${vaultUrl}/certificates/${certificateName}`;
}

export function markOf(inputs: PlainObject, incarnation: string, generation: string): OwnerMark {
  return { owner: textAt(inputs, "__owner") ?? "", incarnation, generation };
}

/** The run of one call of the engine, with its deadline. */
export function runOf(
  inputs: PlainObject,
  wanted: Wanted,
  option: "create" | "update" | "delete",
  { session, urn }: Online,
): Run {
  const signedElsewhere =
    issuerKind(wanted.policy.issuerName) === "integrated" || wanted.signer !== undefined;
  return session.run({
    target: targetOf(inputs),
    option,
    timeoutMs: timeoutMs(inputs, option, signedElsewhere),
    urn,
  });
}
