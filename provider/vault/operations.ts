import { type Calls } from "./call";
import {
  createCertificateRequest,
  getCertificateRequest,
  readCertificateBundle,
  updateCertificateRequest,
} from "./certificates";
import type { VaultClient } from "./client";
import {
  deleteCertificateRequest,
  getDeletedCertificateRequest,
  purgeDeletedCertificateRequest,
  readDeletedCertificate,
  recoverDeletedCertificateRequest,
} from "./deleted";
import {
  cancelOperationRequest,
  deleteOperationRequest,
  getOperationRequest,
  mergeCertificateRequest,
  readOperation,
} from "./pending";
import { getPolicyRequest, readPolicy, updatePolicyRequest } from "./policies";

/** Each call of a client: a request beside the reader of its reply. */
export function certificateCalls({ demand, find }: Calls) {
  return {
    getCertificate: async (name, options) =>
      find(getCertificateRequest(name), readCertificateBundle, options),
    getCertificateVersion: async (name, version, options) =>
      find(getCertificateRequest(name, version), readCertificateBundle, options),
    createCertificate: async (name, parameters, options) =>
      demand(createCertificateRequest(name, parameters), readOperation, options),
    updateCertificate: async (name, version, properties, options) =>
      demand(updateCertificateRequest(name, version, properties), readCertificateBundle, options),
  } satisfies Partial<VaultClient>;
}

export function pendingCalls({ demand, find }: Calls) {
  return {
    getOperation: async (name, requestId, options) =>
      find(getOperationRequest(name, requestId), readOperation, options),
    cancelOperation: async (name, requestId, options) =>
      find(cancelOperationRequest(name, requestId), readOperation, options),
    deleteOperation: async (name, requestId, options) =>
      find(deleteOperationRequest(name, requestId), readOperation, options),
    mergeCertificate: async (name, parameters, options) =>
      demand(mergeCertificateRequest(name, parameters), readCertificateBundle, options),
  } satisfies Partial<VaultClient>;
}

export function policyCalls({ demand }: Calls) {
  return {
    getPolicy: async (name, options) => demand(getPolicyRequest(name), readPolicy, options),
    updatePolicy: async (name, policy, options) =>
      demand(updatePolicyRequest(name, policy), readPolicy, options),
  } satisfies Partial<VaultClient>;
}

export function deletedCalls({ find }: Calls) {
  return {
    deleteCertificate: async (name, options) =>
      find(deleteCertificateRequest(name), readDeletedCertificate, options),
    getDeletedCertificate: async (name, options) =>
      find(getDeletedCertificateRequest(name), readDeletedCertificate, options),
    recoverDeletedCertificate: async (name, options) =>
      find(recoverDeletedCertificateRequest(name), readCertificateBundle, options),
    purgeDeletedCertificate: async (name, options) => {
      // 204 has no body, and whatever else came with a success would say no more.
      await find(purgeDeletedCertificateRequest(name), () => true, options);
    },
  } satisfies Partial<VaultClient>;
}
