import type { CertificateBundle, CertificateOperation } from "../vault/model";
import { canonicalJson } from "./canonical";
import { baseOf, foreignGeneration, generationInForce, generationOfVersion, isOverdue } from "./generation";
import { type Holder, holderOf } from "./holder";
import { markedTags, mostTags, type OwnerMark, readMark, userTags } from "./ownership";
import { hasSameIdentity, type IssuerKind, issuerKind, policyDrift } from "./policy";
import { bundleOf, deletedOf, operationOf } from "./seen";
import type { Situation } from "./situation";
import { readStatus, type RequestStatus } from "./status";

/** What the rows of the decision ask of a situation. Derived, never stored. */
export interface Facts {
  readonly certificate: "unseen" | "absent" | "placeholder" | "issued";
  readonly holder: Holder;
  /** It is ours, and bears the mark of an earlier create. */
  readonly ofEarlierIncarnation: boolean;
  /** The current version is what is wanted. */
  readonly versionFits: boolean;
  readonly request: RequestStatus | "unseen" | "absent" | "unknown";
  /** Whose the soft-deleted certificate is. */
  readonly deleted: "unseen" | "absent" | Holder;
  /** This resource made the request. */
  readonly requestOurs: boolean;
  /** The request, once completed, gives what is wanted. */
  readonly requestFits: boolean;
  /** This run made the request, or has waited for it. */
  readonly requestFresh: boolean;
  /** There is a pending object that may matter and has not been looked at. */
  readonly requestToLookAt: boolean;
  /** Of the request that there is, else of what is wanted. */
  readonly issuer: IssuerKind;
  readonly wantedIssuer: IssuerKind;
  /** The vault lets its soft-deleted certificate be purged before its time. */
  readonly purgeable: boolean;
  /** Tags or the enabled flag of the current version are not as wanted. */
  readonly attributesDiffer: boolean;
  /** The stored policy is not as wanted. */
  readonly policyDiffers: boolean;
}

export function factsOf(s: Situation): Facts {
  const issuer = issuerKind(operationOf(s)?.issuerName ?? s.wanted.policy.issuerName);
  return {
    ...certificateFacts(s, bundleOf(s)),
    ...requestFacts(s, operationOf(s)),
    issuer,
    wantedIssuer: issuerKind(s.wanted.policy.issuerName),
    deleted: deletedFact(s),
    purgeable: isPurgeable(deletedOf(s)?.recoveryLevel),
  };
}

/** There is a live certificate of the name, issued or not. */
export const present = ({ certificate }: Facts): boolean =>
  certificate === "placeholder" || certificate === "issued";

/** Whatever has the name by now is this resource's to change. */
export const mayTouch = (f: Facts, { wanted }: Situation): boolean =>
  !present(f) || f.holder === "us" || wanted.adopt;

function certificateFacts(s: Situation, bundle: CertificateBundle | undefined) {
  if (bundle === undefined) {
    const nothing = {
      holder: "nobody",
      ofEarlierIncarnation: false,
      versionFits: false,
      attributesDiffer: false,
      policyDiffers: false,
    } as const;
    return { certificate: certificateFact(s), ...nothing, requestToLookAt: false };
  }
  const holder = holderOf(s, bundle);
  const wanted = isWanted(s, bundle, holder);
  const fits = wanted && hasCsr(s, bundle);
  const { policy } = bundle;
  return {
    certificate: certificateFact(s),
    holder,
    ofEarlierIncarnation: earlierIncarnation(s, bundle) !== undefined,
    versionFits: fits,
    attributesDiffer: attributesDiffer(s, bundle),
    policyDiffers: policy !== undefined && policyDrift(policy, s.wanted.policy, s.wanted.part).length > 0,
    requestToLookAt: requestToLookAt(s, bundle, { fits, wanted }),
  };
}

function requestFacts(s: Situation, operation: CertificateOperation | undefined) {
  return {
    request: requestFact(s),
    requestOurs: operation !== undefined && requestOurs(s, operation),
    requestFits: operation !== undefined && requestFits(s, operation),
    requestFresh: s.progress.ordered !== undefined || s.progress.outcome !== undefined,
  };
}

function certificateFact({ certificate }: Situation): Facts["certificate"] {
  if (certificate === undefined) return "unseen";
  if (certificate === "absent") return "absent";
  return certificate.cer === undefined ? "placeholder" : "issued";
}

function requestFact({ operation }: Situation): Facts["request"] {
  if (operation === undefined) return "unseen";
  return operation === "absent" ? "absent" : (readStatus(operation.status) ?? "unknown");
}

function deletedFact(s: Situation): Facts["deleted"] {
  if (s.deleted === undefined) return "unseen";
  return s.deleted === "absent" ? "absent" : holderOf(s, s.deleted);
}

/** The incarnation of this resource's own mark on the certificate, where it is another than this run's. */
export function earlierIncarnation({ mark }: Situation, { tags }: CertificateBundle): string | undefined {
  const seen = readMark(tags);
  return seen?.owner === mark.owner && seen.incarnation !== mark.incarnation ? seen.incarnation : undefined;
}

/** A recovery level says so by its last word; without a level only trying tells. */
export function isPurgeable(recoveryLevel: string | undefined): boolean {
  return recoveryLevel === undefined || recoveryLevel.includes("Purgeable");
}

/** The mark or the state vouches for a version that is ours; any other is judged by what it was made from and by what it is. */
function isWanted(s: Situation, bundle: CertificateBundle, holder: Holder): boolean {
  if (bundle.cer === undefined) return false;
  if (s.progress.completed) return true;
  const generation = holder === "us" ? generationOfVersion(s, bundle) : undefined;
  if (generation !== undefined) return generation === generationInForce(s, bundle);
  // Key Vault itself may have renewed it since, but for what is signed elsewhere.
  if (s.memory?.reissued === true && issuerKind(s.wanted.policy.issuerName) !== "manual") return false;
  return samePolicy(bundle, s) && s.content.version.length === 0 && !isOverdue(s, bundle);
}

