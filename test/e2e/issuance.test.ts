import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { TestAuthority } from "./authority";
import { certificates, ecPolicy } from "./programs";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

const looksAt = (path: string) => (line: string) => line === `GET ${path} 200`;

describe("a self-signed certificate from nothing", () => {
  const program = certificates({ web: {} });
  let stack: TestStack;
  beforeAll(async () => {
    stack = await engine().stack("self-signed", program);
  });

  test("has a known versionless secret id in its first preview, which asks nothing of the vault", async () => {
    const preview = await stack.preview();
    expect(preview.changes).toEqual({ create: 1 });
    expect(preview.text).toContain(`web: "${engine().vault.url}/secrets/web"`);
    expect(preview.requests).toEqual([]);
  });

  test("costs three requests and the polls, one challenge and one token, and shows in its row whom it waits for", async () => {
    const before = engine().vault.control.stats();
    const up = await stack.up();
    const after = engine().vault.control.stats();
    const polls = up.traffic.filter(looksAt("/certificates/web/pending"));
    expect(up.traffic).toEqual([
      "GET /certificates/web 404",
      "POST /certificates/web/create 202",
      ...polls,
      "GET /certificates/web 200",
    ]);
    expect(polls.length).toBeGreaterThan(0);
    expect(up.text).toMatch(/Certificate web creating \(\d+s\) waiting for Self, \d+ s, next look in 1 s/);
    expect(up.diagnostics).toEqual([]);
    expect(after.challenges - before.challenges).toBe(1);
    expect(after.tokens - before.tokens).toBe(1);
  });

  test("has outputs that agree with the certificate in the vault", async () => {
    const { outputs, id } = await stack.resource("web");
    const { cer = "" } = (await engine().vault.certificate("web")) ?? {};
    const certificate = new X509Certificate(Buffer.from(cer, "base64"));
    const { url } = engine().vault;
    expect(id).toBe(`${url}/certificates/web`);
    expect(outputs).toMatchObject({
      status: "completed",
      thumbprint: certificate.fingerprint.replaceAll(":", ""),
      thumbprintSha256: certificate.fingerprint256.replaceAll(":", ""),
      serialNumber: certificate.serialNumber,
      expiresOn: certificate.validToDate.toISOString(),
      versionlessSecretId: `${url}/secrets/web`,
      secretId: `${url}/secrets/web/${String(outputs["version"])}`,
    });
    expect(new X509Certificate(String(outputs["certificatePem"])).raw).toEqual(certificate.raw);
  });

  test("keeps little in the state: one constant line of code, and no key or token", async () => {
    const resource = await stack.resource("web");
    const { emulator } = engine().vault;
    const written = JSON.stringify(resource);
    expect(String(resource.inputs["__provider"]).length).toBeLessThan(100);
    expect(resource.outputs["__provider"]).toBe(resource.inputs["__provider"]);
    expect(written.length).toBeLessThan(6000);
    expect(written).not.toMatch(/PRIVATE KEY|Bearer|access_token/);
    expect(written).not.toContain(emulator.identityHeader);
  });

  test("echoes every input in its outputs", async () => {
    const { inputs, outputs } = await stack.resource("web");
    expect(outputs).toMatchObject(inputs);
  });

  test("is left alone by an up with nothing to do: no request reaches the vault", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 1 });
    expect(up.requests).toEqual([]);
  });
});

describe("a secret among the arguments", () => {
  test("reaches the vault in clear, and the state in none of its parts", async () => {
    const value = "not for everybody";
    const tags = { owner: pulumi.secret(value) };
    const stack = await engine().stack("secrets", certificates({ secret: { tags, reissue: tags.owner } }));
    expect((await stack.up()).ok).toBe(true);
    expect((await engine().vault.certificate("secret"))?.tags).toMatchObject({ owner: value });
    const state = await stack.cli("stack", "export");
    expect(state).toContain('"ciphertext"');
    expect(state).not.toContain(value);
    expect((await stack.up()).changes).toEqual({ same: 1 });
  });
});

describe("a certificate of an integrated issuer", () => {
  test("is waited for to the end, and its one order is completed", async () => {
    const policy = ecPolicy("ContosoCA", "CN=issued.example.com");
    const stack = await engine().stack("integrated", certificates({ issued: { policy } }));
    const up = await stack.up();
    const { outputs } = await stack.resource("issued");
    expect(up.ok).toBe(true);
    expect(up.text).toContain("waiting for ContosoCA");
    expect(outputs).toMatchObject({ status: "completed", statusDetails: null, operationError: null });
    expect(outputs["version"]).toBe(await engine().vault.version("issued"));
    expect(engine().vault.orders("issued")).toMatchObject([
      { status: "completed", requestId: outputs["requestId"] },
    ]);
  });
});

describe("a certificate that is signed elsewhere", () => {
  const policy = ecPolicy("Unknown", "CN=manual.example.com", {
    subjectAlternativeNames: { dnsNames: ["manual.example.com"] },
  });
  const program = (chain?: string) =>
    certificates({ manual: { policy, ...(chain === undefined ? {} : { chain }) } });
  let stack: TestStack;
  let chain: string;
  beforeAll(async () => {
    stack = await engine().stack("manual", program());
  });

  test("is a success after the first up: in progress, with its CSR and without a version", async () => {
    const up = await stack.up();
    const { outputs, initErrors } = await stack.resource("manual");
    expect(up.ok).toBe(true);
    expect(initErrors ?? []).toEqual([]);
    expect(outputs).toMatchObject({
      status: "inProgress",
      version: null,
      secretId: null,
      certificatePem: null,
    });
    expect(outputs["csrPem"]).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    chain = await (await TestAuthority.create()).sign(String(outputs["csrPem"]));
  });

  test("is left alone while nobody has signed it", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 1 });
    expect(up.requests).toEqual([]);
  });

  test("refuses a chain for another key, before it asks for a merge, and stays in progress", async () => {
    const wrong = await (await TestAuthority.create()).issue("CN=manual.example.com");
    const up = await stack.up(program(wrong));
    expect(up.ok).toBe(false);
    expect(up.diagnostics.map(({ message }) => message).join("\n")).toMatch(/CSR|key/);
    expect(up.traffic.filter((line) => line.includes("/merge"))).toEqual([]);
    expect((await stack.resource("manual")).outputs).toMatchObject({ status: "inProgress" });
  });

  test("says in the preview that the chain that is now given will be merged", async () => {
    const preview = await stack.preview(program(chain));
    expect(preview.changes).toEqual({ update: 1 });
    expect(preview.requests).toEqual([]);
    expect(preview.diagnostics).toEqual([
      {
        severity: "info",
        resource: "manual",
        message: expect.stringMatching(/waits for its chain; up checks and merges/) as string,
      },
    ]);
  });

  test("is completed by merging the chain, with its one order", async () => {
    const up = await stack.up(program(chain));
    const { outputs } = await stack.resource("manual");
    expect(up.ok).toBe(true);
    expect(up.traffic).toContain("POST /certificates/manual/pending/merge 201");
    expect(outputs).toMatchObject({ status: "completed" });
    expect(outputs["version"]).toBe(await engine().vault.version("manual"));
    expect(new X509Certificate(String(outputs["certificatePem"])).raw).toEqual(
      new X509Certificate(chain).raw,
    );
    expect(engine().vault.orders("manual")).toHaveLength(1);
  });

  test("is left alone once it is merged, though its chain stays in the program", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 1 });
    expect(up.requests).toEqual([]);
  });
});
