import { demanded, type ExchangeDetails, said } from "./exchange";
import { row } from "./row";

/**
 * Which 409 it is:
 * - `pendingInProgress`: a request for this certificate is in progress
 * - `pendingConflict`: the pending object is being changed by someone else, or by the CA's answer
 * - `softDeleted`: the name belongs to a deleted certificate that can be recovered
 * - `beingDeleted`, `beingRecovered`: it is on its way; it ends by itself
 * - `nameTaken`: a plain key or secret, or another certificate, has the name
 * - `unknown`: none of these
 */
export type ConflictKind =
  | "pendingInProgress"
  | "pendingConflict"
  | "softDeleted"
  | "beingDeleted"
  | "beingRecovered"
  | "nameTaken"
  | "unknown";

/** A request that got no reply. */
export interface BrokenDetails {
  /** Method and path, without query. */
  readonly request: string;
  readonly reason: string;
  /** How often it was sent. */
  readonly attempts: number;
}

/** A 401, and how far this machine's clock is ahead of the service's, where the reply told. */
export interface UnauthorizedDetails extends ExchangeDetails {
  readonly clockSkewMs?: number | undefined;
}

const remedyOfConflict: Readonly<Record<ConflictKind, string>> = {
  pendingInProgress: "wait until the request in progress ends, or cancel or delete it",
  pendingConflict: "try again in a few seconds",
  softDeleted: "recover or purge the deleted certificate, or take another name",
  beingDeleted: "try again when the deletion has ended, within some minutes",
  beingRecovered: "try again when the recovery has ended, within some minutes",
  nameTaken: "take another name, or remove the key or secret that has it",
  unknown: "see the service's words",
};

