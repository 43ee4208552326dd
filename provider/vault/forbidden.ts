import { type ServiceError } from "./service-error";

/** The codes whose details are those of an exchange, and no more. */
export type ExchangeCode =
  | "KVC_BAD_REQUEST"
  | ForbiddenCode
  | "KVC_NOT_FOUND"
  | "KVC_THROTTLED"
  | "KVC_SERVICE_FAILED"
  | "KVC_UNEXPECTED_REPLY";

export type ForbiddenCode =
  | "KVC_FORBIDDEN"
  | "KVC_FORBIDDEN_BY_POLICY"
  | "KVC_FORBIDDEN_BY_RBAC"
  | "KVC_FORBIDDEN_BY_NETWORK"
  | "KVC_DISALLOWED_BY_AZURE_POLICY"
  | "KVC_PURGE_PROTECTED"
  | "KVC_MANAGED_BY_KEY_VAULT"
  | "KVC_NOT_CANCELLABLE"
  | "KVC_MERGE_FORBIDDEN";

const codeOfInner: Readonly<Record<string, ForbiddenCode>> = {
  ForbiddenByPolicy: "KVC_FORBIDDEN_BY_POLICY",
  ForbiddenByRbac: "KVC_FORBIDDEN_BY_RBAC",
  ForbiddenByFirewall: "KVC_FORBIDDEN_BY_NETWORK",
  ForbiddenByConnection: "KVC_FORBIDDEN_BY_NETWORK",
  KeyManagedByKeyVault: "KVC_MANAGED_BY_KEY_VAULT",
  SecretManagedByKeyVault: "KVC_MANAGED_BY_KEY_VAULT",
};

// In order. The first four are told by their text alone; the others are for replies that lost their innererror.
const codeOfText: readonly (readonly [RegExp, ForbiddenCode])[] = [
  [/pending status must be in progress/i, "KVC_NOT_CANCELLABLE"],
  [/merge is forbidden on pending object/i, "KVC_MERGE_FORBIDDEN"],
  [/purge protection is enabled/i, "KVC_PURGE_PROTECTED"],
  [/disallowed by policy|policyIdentifiers/i, "KVC_DISALLOWED_BY_AZURE_POLICY"],
  [/lifetime is managed by key vault/i, "KVC_MANAGED_BY_KEY_VAULT"],
  [/not authorized to perform action/i, "KVC_FORBIDDEN_BY_RBAC"],
  [/does not have .* permission|not allowed by vault policy/i, "KVC_FORBIDDEN_BY_POLICY"],
  [/client address is not authorized|public network access is disabled/i, "KVC_FORBIDDEN_BY_NETWORK"],
];

/** Which of the service's 403s it is: told by the inner code, then by the text. What fits nothing is KVC_FORBIDDEN. */
export function codeOfForbidden({ innerCode, message }: ServiceError): ForbiddenCode {
  if (innerCode !== undefined && Object.hasOwn(codeOfInner, innerCode)) {
    return codeOfInner[innerCode] ?? "KVC_FORBIDDEN";
  }
  return codeOfText.find(([text]) => text.test(message ?? ""))?.[1] ?? "KVC_FORBIDDEN";
}
