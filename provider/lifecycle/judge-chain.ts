import type { CertificateOperation } from "../vault/model";
import { type CertificateInfo, readCertificate } from "../x509/certificate";
import { buildChain, type KnownKey } from "../x509/chain";
import { readChainInput } from "../x509/chain-input";
import { readCsr, readCsrPem } from "../x509/csr";
import type { ChainVerdict } from "./chain-verdict";
import { effectivePolicy, issuerKind } from "./policy";
import { bundleOf, operationOf } from "./seen";
import type { Situation } from "./situation";
import { readStatus } from "./status";

/**
 * The situation with the verdict on the given chain, judged anew whenever there is something else to compare it with: the CSR
 * of a request that it could answer, else the current version. Before either has been seen there is no verdict.
 */
export function judgeChain(before: Situation, s: Situation, nowMs: number): Situation {
  const given = s.wanted.chain ?? s.signed;
  if (given === undefined || s.chain !== before.chain) return s;
  const same =
    s.certificate === before.certificate && s.operation === before.operation && s.signed === before.signed;
  return same ? s : { ...s, chain: verdict(s, given, nowMs) };
}

function verdict(s: Situation, chain: string | readonly string[], nowMs: number): ChainVerdict | undefined {
  const cer = bundleOf(s)?.cer;
  const csr = openCsr(s);
  if (cer === undefined && csr === undefined) return undefined;
  const input = readChainInput(chain);
  if (!input.ok) return { kind: "unusable", refusal: input.refusal };
  const current = cer === undefined ? undefined : readCertificate(cer);
  const open = csr === undefined ? undefined : readCsr(csr).spkiSha256;
  return verdictOn(input.value, { open, current, s, nowMs });
}

interface Comparison {
  /** The key that an open request waits for: SHA-256, upper-case hexadecimal. */
  readonly open: string | undefined;
  readonly current: CertificateInfo | undefined;
  readonly s: Situation;
  readonly nowMs: number;
}

function verdictOn(given: CertificateInfo[], comparison: Comparison): ChainVerdict {
  const { open, current, s } = comparison;
  // With `reuseKey` the current version is for the key of the request too, and is no answer to it all the same.
  const fresh = given.filter(({ thumbprintSha256 }) => thumbprintSha256 !== current?.thumbprintSha256);
  const answers = fresh.some(({ spkiSha256 }) => spkiSha256 === open);
  const merged = fresh.length < given.length;
  // A program may keep the old chain beside the new one: the request that waits comes first. For it a signer has been asked, and for no other.
  const stale = s.signed !== undefined && open !== undefined;
  if (merged && !answers && !stale) return { kind: "merged" };
  const keyStays = current?.spkiSha256 === open;
  return against(answers || keyStays ? fresh : given, comparison);
}

function against(given: CertificateInfo[], { open, current, s, nowMs }: Comparison): ChainVerdict {
  // A merge has no policy of its own; the vault has the one that its request was made from.
  const policy = (s.wanted.part === "merge" ? bundleOf(s)?.policy : undefined) ?? s.wanted.policy;
  const built = buildChain(given, {
    // Without a request that waits no key is the right one; the refusal then says which keys were found.
    csrSpkiSha256: open ?? "",
    now: Math.floor(nowMs / 1000),
    knownVersions: otherKeys(s, current),
    wanted: policy,
    defaultUsages: effectivePolicy(policy).enhancedKeyUsage as readonly string[],
  });
  if (!built.ok) return { kind: "unusable", refusal: built.refusal };
  return { kind: "answers", x5c: built.value.x5c, warnings: built.value.warnings };
}

/**
 * The CSR that a chain could still answer: of a request that waits for one, and of one whose issuer has failed or was cancelled
 * (until then the service refuses a merge).
 */
function openCsr(s: Situation): string | undefined {
  const operation = operationOf(s);
  const status = operation === undefined ? undefined : readStatus(operation.status);
  if (operation === undefined || status === undefined || status === "completed") return undefined;
  if (s.wanted.part === "merge" && !isOfMerge(s, operation)) return undefined;
  return status !== "inProgress" || issuerKind(operation.issuerName) === "manual" ? operation.csr : undefined;
}

/** What took the place of a merge's request is none that its chain answers. */
function isOfMerge({ memory }: Situation, { requestId }: CertificateOperation): boolean {
  return memory?.request === undefined || memory.request.requestId === requestId;
}

/** Keys that the chain may be for instead, in words. */
function otherKeys(s: Situation, current: CertificateInfo | undefined): KnownKey[] {
  const version = {
    what: `the current version ${bundleOf(s)?.version ?? ""}`,
    spkiSha256: current?.spkiSha256,
  };
  const request = s.memory?.request;
  const last =
    request?.csrPem === undefined
      ? []
      : [{ requestId: request.requestId, spkiSha256: readCsrPem(request.csrPem).spkiSha256 }];
  const earlier = [...last, ...(s.memory?.earlierRequests ?? [])]
    .filter(({ requestId }) => requestId !== operationOf(s)?.requestId)
    .map(({ requestId, spkiSha256 }) => ({ what: `the earlier request ${requestId}`, spkiSha256 }));
  return [version, ...earlier].filter((key): key is KnownKey => key.spkiSha256 !== undefined);
}
