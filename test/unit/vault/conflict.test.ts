import { conflictKind } from "../../../provider/vault/conflict";

const pendingUrl = "https://contoso.vault.azure.net/certificates/web/0123";

describe("conflictKind", () => {
  test.each([
    [
      "pendingInProgress",
      {
        code: "Conflict",
        message:
          "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
      },
    ],
    [
      "pendingInProgress",
      {
        code: "Forbidden",
        message:
          "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
      },
    ],
    [
      "pendingConflict",
      {
        code: "Conflict",
        message: `There was a conflict while updating pending certificate '${pendingUrl}'. This can happen when multiple operations are performed in parallel against the pending certificate.`,
      },
    ],
    [
      "pendingConflict",
      {
        code: "Conflict",
        message: `There was a conflict while deleting pending certificate '${pendingUrl}'.`,
      },
    ],
    ["softDeleted", { code: "Conflict", innerCode: "ObjectIsDeletedButRecoverable", message: "anything" }],
    ["softDeleted", { code: "ObjectIsDeletedButRecoverable" }],
    [
      "softDeleted",
      {
        code: "Conflict",
        message:
          "Certificate web is currently in a deleted but recoverable state, and its name cannot be reused",
      },
    ],
    ["beingDeleted", { code: "Conflict", innerCode: "ObjectIsBeingDeleted" }],
    ["beingDeleted", { code: "Conflict", message: "Certificate web is currently being deleted." }],
    ["beingRecovered", { code: "Conflict", innerCode: "ObjectIsBeingRecovered" }],
    ["beingRecovered", { code: "Conflict", message: "Certificate web is currently being recovered." }],
    ["nameTaken", { code: "Conflict", message: "A key with the same name exists." }],
    ["nameTaken", { code: "Conflict", message: "Secret web already exists." }],
    [
      "nameTaken",
      { code: "Conflict", message: "… trying to restore a certificate whose name is already in use. …" },
    ],
    ["unknown", { code: "Conflict", message: "Something new." }],
    ["unknown", { code: "Conflict", innerCode: "constructor" }],
    ["unknown", {}],
  ])("is %s for %j", (kind, error) => {
    expect(conflictKind(error)).toBe(kind);
  });

  test("believes the inner code before the text", () => {
    const message = "Certificate web is currently being deleted.";
    expect(conflictKind({ code: "Conflict", innerCode: "ObjectIsDeletedButRecoverable", message })).toBe(
      "softDeleted",
    );
  });
});
