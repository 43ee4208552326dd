import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  credentialOf,
  defaultCredential,
  type Identity,
  readAssertion,
} from "../../../provider/vault/credential";
import type { CompletePlan } from "../../../provider/vault/credential-plan";
import type { Outcome } from "../../../provider/vault/outcome";
import type { HttpRequest } from "../../../provider/vault/send";
import { failure } from "./harness";

/** An identity library whose credentials remember what they were made with. */
const made: unknown[] = [];
const kept = (kind: string) =>
  function (...args: unknown[]) {
    made.push([kind, ...args]);
  };
const identity = {
  DefaultAzureCredential: kept("default"),
  ClientCertificateCredential: kept("certificate"),
  ClientSecretCredential: kept("secret"),
  ClientAssertionCredential: kept("assertion"),
  ManagedIdentityCredential: kept("managed identity"),
} as unknown as Identity;

const nowhere = () => Promise.reject<Outcome>(new Error("nothing is to be sent"));

describe("credentialOf", () => {
  const tenants = { additionallyAllowedTenants: ["tenant-9"] };
  const china = { authorityHost: "https://login.chinacloudapi.cn" };

  test.each<[CompletePlan, unknown[]]>([
    [{ kind: "default", ...tenants }, ["default", tenants]],
    [
      { kind: "default", tenantId: "tenant-1", ...china, ...tenants },
      ["default", { tenantId: "tenant-1", ...china, ...tenants }],
    ],
    [
      {
        kind: "clientCertificate",
        tenantId: "tenant-1",
        clientId: "client-1",
        certificatePath: "/id.pem",
        certificatePassword: "hunter2",
        ...tenants,
      },
      [
        "certificate",
        "tenant-1",
        "client-1",
        { certificatePath: "/id.pem", certificatePassword: "hunter2" },
        tenants,
      ],
    ],
    [
      {
        kind: "clientSecret",
        tenantId: "tenant-1",
        clientId: "client-1",
        clientSecret: "hunter2",
        ...china,
        ...tenants,
      },
      ["secret", "tenant-1", "client-1", "hunter2", { ...china, ...tenants }],
    ],
    [
      { kind: "managedIdentity", clientId: "client-1", ...tenants },
      ["managed identity", { clientId: "client-1" }],
    ],
    [{ kind: "managedIdentity", ...china, ...tenants }, ["managed identity", china]],
  ])("%#: carries out %j", (plan, args) => {
    made.length = 0;
    credentialOf(plan, identity, nowhere);
    expect(made).toEqual([args]);
  });

  test("reads the assertion of a federated identity only when it is asked for", async () => {
    made.length = 0;
    const source = { from: "value", assertion: "t" } as const;
    credentialOf(
      { kind: "federated", tenantId: "tenant-1", clientId: "client-1", source, ...tenants },
      identity,
      nowhere,
    );
    expect(made).toEqual([["assertion", "tenant-1", "client-1", expect.any(Function), tenants]]);
    const [[, , , assertion]] = made as [[string, string, string, () => Promise<string>]];
    expect(await assertion()).toBe("t");
  });
});

describe("defaultCredential", () => {
  test("says with the first token what the environment lacks, and looks again with the next", async () => {
    const environment: Record<string, string> = { ARM_CLIENT_SECRET: "hunter2", ARM_TENANT_ID: "tenant-1" };
    const credential = defaultCredential(environment);
    await expect(credential.getToken("scope")).rejects.toThrow(
      "ARM_CLIENT_SECRET is set without ARM_CLIENT_ID",
    );
    delete environment["ARM_TENANT_ID"];
    await expect(credential.getToken("scope")).rejects.toThrow(
      "ARM_CLIENT_SECRET is set without ARM_TENANT_ID",
    );
  });
});

describe("readAssertion", () => {
  test("gives a fixed assertion", async () => {
    expect(await readAssertion({ from: "value", assertion: "t" }, nowhere)).toBe("t");
  });

  test("reads a file anew each time", async () => {
    const folder = await mkdtemp(join(tmpdir(), "assertion-"));
    try {
      const path = join(folder, "token");
      await writeFile(path, "first\n");
      expect(await readAssertion({ from: "file", path }, nowhere)).toBe("first");
      await writeFile(path, "second\n");
      expect(await readAssertion({ from: "file", path }, nowhere)).toBe("second");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const request = {
    from: "request",
    token: "request-token",
    audience: "api://AzureADTokenExchange",
  } as const;

  test("asks a pipeline's endpoint, its own query kept", async () => {
    const sent: HttpRequest[] = [];
    const send = (http: HttpRequest): Promise<Outcome> => {
      sent.push(http);
      return Promise.resolve({ kind: "reply", status: 200, headers: {}, text: '{"value":"assertion"}' });
    };
    const source = { ...request, url: "https://pipelines.example/idtoken?api-version=2.0" };
    expect(await readAssertion(source, send)).toBe("assertion");
    expect(sent).toEqual([
      {
        origin: "https://pipelines.example",
        path: "/idtoken?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange",
        method: "GET",
        headers: { accept: "application/json", authorization: "Bearer request-token" },
      },
    ]);
  });

  test.each<[string, Outcome]>([
    ["it answered 403", { kind: "reply", status: 403, headers: {}, text: '{"value":"secret"}' }],
    ["it answered 200", { kind: "reply", status: 200, headers: {}, text: "secret" }],
    ["connect ECONNREFUSED", { kind: "fault", fault: "notSent", reason: "connect ECONNREFUSED" }],
  ])("fails without an assertion when %s", async (reason, outcome) => {
    const error = await failure(
      readAssertion({ ...request, url: "https://pipelines.example/" }, () => Promise.resolve(outcome)),
    );
    expect(error.message).toBe(`the OIDC request URL gave no token: ${reason}`);
  });

  test.each(["http://pipelines.example/", "pipelines"])(
    "sends its token to no such URL as %s",
    async (url) => {
      await expect(readAssertion({ ...request, url }, nowhere)).rejects.toThrow("must be an https URL");
    },
  );
});
