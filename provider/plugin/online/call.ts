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
  /** The incarnations whose certificates creates of this process have taken over: what the engine still deletes of them is no longer theirs. */
  readonly takenOver: Set<string>;
  /** Unix milliseconds. */
  readonly clock: () => number;
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
