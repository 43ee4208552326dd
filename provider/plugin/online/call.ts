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

/** Incarnations by owner and certificate. */
export type Holders = Map<string, string>;

/** From here on the certificate is this incarnation's, whatever mark a request of before may give it. */
export function hold({ holders }: Online, wanted: Wanted, { owner, incarnation }: OwnerMark): void {
  holders.set(`${owner} ${idOf(wanted)}`, incarnation);
}

/** Another incarnation has the certificate by what this process has done. */
export function isReplaced({ holders }: Online, wanted: Wanted, { owner, incarnation }: OwnerMark): boolean {
  return (holders.get(`${owner} ${idOf(wanted)}`) ?? incarnation) !== incarnation;
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
