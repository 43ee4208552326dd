import {
  deleteCertificateRequest,
  getDeletedCertificateRequest,
  purgeDeletedCertificateRequest,
  readDeletedCertificate,
  recoverDeletedCertificateRequest,
} from "../../../provider/vault/deleted";
import { bundle, vaultUrl, wireBundle } from "./harness";

describe("the requests for a deleted certificate", () => {
  const rest = { certificateName: "web", absentCode: "CertificateNotFound" };

  test.each([
    [
      deleteCertificateRequest,
      { method: "DELETE", path: "/certificates/web", permission: "delete", repeatable: true },
    ],
    [
      getDeletedCertificateRequest,
      { method: "GET", path: "/deletedcertificates/web", permission: "get", repeatable: true },
    ],
    [
      recoverDeletedCertificateRequest,
      { method: "POST", path: "/deletedcertificates/web/recover", permission: "recover", repeatable: false },
    ],
    [
      purgeDeletedCertificateRequest,
      { method: "DELETE", path: "/deletedcertificates/web", permission: "purge", repeatable: true },
    ],
  ])("%#: say what is done where, by whom, and whether twice", (build, request) => {
    expect(build("web")).toEqual({ ...rest, ...request });
  });
});

describe("readDeletedCertificate", () => {
  const wire = {
    recoveryId: `${vaultUrl}/deletedcertificates/web`,
    deletedDate: 1767225700,
    scheduledPurgeDate: 1767830500,
    ...wireBundle,
  };

  test("gives the bundle with the times of deletion and purge", () => {
    expect(readDeletedCertificate(wire)).toEqual({
      ...bundle,
      deletedOn: 1767225700,
      scheduledPurgeOn: 1767830500,
    });
  });

  test("names a time that is none", () => {
    expect(() => readDeletedCertificate({ ...wire, deletedDate: "today" })).toThrow(
      '"deletedDate" must be a number, got a string of 5 characters',
    );
  });
});
