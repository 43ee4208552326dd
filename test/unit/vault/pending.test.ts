import {
  cancelOperationRequest,
  deleteOperationRequest,
  getOperationRequest,
  mergeCertificateRequest,
  readOperation,
} from "../../../provider/vault/pending";
import { target } from "../../../provider/vault/request";
import { operation, wireOperation, withMember } from "./harness";

const requestId = "11112222333344445555666677778888";

describe("the requests for the pending object", () => {
  const rest = {
    path: "/certificates/web/pending",
    certificateName: "web",
    absentCode: "PendingCertificateNotFound",
  };

  test("get it", () => {
    expect(getOperationRequest("web")).toEqual({
      ...rest,
      method: "GET",
      permission: "get",
      repeatable: true,
    });
  });

  test("cancel its request", () => {
    expect(cancelOperationRequest("web", requestId)).toEqual({
      ...rest,
      method: "PATCH",
      query: { request_id: requestId },
      body: { cancellation_requested: true },
      permission: "update",
      repeatable: true,
    });
  });

  test("delete it", () => {
    expect(deleteOperationRequest("web", requestId)).toEqual({
      ...rest,
      method: "DELETE",
      query: { request_id: requestId },
      permission: "update",
      repeatable: true,
    });
  });

  test.each([getOperationRequest, cancelOperationRequest, deleteOperationRequest])(
    "carry the request id in the query (%#)",
    (build) => {
      expect(target(build("web", requestId))).toBe(
        `/certificates/web/pending?api-version=2025-07-01&request_id=${requestId}`,
      );
      expect(target(build("web"))).toBe("/certificates/web/pending?api-version=2025-07-01");
    },
  );

  test("are not repeated where the second attempt could meet another's request", () => {
    expect(cancelOperationRequest("web").repeatable).toBe(false);
    expect(deleteOperationRequest("web").repeatable).toBe(false);
  });

  test("merge a chain, and may not be repeated", () => {
    expect(
      mergeCertificateRequest("web", { x5c: ["MIIA", "MIIB"], enabled: true, tags: { a: "b" } }),
    ).toEqual({
      method: "POST",
      path: "/certificates/web/pending/merge",
      body: { x5c: ["MIIA", "MIIB"], attributes: { enabled: true }, tags: { a: "b" } },
      certificateName: "web",
      permission: "create",
      repeatable: false,
    });
  });
});

describe("readOperation", () => {
  test("gives the operation in this project's words", () => {
    expect(readOperation(wireOperation)).toEqual(operation);
  });

  test("gives the CA's error of a failed one", () => {
    const failed = {
      ...wireOperation,
      status: "failed",
      error: { code: "Request rejected", message: "No." },
    };
    expect(readOperation(failed)).toMatchObject({
      status: "failed",
      error: { code: "Request rejected", message: "No." },
    });
  });

  test("gives the status as it was written", () => {
    expect(readOperation({ ...wireOperation, status: "InProgress" }).status).toBe("InProgress");
  });

  test("reads a completed one, without details", () => {
    const { status_details, ...rest } = wireOperation;
    expect(status_details).toBeDefined();
    expect(readOperation({ ...rest, status: "completed", error: null, target: "https://x" })).toEqual({
      issuerName: "Self",
      csr: "MIIC",
      cancellationRequested: false,
      status: "completed",
      requestId,
    });
  });

  test.each([
    ["issuer", undefined, '"issuer" must be an object, got nothing'],
    ["issuer.name", undefined, '"issuer.name" must be a string, got nothing'],
    ["csr", undefined, '"csr" must be a non-empty string, got nothing'],
    ["csr", "", '"csr" must be a non-empty string'],
    ["cancellation_requested", "no", '"cancellation_requested" must be a boolean'],
    ["status", undefined, '"status" must be a non-empty string, got nothing'],
    ["status", 1, '"status" must be a non-empty string, got 1'],
    ["status_details", {}, '"status_details" must be a string, got an object'],
    ["error", "failed", '"error" must be an object'],
    ["error", { code: 1 }, '"error.code" must be a string, got 1'],
    ["error", { message: [] }, '"error.message" must be a string, got an array'],
    ["request_id", undefined, '"request_id" must be a non-empty string, got nothing'],
  ])("does not read %s as %j", (path, value, message) => {
    expect(() => readOperation(withMember(wireOperation, path, value))).toThrow(message);
  });
});
