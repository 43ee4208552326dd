import { bundleOf, factsOf, operationOf } from "../lifecycle/facts";
import { readMark } from "../lifecycle/ownership";
import type { Situation } from "../lifecycle/situation";
import { readStatus } from "../lifecycle/status";
import type { Target } from "../lifecycle/wanted";
import type { CertificateBundle, CertificateOperation } from "../vault/model";
import { readCertificate } from "../x509/certificate";
import { csrPem } from "../x509/csr";
import { type PlainObject, toPlainObject } from "./plain";
import { chainMark, type HiddenState, hiddenStateOf, stateSchema } from "./state";

const versionNames: readonly string[] = [
  "certificateId",
  "secretId",
  "keyId",
  "version",
  "thumbprint",
  "thumbprintSha256",
  "certificatePem",
  "serialNumber",
  "notBefore",
  "expiresOn",
  "createdOn",
  "updatedOn",
];
const requestNames: readonly string[] = ["csrPem", "status", "statusDetails", "requestId", "operationError"];

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
  const info = readCertificate(bundle.cer);
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
 * Everything that the engine shall keep after a run: `echo`, the inputs exactly as the engine stores them; what the run saw of version
 * and request, else what an earlier run saw; and the hidden state. `wanted` is given where an update did not get to its end.
 */
export function outputsOf(
  s: Situation,
  { echo, previous, wanted }: { echo: PlainObject; previous: PlainObject; wanted?: PlainObject | undefined },
): PlainObject {
  const operation = operationOf(s);
  const request = operation === undefined ? earlier(previous, requestNames) : requestOutputs(operation);
  const version =
    s.certificate === undefined ? earlier(previous, versionNames) : versionOutputs(s.wanted, s.certificate);
  return toPlainObject({
    ...version,
    ...request,
    status: request["status"] ?? "completed",
    ...echo,
    __state: nextState(s, { previous, wanted }),
  });
}

function nextState(
  s: Situation,
  { previous, wanted }: { previous: PlainObject; wanted: PlainObject | undefined },
): HiddenState {
  const facts = factsOf(s);
  const old = hiddenStateOf(previous);
  const bundle = bundleOf(s);
  const seen = bundle === undefined ? undefined : readMark(bundle.tags)?.generation;
  return {
    schema: stateSchema,
    incarnation: s.mark.incarnation,
    generation: facts.versionFits
      ? s.mark.generation
      : facts.certificate === "issued"
        ? (seen ?? old?.generation)
        : undefined,
    ordered: facts.requestFits ? s.mark.generation : old?.ordered,
    mergedChain: s.chain?.kind === "merged" ? chainMark(s.wanted.chain) : old?.mergedChain,
    wanted,
  };
}

function rfc3339(unixSeconds: number | undefined): string | undefined {
  return unixSeconds === undefined ? undefined : new Date(unixSeconds * 1000).toISOString();
}
