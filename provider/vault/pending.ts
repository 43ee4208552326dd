import { type CertificateProperties, propertiesToWire } from "./certificates";
import { type CertificateOperation } from "./model";
import { certificatePath, type VaultRequest } from "./request";
import { asBoolean, asObject, asString, asText, compact, optional, type Reader } from "./shape";

export interface MergeCertificateParameters extends CertificateProperties {
  /** The chain, leaf first, each certificate DER in base64. Encoded once: the service takes base64 of base64 too. */
  readonly x5c: readonly string[];
}

/** GET `/certificates/{name}/pending`. With a request id, a pending object of another request is a 404. */
export function getOperationRequest(name: string, requestId?: string): VaultRequest {
  return { ...pending(name, requestId), method: "GET", permission: "get", repeatable: true };
}

/**
 * PATCH `/certificates/{name}/pending`: asks the CA to stop. The reply still says `inProgress`; a later GET says
 * `cancelled`, or that the CA was faster. Repeatable with a request id only: without, the second attempt may meet
 * another's request.
 */
export function cancelOperationRequest(name: string, requestId?: string): VaultRequest {
  return {
    ...pending(name, requestId),
    method: "PATCH",
    body: { cancellation_requested: true },
    permission: "update",
    repeatable: requestId !== undefined,
  };
}

/** DELETE `/certificates/{name}/pending`. Repeatable with a request id only, as a cancellation is. */
export function deleteOperationRequest(name: string, requestId?: string): VaultRequest {
  return {
    ...pending(name, requestId),
    method: "DELETE",
    permission: "update",
    repeatable: requestId !== undefined,
  };
}

/**
 * POST `/certificates/{name}/pending/merge`. Answers 201 with the bundle. Not repeatable: once merged, a second one
 * may meet a request that has begun since.
 */
export function mergeCertificateRequest(name: string, parameters: MergeCertificateParameters): VaultRequest {
  return {
    method: "POST",
    path: certificatePath(name, "pending", "merge"),
    body: { x5c: parameters.x5c, ...propertiesToWire(parameters) },
    certificateName: name,
    permission: "create",
    repeatable: false,
  };
}

/** The pending object, as create and GET, PATCH and DELETE of it answer. @throws ShapeError */
export function readOperation(body: unknown): CertificateOperation {
  const operation = asObject(body, "operation");
  return compact({
    issuerName: asString(asObject(operation["issuer"], "issuer")["name"], "issuer.name"),
    csr: asText(operation["csr"], "csr"),
    cancellationRequested: optional(operation, "cancellation_requested", asBoolean) ?? false,
    status: asText(operation["status"], "status"),
    statusDetails: optional(operation, "status_details", asString),
    error: optional(operation, "error", readOperationError),
    requestId: asText(operation["request_id"], "request_id"),
  });
}

const readOperationError: Reader<{ code?: string; message?: string }> = (value, label) => {
  const error = asObject(value, label);
  return compact({
    code: optional(error, "code", asString, `${label}.`),
    message: optional(error, "message", asString, `${label}.`),
  });
};

function pending(name: string, requestId?: string) {
  return {
    path: certificatePath(name, "pending"),
    ...(requestId !== undefined && { query: { request_id: requestId } }),
    certificateName: name,
    absentCode: "PendingCertificateNotFound",
  } as const;
}