/**
 * A request is there for its CSR: a version whose CSR neither state nor vault has any more is none that it can hand on. Of one without a mark, which
 * somebody else's request can have given, only its key tells whether it is for the CSR of the state.
 */
function hasCsr(s: Situation, bundle: CertificateBundle): boolean {
  if (s.wanted.part !== "request" || s.progress.completed) return true;
  const request = s.memory?.request;
  const same = readMark(bundle.tags) !== undefined || s.content.answersRemembered === true;
  const remembered = request?.csrPem !== undefined && request.generation === generationInForce(s, bundle);
  return (remembered && same) || requestFact(s) === "completed";
}

function samePolicy(bundle: CertificateBundle, s: Situation): boolean {
  return hasSameIdentity(bundle.policy, s.wanted.policy);
}

function requestOurs(s: Situation, operation: CertificateOperation): boolean {
  const { requestId } = operation;
  if (requestId === s.progress.ordered || requestId === s.memory?.request?.requestId) return true;
  return placeholderMark(s) !== undefined;
}

function requestFits(s: Situation, operation: CertificateOperation): boolean {
  const { requestId } = operation;
  if (requestId === s.progress.ordered || requestId === s.progress.followed) return true;
  if (requestId === s.memory?.request?.requestId) return s.memory.request.generation === s.mark.generation;
  // A merge answers the request that it was given, and no other.
  if (s.wanted.part === "merge" || s.content.request.length > 0) return false;
  const mark = placeholderMark(s);
  if (mark !== undefined) return baseOf(mark.generation) === baseOf(s.mark.generation);
  // Nobody's memory vouches for this request. In progress it fits where the policy it was made from is the wanted one:
  // a create with a policy replaces the stored policy at once. One that has ended says nothing of what is wanted now.
  if (readStatus(operation.status) !== "inProgress") return false;
  const bundle = bundleOf(s);
  const sameIssuer = operation.issuerName.toLowerCase() === s.wanted.policy.issuerName.toLowerCase();
  return bundle !== undefined && sameIssuer && samePolicy(bundle, s);
}

/** Our mark on a placeholder: its tags are those of the one request that made it. */
function placeholderMark(s: Situation): OwnerMark | undefined {
  const bundle = bundleOf(s);
  if (bundle === undefined || bundle.cer !== undefined) return undefined;
  const mark = readMark(bundle.tags);
  return mark?.owner === s.mark.owner ? mark : undefined;
}

/**
 * A pending object stays after completion, so "there is one" is no reason to look. It matters for a placeholder, where
 * the state remembers a request that had not ended, and where there is no state: then it also gives the CSR. In every
 * other case an order finds out at no cost: it is refused with a 409 exactly when a request is in progress.
 */
function requestToLookAt(
  s: Situation,
  bundle: CertificateBundle,
  { fits, wanted }: { fits: boolean; wanted: boolean },
): boolean {
  if (!bundle.hasPending || s.operation !== undefined || s.progress.completed) return false;
  if (bundle.cer === undefined || s.memory === undefined || s.progress.replyLost) return true;
  // All that it lacks is its CSR, which may still be there.
  if (wanted && !fits) return true;
  const { request } = s.memory;
  if (request === undefined) return false;
  // A request that failed can still be answered with a chain.
  if (!fits && s.wanted.chain !== undefined) return true;
  return request.unfinished;
}

/** The tags that the seen version should carry. A version that does not fit keeps its own generation: it is not what is wanted. */
export function wantedTags(s: Situation): Record<string, string> {
  const bundle = bundleOf(s);
  const tags = givenTags(s);
  if (!s.wanted.ownershipTag) return markedTags(tags, bundle && markToKeep(s, bundle));
  const outdated = bundle?.cer !== undefined && !isWanted(s, bundle, holderOf(s, bundle));
  const generation = outdated
    ? (generationOfVersion(s, bundle) ?? foreignGeneration)
    : bundle && generationInForce(s, bundle);
  return markedTags(tags, { ...s.mark, generation: generation ?? s.mark.generation });
}

/**
 * Where no mark is to be written, one that a create has found: what it replaces may still be to be deleted, and the mark is all that tells its
 * delete whose the certificate is by now.
 */
function markToKeep({ memory, mark, wanted }: Situation, { tags }: CertificateBundle): OwnerMark | undefined {
  if (memory !== undefined && memory.tookOver === undefined) return undefined;
  const seen = readMark(tags);
  const fits = Object.keys(wanted.tags).length < mostTags;
  return fits && seen?.owner === mark.owner ? { ...seen, incarnation: mark.incarnation } : undefined;
}

/** The tags of a version that is about to be made: the wanted generation, whatever the current version's is. */
export function tagsOfNewVersion(s: Situation): Record<string, string> {
  return markedTags(givenTags(s), s.wanted.ownershipTag ? s.mark : undefined);
}

/** The user's tags. They are none of a request's business, which leaves them as they are. */
function givenTags(s: Situation): Readonly<Record<string, string>> {
  return s.wanted.part === "request" ? userTags(bundleOf(s)?.tags ?? {}) : s.wanted.tags;
}

function attributesDiffer(s: Situation, bundle: CertificateBundle): boolean {
  // The placeholder of a request in progress is always disabled, whatever was asked for.
  const own = s.wanted.part !== "request";
  const enabledDiffers = own && bundle.cer !== undefined && bundle.enabled !== s.wanted.enabled;
  return enabledDiffers || canonicalJson(bundle.tags) !== canonicalJson(wantedTags(s));
}
