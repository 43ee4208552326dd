import type { CertificateBundle } from "../vault/model";
import { fingerprint } from "./canonical";
import { readMark } from "./ownership";
import { policyIdentity } from "./policy";
import { isDue } from "./renewal";
import type { Memory, Situation } from "./situation";
import type { Wanted } from "./wanted";

/**
 * The generation of what is wanted: everything that takes a new version to become true. 16 hexadecimal digits, and for a
 * renewal its ordinal: `0123456789abcdef.2` is the second renewal of the same thing.
 */
export function generationOf(
  wanted: Pick<Wanted, "policy" | "preserveCertificateOrder" | "reissue">,
  renewal = 0,
): string {
  const base = fingerprint({
    policy: policyIdentity(wanted.policy),
    preserveCertificateOrder: wanted.preserveCertificateOrder ?? false,
    reissue: wanted.reissue,
  });
  return renewal === 0 ? base : `${base}.${renewal}`;
}

/** Of a version that somebody else made and that is not what is wanted, once our mark is on it: no wanted generation is it. */
export const foreignGeneration = "0".repeat(16);

/** The generation without its ordinal: what was wanted, however often it was renewed. */
export function baseOf(generation: string): string {
  return generation.split(".")[0] ?? generation;
}

/** How often a generation has been renewed. */
export function renewalOf(generation: string | undefined): number {
  return Number(generation?.split(".")[1] ?? 0);
}

/** The generation of the last request of this resource, where it has not ended. */
function unfinishedGeneration(memory: Memory | undefined): string | undefined {
  return memory?.request?.unfinished === true ? memory.request.generation : undefined;
}

/**
 * The generation that an update is to reach. A renewal that is due adds one to the ordinal; one that was requested and has not ended
 * stays wanted, so that it is gone on with and not asked for again; something else that is wanted begins at none.
 */
export function nextGeneration(wanted: Wanted, memory: Memory | undefined, isRenewalDue: boolean): string {
  const base = generationOf(wanted);
  const current = memory?.generation;
  const unfinished = unfinishedGeneration(memory);
  const ongoing = unfinished !== undefined && baseOf(unfinished) === base ? renewalOf(unfinished) : 0;
  if (current === undefined || baseOf(current) !== base) return generationOf(wanted, ongoing);
  return generationOf(wanted, Math.max(ongoing, renewalOf(current) + (isRenewalDue ? 1 : 0)));
}

/** What the last run had under way, else what it had made: what a look that wants nothing new goes by. */
export function rememberedGeneration(wanted: Wanted, memory: Memory | undefined): string {
  return unfinishedGeneration(memory) ?? memory?.generation ?? generationOf(wanted);
}

/** The generation that a version was made for, as far as its tag, the state or the key of the last request knows. */
export function generationOfVersion(s: Situation, bundle: CertificateBundle): string | undefined {
  const remembered = isRemembered(s, bundle) ? s.memory?.generation : undefined;
  const requested = s.content.answersRemembered === true ? s.memory?.request?.generation : undefined;
  return readMark(bundle.tags)?.generation ?? remembered ?? requested;
}

/**
 * The version that the state knows, or one that it cannot tell from it. A version without a tag that somebody has made since is judged by what it
 * is, and not by what the state says of its predecessor.
 */
export function isRemembered({ memory }: Situation, { version }: CertificateBundle): boolean {
  return memory !== undefined && (memory.version === undefined || memory.version === version);
}

/**
 * The generation that a version must have to fit. How often a certificate was renewed is in its own mark; a create, which has no
 * state, and a run that finds a younger version than the state knows take the ordinal from there, so that a certificate which was
 * renewed meanwhile is not renewed once more.
 */
export function generationInForce(s: Situation, bundle: CertificateBundle): string {
  const seen = readMark(bundle.tags);
  const ours = seen?.owner === s.mark.owner && baseOf(seen.generation) === baseOf(s.mark.generation);
  const news = s.memory === undefined || (!isRemembered(s, bundle) && !isOverdue(s, bundle));
  return ours && news ? seen.generation : s.mark.generation;
}

/**
 * The generation of a version that fits. One that nothing vouches for fits the inputs, of which a look takes those that it has found, and not what the
 * state says of its predecessor.
 */
export function generationThatFits(s: Situation, bundle: CertificateBundle): string {
  const inForce = generationInForce(s, bundle);
  const base = generationOf(s.wanted);
  const vouchedFor = s.progress.completed || generationOfVersion(s, bundle) !== undefined;
  return vouchedFor || baseOf(inForce) === base ? inForce : base;
}

/** By its own dates, and not by those in the state, the version is due for renewal. */
export function isOverdue(
  { wanted, startedAt }: Situation,
  { notBefore, expiresOn }: CertificateBundle,
): boolean {
  if (wanted.renewal === undefined || notBefore === undefined || expiresOn === undefined) return false;
  return isDue({ notBefore: notBefore * 1000, expiresOn: expiresOn * 1000 }, wanted.renewal, startedAt);
}
