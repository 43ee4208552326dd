import { type Facts, factsOf } from "../lifecycle/facts";
import { generationInForce } from "../lifecycle/generation";
import { writeMark } from "../lifecycle/ownership";
import { bundleOf, operationOf } from "../lifecycle/seen";
import type { Situation } from "../lifecycle/situation";
import { readStatus } from "../lifecycle/status";
import type { Target } from "../lifecycle/wanted";
import type { CertificateBundle, CertificateOperation } from "../vault/model";
import { identifyCertificate } from "../x509/certificate";
import { csrPem } from "../x509/csr";
import { certificate, kindOf } from "./kinds";
import { type Kept, nextState } from "./next-state";
import { type PlainObject, toPlainObject } from "./plain";
import { hiddenStateOf } from "./state";

const { versionNames, requestNames } = certificate;

/**
 * Outputs that there are not, as null. Were they left out, the SDK would call them unknown in every later preview, and each
 * dependant of an unchanged certificate would be shown as changing.
 */
function none(names: readonly string[]): Record<string, null> {
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Outputs of one version: null while none has been issued. */
function versionOutputs(target: Target, bundle: CertificateBundle | "absent"): Record<string, unknown> {
  if (bundle === "absent" || bundle.cer === undefined) return none(versionNames);
  const { vaultUrl, certificateName } = target;
  const info = identifyCertificate(bundle.cer);
  const path = `${certificateName}/${bundle.version}`;
  return {
    // Built, not copied: the service may answer another case, or a port that was not asked for.
    certificateId: `${vaultUrl}/certificates/${path}`,
    secretId: `${vaultUrl}/secrets/${path}`,
    keyId: `${vaultUrl}/keys/${path}`,
    version: bundle.version,
    thumbprint: info.thumbprint,
    thumbprintSha256: info.thumbprintSha256,
    certificatePem: info.pem,
    serialNumber: info.serialNumber,
    notBefore: rfc3339(info.notBefore),
    expiresOn: rfc3339(info.expiresOn),
    createdOn: rfc3339(bundle.createdOn),
    updatedOn: rfc3339(bundle.updatedOn),
  };
}

/** Outputs of a request. */
function requestOutputs(operation: CertificateOperation): Record<string, unknown> {
  const status = readStatus(operation.status);
  return {
    csrPem: csrPem(operation.csr),
    status: status ?? operation.status,
    statusDetails: (status === "completed" ? undefined : operation.statusDetails) ?? null,
    requestId: operation.requestId,
    operationError: operation.error ?? null,
  };
}

/** The outputs, beside the echo of the inputs, that an earlier run left. */
function earlier(previous: PlainObject, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, previous[name] ?? null]));
}

/**
 * Everything that the engine shall keep after a run: the echo, what the run saw of version and request, else what an earlier run
 * saw, and the hidden state. A request of somebody else is never taken for this resource's own.
 */
export function outputsOf(s: Situation, kept: Kept): PlainObject {
  const { echo, previous } = kept;
  const facts = factsOf(s);
  const request = requestOutputsOf(s, previous, facts);
  const version =
    s.certificate === undefined ? earlier(previous, versionNames) : versionOutputs(s.wanted, s.certificate);
  const issued = typeof version["version"] === "string";
  const status = request["status"] ?? (issued ? "completed" : "inProgress");
  const { part, ...kind } = kindOf(echo);
  const names: ReadonlySet<string> = new Set([...kind.versionNames, ...kind.requestNames]);
  const own = Object.entries({ ...version, ...request, status }).filter(([name]) => names.has(name));
  return toPlainObject({
    ...Object.fromEntries(own),
    ...(part === "request" ? { __mark: markOfRequest(s) } : {}),
    ...echo,
    __state: nextState(s, kept, { facts, requestId: request["requestId"] }),
  });
}

/** What the merge writes into the tag of the version that answers this request. */
function markOfRequest(s: Situation): string {
  const bundle = bundleOf(s);
  const generation = bundle === undefined ? s.mark.generation : generationInForce(s, bundle);
  return writeMark({ ...s.mark, generation });
}

function requestOutputsOf(s: Situation, previous: PlainObject, facts: Facts): Record<string, unknown> {
  const request = ownRequestOutputs(s, facts) ?? orderedUnseen(s, facts) ?? requestBefore(s, previous, facts);
  return { ...request, requestId: request["requestId"] ?? s.progress.followed ?? s.progress.ordered ?? null };
}

/** The request that this run has made, where what became of it was not seen: the next run looks, by its id. */
function orderedUnseen(
  { progress, operation }: Situation,
  { versionFits }: Facts,
): Record<string, unknown> | undefined {
  if (progress.ordered === undefined || versionFits) return undefined;
  const status = operation === undefined ? { status: "inProgress" } : {};
  return { ...none(requestNames), ...status, requestId: progress.ordered };
}

/**
 * The request of an earlier run. Where the version fits by now it has come to its end unseen, or it was made for something that is no
 * longer wanted; then its CSR is not the current version's.
 */
function requestBefore(s: Situation, previous: PlainObject, { versionFits }: Facts): Record<string, unknown> {
  const before = earlier(previous, requestNames);
  const bundle = bundleOf(s);
  if (bundle === undefined || !versionFits) return before;
  const made = hiddenStateOf(previous)?.ordered === generationInForce(s, bundle);
  const ended = { status: "completed", statusDetails: null, operationError: null };
  return made ? { ...before, ...ended } : { ...none(requestNames), ...ended };
}

function ownRequestOutputs(
  s: Situation,
  { request, requestOurs, requestFits, holder, versionFits }: Facts,
): Record<string, unknown> | undefined {
  const operation = operationOf(s);
  // A request that ended otherwise says nothing where the version fits all the same.
  if (operation === undefined || (versionFits && (request === "failed" || request === "cancelled")))
    return undefined;
  const own = requestOurs || requestFits || (holder === "us" && request === "completed");
  return own ? requestOutputs(operation) : undefined;
}

function rfc3339(unixSeconds: number | undefined): string | undefined {
  return unixSeconds === undefined ? undefined : new Date(unixSeconds * 1000).toISOString();
}