/** Failures of `vault/`: the wire. */
export const wireErrors = {
  KVC_BAD_REQUEST: row<ExchangeDetails>({
    message: (d) => `the service refused ${d.request}: ${said(d)}`,
    remedy: (d) => (isOfService(d) ? "correct the input that the service names" : checkBetween),
    retryable: false,
  }),
  KVC_UNAUTHORIZED: row<UnauthorizedDetails>({
    message: (d) => `the vault did not take the identity's token for ${d.request}: ${said(d)}${skewOf(d)}`,
    remedy: (d) =>
      skewOf(d) === ""
        ? "check that the identity belongs to the vault's tenant, and that the machine's clock is right"
        : "set this machine's clock right, and check that the identity belongs to the vault's tenant",
    retryable: false,
  }),
  KVC_CHALLENGE_REFUSED: row<{ readonly reason: string }>({
    message: (d) =>
      `the host must ask for a token as a Key Vault does, but ${d.reason}; no token was sent in answer`,
    remedy: () => "check the vault URL, and that nothing on the way answers in the vault's place",
    retryable: false,
  }),
  KVC_CREDENTIAL_FAILED: row<{
    readonly scope: string;
    readonly tenantId?: string | undefined;
    /** The credential's own words, without secrets. */
    readonly reason: string;
  }>({
    message: (d) =>
      `a token for ${d.scope}${d.tenantId === undefined ? "" : ` of tenant ${d.tenantId}`} is needed, but: ${d.reason}`,
    remedy: () => "sign in (`az login`), or set AZURE_* or ARM_* for an identity of that tenant",
    retryable: false,
  }),
  KVC_FORBIDDEN_BY_POLICY: row<ExchangeDetails>({
    message: (d) => `${d.request} needs the certificate permission "${d.permission}": ${said(d)}`,
    remedy: (d) =>
      `give the identity the certificate permission "${d.permission}" in the vault's access policies`,
    retryable: false,
  }),
  KVC_FORBIDDEN_BY_RBAC: row<ExchangeDetails>({
    message: (d) =>
      `${d.request} needs a role with the data action ${dataAction(d.permission)}${afterSeveral(d)}: ${said(d)}`,
    remedy: () =>
      'assign the identity a role such as "Key Vault Certificates Officer" on the vault; a new assignment takes minutes to arrive',
    retryable: true,
  }),
  KVC_FORBIDDEN_BY_NETWORK: row<ExchangeDetails>({
    message: (d) => `the vault's network rules do not let this machine send ${d.request}: ${said(d)}`,
    remedy: () =>
      "allow this machine's address in the vault's firewall, or run where its private link reaches",
    retryable: false,
  }),
  KVC_DISALLOWED_BY_AZURE_POLICY: row<ExchangeDetails>({
    message: (d) => `an Azure Policy disallows ${d.request}: ${said(d)}`,
    remedy: () => "change the certificate so that it fits the policy assignment that the service names",
    retryable: false,
  }),
  KVC_PURGE_PROTECTED: row<ExchangeDetails>({
    message: (d) => `${d.request} needs a vault without purge protection: ${said(d)}`,
    remedy: () => "recover the certificate instead, or wait until its retention ends",
    retryable: false,
  }),
  KVC_MANAGED_BY_KEY_VAULT: row<ExchangeDetails>({
    message: (d) => `${d.request} would change what Key Vault itself manages: ${said(d)}`,
    remedy: () => "change the certificate that it belongs to",
    retryable: false,
  }),
  KVC_NOT_CANCELLABLE: row<ExchangeDetails>({
    message: (d) => `${d.request} needs a request in progress: ${said(d)}`,
    remedy: () => "look at the pending object: the request has ended meanwhile",
    retryable: false,
  }),
  KVC_MERGE_FORBIDDEN: row<ExchangeDetails>({
    message: (d) => `${d.request} needs a request that its issuer is not working on: ${said(d)}`,
    remedy: () => "wait until the issuer has ended, or cancel the request first",
    retryable: false,
  }),
  KVC_FORBIDDEN: row<ExchangeDetails>({
    message: (d) => `the vault forbids ${d.request}: ${said(d)}`,
    remedy: (d) => (isOfService(d) ? "see the service's words" : checkBetween),
    retryable: false,
  }),
  KVC_NOT_FOUND: row<ExchangeDetails>({
    message: (d) => `there is nothing to answer ${d.request}: ${said(d)}`,
    remedy: (d) => (isOfService(d) ? "check the vault URL and the certificate's name" : checkBetween),
    retryable: false,
  }),
  KVC_CONFLICT: row<ExchangeDetails & { readonly kind: ConflictKind }>({
    message: (d) => `${d.request} conflicts with the certificate's present state: ${said(d)}`,
    remedy: (d) => (isOfService(d) ? remedyOfConflict[d.kind] : checkBetween),
    retryable: false,
  }),
  KVC_THROTTLED: row<ExchangeDetails>({
    message: (d) =>
      `the vault is still throttling after ${times(d.attempts)} of ${d.request}${demanded(d)}: ${said(d)}`,
    remedy: () => "run again later, or with a lower parallelism",
    retryable: true,
  }),
  KVC_SERVICE_FAILED: row<ExchangeDetails>({
    message: (d) => `the service failed on ${times(d.attempts)} of ${d.request}${demanded(d)}: ${said(d)}`,
    remedy: () => "run again later",
    retryable: true,
  }),
  KVC_UNEXPECTED_REPLY: row<ExchangeDetails>({
    message: (d) => `${d.request} got a reply that Key Vault does not give: ${said(d)}`,
    remedy: () => checkBetween,
    retryable: false,
  }),
  KVC_HOST_UNRESOLVED: row<BrokenDetails>({
    message: (d) => `the vault's host name has no address (${d.request}${afterSeveral(d)}): ${d.reason}`,
    remedy: () => "check the vault URL; a vault that was made just now takes some minutes to get its name",
    retryable: true,
  }),
  KVC_HOST_UNTRUSTED: row<BrokenDetails>({
    message: (d) => `the TLS certificate of the host must be trusted (${d.request}): ${d.reason}`,
    remedy: (d) =>
      /not yet valid|expired|NOT_YET_VALID|HAS_EXPIRED/.test(d.reason)
        ? "check that this machine's clock is right, and renew the TLS certificate of the proxy or vault if it is"
        : "set NODE_EXTRA_CA_CERTS to the CA of the proxy or vault, if it is one to trust",
    retryable: false,
  }),
  KVC_UNREACHABLE: row<BrokenDetails>({
    message: (d) => `no whole reply to ${times(d.attempts)} of ${d.request}: ${d.reason}`,
    remedy: () =>
      "check that this machine reaches the vault, through a proxy where it needs one (HTTPS_PROXY)",
    retryable: true,
  }),
  KVC_RESPONSE_UNREADABLE: row<{
    readonly request: string;
    readonly status?: number | undefined;
    /** The property in quotes, what it must be, and what was found. */
    readonly problem: string;
    readonly serviceRequestId?: string | undefined;
  }>({
    message: (d) =>
      `the reply${d.status === undefined ? "" : ` of ${d.status}`} to ${d.request} cannot be read: ${d.problem}` +
      (d.serviceRequestId === undefined ? "" : ` (x-ms-request-id ${d.serviceRequestId})`),
    remedy: () => "check that the URL is that of a Key Vault, and that no proxy answers in its place",
    retryable: false,
  }),
  KVC_OUTCOME_UNKNOWN: row<{
    readonly request: string;
    /** The request may have been carried out: look before sending it again. */
    readonly outcomeUnknown: true;
    readonly reason: string;
    /** How long the vault asks for no request, on a 503 with a readable Retry-After. */
    readonly retryAfterMs?: number | undefined;
  }>({
    message: (d) => `nobody knows whether ${d.request} was carried out: ${d.reason}${demanded(d)}`,
    remedy: () => "run again: what became of it is looked up before anything is sent twice",
    retryable: false,
  }),
} as const;

/** What to do where the reply is not in the service's form: it is hardly the service's. */
const checkBetween = "check the vault URL, and that no proxy answers in the vault's place";

function isOfService(d: ExchangeDetails): boolean {
  return d.serviceCode !== undefined || d.serviceMessage !== undefined;
}

/**
 * The data action that a role must have for a permission of an access policy.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
export function dataAction(permission: string): string {
  const actions: Readonly<Record<string, string>> = { get: "read", list: "read", delete: "delete" };
  return `Microsoft.KeyVault/vaults/certificates/${actions[permission] ?? `${permission}/action`}`;
}

function afterSeveral({ attempts }: { readonly attempts: number }): string {
  return attempts === 1 ? "" : `, still after ${times(attempts)}`;
}

/** A token may be not valid yet, or no longer, by a clock that is minutes away. */
function skewOf({ clockSkewMs = 0 }: UnauthorizedDetails): string {
  const minutes = Math.round(Math.abs(clockSkewMs) / 60_000);
  if (minutes < 2) return "";
  return `; this machine's clock is ${minutes} min ${clockSkewMs > 0 ? "ahead of" : "behind"} the vault's`;
}

function times(attempts: number): string {
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}
