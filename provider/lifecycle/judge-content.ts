import type { CertificateBundle, CertificateOperation } from "../vault/model";
import { isForKeyOf, readCertificate } from "../x509/certificate";
import { csrBase64, readCsr } from "../x509/csr";
import { certificateFits, csrFits } from "../x509/fits";
import { generationOfVersion } from "./generation";
import { holderOf } from "./holder";
import { readMark } from "./ownership";
import { issuerKind } from "./policy";
import { bundleOf, operationOf } from "./seen";
import type { Situation } from "./situation";

/** In which properties, such as `policy.subject`, what nobody vouches for is not what is wanted. */
export interface ContentVerdict {
  readonly version: readonly string[];
  readonly request: readonly string[];
  /** The version has no mark, and is for the key of the request that the state remembers. */
  readonly answersRemembered?: boolean;
}

/**
 * The situation with a verdict on what neither a mark nor the state vouches for: a stored policy can have been changed after the
 * version was made, or the request was; the certificate and the CSR themselves cannot.
 */
export function judgeContent(before: Situation, s: Situation): Situation {
  if (s.certificate === before.certificate && s.operation === before.operation) return s;
  const [bundle, operation] = [bundleOf(s), operationOf(s)];
  const answersRemembered = bundle !== undefined && answersRequest(s, bundle);
  const judged = { ...s, content: { ...s.content, answersRemembered } };
  const version = bundle === undefined ? [] : versionDiffers(judged, bundle);
  const request = operation === undefined || isKnown(s, operation) ? [] : requestDiffers(s, operation);
  return { ...s, content: { version, request, answersRemembered } };
}

/** What a request was made for its version is too, whoever merged it; and of one with a mark that says so itself. */
function answersRequest(s: Situation, bundle: CertificateBundle): boolean {
  const { cer, tags } = bundle;
  if (cer === undefined || readMark(tags) !== undefined) return false;
  const { csrPem, unfinished } = s.memory?.request ?? {};
  // One key for all: that of a request which had ended is every later version's too.
  if (s.wanted.policy.reuseKey === true && unfinished === false) return false;
  return csrPem === undefined ? isOfChain(s, bundle) : isForKeyOf(cer, csrBase64(csrPem));
}

/** A merge knows no CSR once its request is gone, but the certificate that it is to give the vault. */
function isOfChain(
  { wanted, chain, operation, memory }: Situation,
  { hasPending }: CertificateBundle,
): boolean {
  if (wanted.part !== "merge" || chain?.kind !== "merged") return false;
  if (operation === undefined) return !hasPending;
  return operation === "absent" || operation.requestId !== memory?.request?.requestId;
}

function versionDiffers(s: Situation, bundle: CertificateBundle): string[] {
  const vouched = holderOf(s, bundle) === "us" && generationOfVersion(s, bundle) !== undefined;
  const { cer } = bundle;
  if (vouched || cer === undefined) return [];
  const { policy } = s.wanted;
  const exact = issuerKind(policy.issuerName) === "self";
  return readable(() => certificateFits(readCertificate(cer), policy, { exact }));
}

function requestDiffers({ wanted }: Situation, { csr }: CertificateOperation): string[] {
  return readable(() => csrFits(readCsr(csr), wanted.policy));
}

/** This run or the state knows what the request was made for. */
function isKnown({ progress, memory }: Situation, { requestId }: CertificateOperation): boolean {
  return [progress.ordered, progress.followed, memory?.request?.requestId].includes(requestId);
}

/** A form that this package does not read is no reason to call it another: the policy is then all there is to go by. */
function readable(compare: () => string[]): string[] {
  try {
    return compare();
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}
