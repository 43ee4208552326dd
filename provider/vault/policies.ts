import { type CertificatePolicy } from "./model";
import { policyFromWire, policyToWire } from "./policy";
import { certificatePath, type VaultRequest } from "./request";

/** GET `/certificates/{name}/policy`. */
export function getPolicyRequest(name: string): VaultRequest {
  return {
    method: "GET",
    path: certificatePath(name, "policy"),
    certificateName: name,
    permission: "get",
    repeatable: true,
  };
}

/** PATCH `/certificates/{name}/policy` with the properties to change; makes no new version. */
export function updatePolicyRequest(name: string, policy: Partial<CertificatePolicy>): VaultRequest {
  return {
    method: "PATCH",
    path: certificatePath(name, "policy"),
    body: policyToWire(policy),
    certificateName: name,
    permission: "update",
    repeatable: true,
  };
}

/** The policy that either of them answers, whole. @throws ShapeError */
export function readPolicy(body: unknown): CertificatePolicy {
  return policyFromWire(body, "policy");
}
