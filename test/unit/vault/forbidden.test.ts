import { codeOfForbidden } from "../../../provider/vault/forbidden";

describe("codeOfForbidden", () => {
  test.each([
    [{ code: "Forbidden", innerCode: "ForbiddenByPolicy" }, "KVC_FORBIDDEN_BY_POLICY"],
    [{ code: "Forbidden", innerCode: "ForbiddenByRbac" }, "KVC_FORBIDDEN_BY_RBAC"],
    [{ code: "Forbidden", innerCode: "ForbiddenByFirewall" }, "KVC_FORBIDDEN_BY_NETWORK"],
    [{ code: "Forbidden", innerCode: "ForbiddenByConnection" }, "KVC_FORBIDDEN_BY_NETWORK"],
    [{ code: "Forbidden", innerCode: "KeyManagedByKeyVault" }, "KVC_MANAGED_BY_KEY_VAULT"],
    [{ code: "Forbidden", innerCode: "SecretManagedByKeyVault" }, "KVC_MANAGED_BY_KEY_VAULT"],
    [{ message: "Pending status must be in progress to allow update." }, "KVC_NOT_CANCELLABLE"],
    [
      {
        message:
          "Merge is forbidden on pending object created with issuer : DigiCert while it is in progess.",
      },
      "KVC_MERGE_FORBIDDEN",
    ],
    [
      { message: 'Operation "purge" is not allowed because purge protection is enabled for this vault.' },
      "KVC_PURGE_PROTECTED",
    ],
    [
      { message: '{"message":"Certificate \'web\' was disallowed by policy."}' },
      "KVC_DISALLOWED_BY_AZURE_POLICY",
    ],
    [
      { message: 'Operation "delete" is not allowed as this object\'s lifetime is managed by Key Vault.' },
      "KVC_MANAGED_BY_KEY_VAULT",
    ],
    [
      { message: "Caller is not authorized to perform action on resource.\r\nIf role assignments, …" },
      "KVC_FORBIDDEN_BY_RBAC",
    ],
    [
      {
        message:
          "The user, group or application 'appid=…' does not have certificates create permission on key vault",
      },
      "KVC_FORBIDDEN_BY_POLICY",
    ],
    [{ message: 'Operation "create" is not allowed by vault policy' }, "KVC_FORBIDDEN_BY_POLICY"],
    [
      { message: "Client address is not authorized and caller is not a trusted service." },
      "KVC_FORBIDDEN_BY_NETWORK",
    ],
    [
      { message: "Public network access is disabled and request is not from a trusted service" },
      "KVC_FORBIDDEN_BY_NETWORK",
    ],
    [{ code: "Forbidden", innerCode: "toString", message: "Something new." }, "KVC_FORBIDDEN"],
    [{}, "KVC_FORBIDDEN"],
  ])("%#: is told from %j as %s", (error, code) => {
    expect(codeOfForbidden(error)).toBe(code);
  });
});
