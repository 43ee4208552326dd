import { planCredential } from "../../../provider/vault/credential-plan";

const ids = { ARM_TENANT_ID: "tenant-1", ARM_CLIENT_ID: "client-1" };
const identity = { tenantId: "tenant-1", clientId: "client-1" };

describe("planCredential", () => {
  test.each([
    ["nothing", {}, { kind: "default" }],
    ["empty values", { ARM_CLIENT_SECRET: "", ARM_USE_OIDC: "" }, { kind: "default" }],
    ["a tenant only", { ARM_TENANT_ID: "tenant-1" }, { kind: "default", tenantId: "tenant-1" }],
    ["ids without a method", ids, { kind: "default", tenantId: "tenant-1" }],
    [
      "a client certificate",
      { ...ids, ARM_CLIENT_CERTIFICATE_PATH: "/id.pem", ARM_CLIENT_CERTIFICATE_PASSWORD: "hunter2" },
      { kind: "clientCertificate", ...identity, certificatePath: "/id.pem", certificatePassword: "hunter2" },
    ],
    [
      "a client certificate without a password",
      { ...ids, ARM_CLIENT_CERTIFICATE_PATH: "/id.pem" },
      { kind: "clientCertificate", ...identity, certificatePath: "/id.pem" },
    ],
    [
      "a client secret",
      { ...ids, ARM_CLIENT_SECRET: "hunter2" },
      { kind: "clientSecret", ...identity, clientSecret: "hunter2" },
    ],
    [
      "a certificate before a secret",
      { ...ids, ARM_CLIENT_CERTIFICATE_PATH: "/id.pem", ARM_CLIENT_SECRET: "hunter2" },
      { kind: "clientCertificate", ...identity, certificatePath: "/id.pem" },
    ],
    [
      "a secret before OIDC",
      { ...ids, ARM_CLIENT_SECRET: "hunter2", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
      { kind: "clientSecret", ...identity, clientSecret: "hunter2" },
    ],
    [
      "an OIDC token, as Pulumi ESC sets it",
      { ...ids, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t", ARM_SUBSCRIPTION_ID: "s" },
      { kind: "federated", ...identity, source: { from: "value", assertion: "t" } },
    ],
    [
      "an OIDC token's file before the token itself",
      { ...ids, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t", ARM_OIDC_TOKEN_FILE_PATH: "/token" },
      { kind: "federated", ...identity, source: { from: "file", path: "/token" } },
    ],
    [
      "a pipeline's OIDC endpoint",
      {
        ...ids,
        ARM_USE_OIDC: "true",
        ARM_OIDC_TOKEN: "t",
        ACTIONS_ID_TOKEN_REQUEST_URL: "https://pipelines.example/token?v=1",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r",
      },
      {
        kind: "federated",
        ...identity,
        source: {
          from: "request",
          url: "https://pipelines.example/token?v=1",
          token: "r",
          audience: "api://AzureADTokenExchange",
        },
      },
    ],
    [
      "an OIDC endpoint under its ARM_ names, with an audience",
      {
        ...ids,
        ARM_USE_OIDC: "TRUE",
        ARM_OIDC_AUDIENCE: "api://other",
        ARM_OIDC_REQUEST_URL: "https://pipelines.example/a",
        ARM_OIDC_REQUEST_TOKEN: "r",
      },
      {
        kind: "federated",
        ...identity,
        source: { from: "request", url: "https://pipelines.example/a", token: "r", audience: "api://other" },
      },
    ],
    ["a managed identity", { ARM_USE_MSI: "true" }, { kind: "managedIdentity" }],
    [
      "a user-assigned managed identity",
      { ...ids, ARM_USE_MSI: "1" },
      { kind: "managedIdentity", clientId: "client-1" },
    ],
    [
      "a method that is switched off",
      { ...ids, ARM_USE_MSI: "false", ARM_USE_OIDC: "no" },
      { kind: "default", tenantId: "tenant-1" },
    ],
    [
      "the default credential by wish",
      { ...ids, ARM_CLIENT_SECRET: "hunter2", ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true" },
      { kind: "default", tenantId: "tenant-1" },
    ],
    [
      "AZURE_* before ARM_*",
      { ...ids, ARM_CLIENT_SECRET: "hunter2", AZURE_CLIENT_ID: "client-2" },
      { kind: "default" },
    ],
    [
      "a federated token file of a workload identity before ARM_*",
      { ...ids, ARM_USE_MSI: "true", AZURE_FEDERATED_TOKEN_FILE: "/token" },
      { kind: "default" },
    ],
    [
      "ARM_* although AZURE_TENANT_ID is set, which chooses nothing",
      { ...ids, ARM_CLIENT_SECRET: "hunter2", AZURE_TENANT_ID: "tenant-2" },
      { kind: "clientSecret", ...identity, clientSecret: "hunter2" },
    ],
    [
      "a secret without its tenant",
      { ARM_CLIENT_ID: "client-1", ARM_CLIENT_SECRET: "hunter2" },
      { kind: "incomplete", reason: "ARM_CLIENT_SECRET is set without ARM_TENANT_ID" },
    ],
    [
      "a certificate without its client",
      { ARM_TENANT_ID: "tenant-1", ARM_CLIENT_CERTIFICATE_PATH: "/id.pem" },
      { kind: "incomplete", reason: "ARM_CLIENT_CERTIFICATE_PATH is set without ARM_CLIENT_ID" },
    ],
    [
      "OIDC without its client",
      { ARM_TENANT_ID: "tenant-1", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
      { kind: "incomplete", reason: "ARM_USE_OIDC is set without ARM_CLIENT_ID" },
    ],
  ])("from %s", (_, environment, plan) => {
    expect(planCredential(environment)).toEqual({ ...plan, additionallyAllowedTenants: [] });
  });

  test("names what OIDC lacks, and does not fall through to a managed identity", () => {
    const environment = {
      ...ids,
      ARM_USE_OIDC: "true",
      ARM_USE_MSI: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://a.example",
    };
    expect(planCredential(environment)).toMatchObject({
      kind: "incomplete",
      reason: expect.stringContaining("ARM_OIDC_TOKEN_FILE_PATH"),
    });
  });

  test.each([
    [{}, undefined],
    [{ ARM_ENVIRONMENT: "public" }, undefined],
    [{ ARM_ENVIRONMENT: "usgovernment" }, "https://login.microsoftonline.us"],
    [{ ARM_ENVIRONMENT: "China" }, "https://login.chinacloudapi.cn"],
    [{ AZURE_ENVIRONMENT: "AzureUSGovernment" }, "https://login.microsoftonline.us"],
    [{ ARM_ENVIRONMENT: "public", AZURE_ENVIRONMENT: "china" }, undefined],
    [{ AZURE_ENVIRONMENT: "staging" }, undefined],
    [{ AZURE_ENVIRONMENT: "constructor" }, undefined],
    [{ ARM_ENVIRONMENT: "china", AZURE_AUTHORITY_HOST: "https://login.example" }, undefined],
  ])("takes the authority of %j to be %s", (environment, authorityHost) => {
    expect(planCredential(environment).authorityHost).toBe(authorityHost);
    expect(planCredential(environment).kind).toBe("default");
  });

  test("refuses a cloud that it does not know", () => {
    expect(planCredential({ ARM_ENVIRONMENT: "moon" })).toEqual({
      kind: "incomplete",
      reason: 'ARM_ENVIRONMENT must be public, usgovernment or china, got "moon"',
      additionallyAllowedTenants: [],
    });
  });

  test.each([
    ['["a","b"]', ["a", "b"]],
    ["a;b", ["a", "b"]],
    ["a, b", ["a", "b"]],
    ["[]", []],
  ])("reads the auxiliary tenants %s", (text, tenants) => {
    expect(planCredential({ ARM_AUXILIARY_TENANT_IDS: text }).additionallyAllowedTenants).toEqual(tenants);
  });
});
