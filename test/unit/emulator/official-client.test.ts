import { ManagedIdentityCredential } from "@azure/identity";
import { CertificateClient, type CertificatePolicy } from "@azure/keyvault-certificates";
import { startEmulator, type Emulator } from "keyvault-certificates-emulator";
import { base64Of, createCa, signRequest } from "./signing";

const policy: CertificatePolicy = {
  issuerName: "Self",
  subject: "CN=www.example.com",
  keyType: "EC",
  keyCurveName: "P-256",
};
const quick = { intervalInMs: 20 };

describe("the official client against the emulator", () => {
  let emulator: Emulator;
  let client: CertificateClient;

  beforeAll(async () => {
    emulator = await startEmulator({ https: true });
    const trust = { tlsOptions: { ca: emulator.caCertificatePem ?? "" } };
    const options = { disableChallengeResourceVerification: true, ...trust };
    client = new CertificateClient(emulator.url, identityOf(emulator, trust), options);
  });
  beforeEach(() => {
    emulator.control.reset();
    emulator.control.setIssuer("Self", { durationMs: 60, cancellationMs: 20 });
    emulator.control.setTiming({ deleteMs: 50, recoverMs: 50, purgeMs: 50 });
  });
  afterAll(() => emulator.close());

  const create = async (name: string, given = policy) =>
    (await client.beginCreateCertificate(name, given, { ...quick, tags: { a: "b" } })).pollUntilDone();

  test("creates a certificate and waits for it", async () => {
    const certificate = await create("c");
    expect(certificate.properties).toMatchObject({ name: "c", enabled: true, tags: { a: "b" } });
    expect(certificate.policy).toMatchObject({
      issuerName: "Self",
      subject: "CN=www.example.com",
      keyCurveName: "P-256",
    });
    expect(certificate.cer?.length).toBeGreaterThan(300);
  });

  test("merges what was signed elsewhere, in its double base64", async () => {
    await client.beginCreateCertificate("c", { ...policy, issuerName: "Unknown" }, quick);
    const operation = (await client.getCertificateOperation("c", quick)).getOperationState()
      .certificateOperation;
    const csr = Buffer.from(operation?.csr ?? []).toString("base64");
    const leaf = base64Of(signRequest(csr, createCa()));
    const merged = await client.mergeCertificate("c", [Buffer.from(leaf)]);
    expect(Buffer.from(merged.cer ?? []).toString("base64")).toBe(leaf);
  });

  test("changes tags and policy, and lists versions", async () => {
    const { properties } = await create("c");
    await client.updateCertificateProperties("c", properties.version ?? "", { tags: { x: "y" } });
    await client.updateCertificatePolicy("c", { ...policy, validityInMonths: 3 });
    await create("c", { ...policy, validityInMonths: 3 });
    expect((await client.getCertificateVersion("c", properties.version ?? "")).properties.tags).toEqual({
      x: "y",
    });
    expect((await client.getCertificatePolicy("c")).validityInMonths).toBe(3);
    const versions = [];
    for await (const version of client.listPropertiesOfCertificateVersions("c"))
      versions.push(version.version);
    expect(versions).toHaveLength(2);
  });

  test("deletes, recovers, deletes again and purges", async () => {
    await create("c");
    const deleted = await (await client.beginDeleteCertificate("c", quick)).pollUntilDone();
    expect(deleted.recoveryId).toBe(`${emulator.url}/deletedcertificates/c`);
    const recovered = await (await client.beginRecoverDeletedCertificate("c", quick)).pollUntilDone();
    expect(recovered.name).toBe("c");
    await (await client.beginDeleteCertificate("c", quick)).pollUntilDone();
    await client.purgeDeletedCertificate("c");
    await expect(client.getDeletedCertificate("c")).rejects.toMatchObject({
      code: "CertificateNotFound",
      statusCode: 404,
    });
  });

  test("cancels and deletes a request", async () => {
    emulator.control.setIssuer("Self", { outcome: "inProgress", cancellationMs: 0 });
    const poller = await client.beginCreateCertificate("c", policy, quick);
    await poller.cancelOperation();
    expect(emulator.control.orders()).toMatchObject([{ status: "cancelled", cancellationRequested: true }]);
    await client.deleteCertificateOperation("c");
    await expect(client.getCertificateOperation("c")).rejects.toMatchObject({
      code: "PendingCertificateNotFound",
    });
  });

  test("reports what an issuer said of its failure", async () => {
    await client.createIssuer("ca", "Test");
    emulator.control.setIssuer("ca", {
      durationMs: 20,
      outcome: "failed",
      error: { code: "Request rejected", message: "No." },
    });
    await expect(create("c", { ...policy, issuerName: "ca" })).rejects.toThrow("No.");
  });

  test("pages through certificates, issuers and contacts", async () => {
    await Promise.all(["a", "b", "c"].map((name) => client.beginCreateCertificate(name, policy, quick)));
    const names = [];
    for await (const page of client
      .listPropertiesOfCertificates({ includePending: true })
      .byPage({ maxPageSize: 2 })) {
      names.push(...page.map(({ name }) => name));
    }
    expect(names).toEqual(["a", "b", "c"]);
    await client.setContacts([{ email: "a@example.com", name: "A", phone: "1" }]);
    expect(await client.getContacts()).toEqual([{ email: "a@example.com", name: "A", phone: "1" }]);
  });
});

/** The real managed-identity credential, told by the environment where to ask. */
function identityOf(emulator: Emulator, trust: object): ManagedIdentityCredential {
  process.env["IDENTITY_ENDPOINT"] = emulator.identityEndpoint;
  process.env["IDENTITY_HEADER"] = emulator.identityHeader;
  return new ManagedIdentityCredential({ ...trust });
}
