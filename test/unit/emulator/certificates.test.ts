import { createHash, X509Certificate } from "node:crypto";
import { Bench, refusal } from "./harness";

const inProgressDetails =
  "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later.";

describe("a certificate of the emulator", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  test("is accepted with 202, a Location with the request id, and Retry-After", async () => {
    const reply = await bench.create("c");
    const requestId = reply.body.request_id;
    expect(reply.status).toBe(202);
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(reply.headers.get("location")).toBe(
      `${bench.emulator.url}/certificates/c/pending?api-version=2025-07-01&request_id=${requestId}`,
    );
    expect(reply.headers.get("retry-after")).toBe("10");
    expect(reply.body).toEqual({
      id: `${bench.emulator.url}/certificates/c/pending`,
      issuer: { name: "Self" },
      csr: expect.any(String),
      cancellation_requested: false,
      status: "inProgress",
      status_details: inProgressDetails,
      request_id: requestId,
    });
  });

  test("completes when its time has come, with a target and without Retry-After and details", async () => {
    const created = await bench.create("c");
    bench.clock.advance(1999);
    const before = await bench.get("/certificates/c/pending");
    bench.clock.advance(1);
    const after = await bench.get("/certificates/c/pending");
    expect([before.body.status, before.headers.get("retry-after")]).toEqual(["inProgress", "10"]);
    expect(after.headers.get("retry-after")).toBeNull();
    expect(after.body).toEqual({
      id: created.body.id,
      issuer: { name: "Self" },
      csr: created.body.csr,
      cancellation_requested: false,
      status: "completed",
      target: `${bench.emulator.url}/certificates/c`,
      request_id: created.body.request_id,
    });
  });

  test("is a disabled placeholder until then, whose version is not the final one", async () => {
    await bench.create("c", {}, { tags: { a: "b" } });
    const placeholder = await bench.get("/certificates/c/");
    bench.clock.advance(2000);
    const completed = await bench.get("/certificates/c");
    expect(Object.keys(placeholder.body)).toEqual(["id", "attributes", "tags", "policy", "pending"]);
    expect(placeholder.body.attributes.enabled).toBe(false);
    expect(completed.body.id).not.toBe(placeholder.body.id);
    const gone = placeholder.body.id.slice(bench.emulator.url.length);
    expect((await bench.get(gone)).status).toBe(404);
  });

  test("names key, secret, thumbprint and policy once complete, in the service's order", async () => {
    const { body } = await bench.issue("c", {}, { tags: {} });
    const version = body.id.split("/").at(-1);
    expect(Object.keys(body)).toEqual([
      "id",
      "kid",
      "sid",
      "x5t",
      "cer",
      "attributes",
      "tags",
      "policy",
      "pending",
    ]);
    expect(body.kid).toBe(`${bench.emulator.url}/keys/c/${version}`);
    expect(body.sid).toBe(`${bench.emulator.url}/secrets/c/${version}`);
    expect(body.tags).toEqual({});
    const certificate = new X509Certificate(Buffer.from(body.cer, "base64"));
    expect(body.x5t).toBe(createHash("sha1").update(certificate.raw).digest("base64url"));
    expect(body.attributes).toEqual({
      enabled: true,
      nbf: certificate.validFromDate.getTime() / 1000,
      exp: certificate.validToDate.getTime() / 1000,
      created: body.attributes.nbf + 600,
      updated: body.attributes.created,
      recoveryLevel: "CustomizedRecoverable+Purgeable",
      recoverableDays: 7,
    });
  });

  test("gets the service's defaults for what its policy leaves out", async () => {
    await bench.post("/certificates/c/create", { policy: { x509_props: { subject: "CN=x" } } });
    const { body } = await bench.get("/certificates/c/policy");
    const now = bench.clock.milliseconds / 1000;
    expect(body).toEqual({
      id: `${bench.emulator.url}/certificates/c/policy`,
      key_props: { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
      secret_props: { contentType: "application/x-pkcs12" },
      x509_props: {
        subject: "CN=x",
        ekus: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
        key_usage: ["digitalSignature", "keyEncipherment"],
        validity_months: 12,
        basic_constraints: { ca: false },
      },
      lifetime_actions: [{ trigger: { lifetime_percentage: 80 }, action: { action_type: "EmailContacts" } }],
      issuer: { name: "Unknown" },
      attributes: { enabled: true, created: now, updated: now },
    });
  });

  test("keeps an empty list of purposes and empty alternative names as they were sent", async () => {
    await bench.create("c", { x509_props: { subject: "CN=x", ekus: [], sans: {} } });
    const { body } = await bench.get("/certificates/c/policy");
    expect([body.x509_props.ekus, body.x509_props.sans]).toEqual([[], {}]);
  });

  test("keeps its first version current and readable while a second request is pending", async () => {
    const first = await bench.issue("c", {}, { tags: { n: "1" } });
    await bench.create("c", { x509_props: { subject: "CN=second" } }, { tags: { n: "2" } });
    const during = await bench.get("/certificates/c");
    expect([during.body.id, during.body.tags]).toEqual([first.body.id, { n: "1" }]);
    expect(during.body.policy?.x509_props.subject).toBe("CN=second");
    bench.clock.advance(2000);
    const after = await bench.get("/certificates/c");
    expect(after.body.tags).toEqual({ n: "2" });
    expect(after.body.id).not.toBe(first.body.id);
  });

  test("refuses another create while a request is in progress, without innererror", async () => {
    await bench.create("c");
    expect(refusal(await bench.create("c"))).toEqual([
      409,
      "Conflict",
      "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
      undefined,
    ]);
  });

  test("accepts only one of two creates that arrive together", async () => {
    const replies = await Promise.all([bench.create("c"), bench.create("c")]);
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(bench.emulator.control.orders()).toHaveLength(1);
  });

  test.each(["keys", "secrets"])("refuses a name that a plain object of /%s has", async (kind) => {
    await bench.put(`/emulator/control/${kind}/c`);
    expect(await bench.create("c")).toMatchObject({ status: 409, body: { error: { code: "Conflict" } } });
    await bench.delete(`/emulator/control/${kind}/c`);
    expect((await bench.create("c")).status).toBe(202);
  });

  test("makes the next version from the stored policy when a create brings none", async () => {
    await bench.issue("c", { x509_props: { subject: "CN=stored" } });
    expect((await bench.post("/certificates/c/create", {})).status).toBe(202);
    bench.clock.advance(2000);
    const { body } = await bench.get("/certificates/c");
    expect(new X509Certificate(Buffer.from(body.cer, "base64")).subject).toBe("CN=stored");
    expect(bench.emulator.control.orders()).toHaveLength(2);
  });

  test.each([
    [true, true],
    [false, false],
  ])("with reuse_key %s uses the same key for the next version: %s", async (reuse, same) => {
    const policy = { key_props: { kty: "EC", crv: "P-256", reuse_key: reuse } };
    const first = await bench.issue("c", policy);
    const second = await bench.issue("c", policy);
    const key = (reply: typeof first): string =>
      new X509Certificate(Buffer.from(reply.body.cer, "base64")).publicKey
        .export({ type: "spki", format: "der" })
        .toString("hex");
    expect(key(first) === key(second)).toBe(same);
  });

  test("shows a version without policy and pending, and adds pending in the reply to its update", async () => {
    const { body } = await bench.issue("c");
    const path = body.id.slice(bench.emulator.url.length);
    const read = await bench.get(path);
    const updated = await bench.patch(path, { attributes: { enabled: false }, tags: { a: "b" } });
    expect(Object.keys(read.body)).not.toContain("policy");
    expect(Object.keys(read.body)).not.toContain("pending");
    expect(updated.body).toMatchObject({ tags: { a: "b" }, attributes: { enabled: false }, pending: {} });
    expect(updated.body.policy).toBeUndefined();
  });

  test("changes enabled and tags by PATCH, leaves tags that are not sent, and never the expiry", async () => {
    const issued = await bench.issue("c", {}, { tags: { a: "b" } });
    bench.clock.advance(7000);
    const updated = await bench.patch("/certificates/c", { attributes: { enabled: false, exp: 1 } });
    expect(updated.body.tags).toEqual({ a: "b" });
    expect(updated.body.attributes).toEqual({
      ...issued.body.attributes,
      enabled: false,
      updated: issued.body.attributes.created + 10,
    });
  });

  test("hands the tags given to the placeholder on to its first version", async () => {
    await bench.create("c");
    expect((await bench.patch("/certificates/c", { tags: { x: "y" } })).status).toBe(200);
    bench.clock.advance(2000);
    expect((await bench.get("/certificates/c")).body.tags).toEqual({ x: "y" });
  });

  test("changes its policy member by member, with a new time of update only", async () => {
    await bench.issue("c", {
      lifetime_actions: [{ trigger: { lifetime_percentage: 98 }, action: { action_type: "EmailContacts" } }],
    });
    const before = await bench.get("/certificates/c/policy");
    const after = await bench.patch("/certificates/c/policy", {
      key_props: { crv: "P-256K", exportable: true, key_size: 256, kty: "EC", reuse_key: false },
    });
    expect(after.body).toEqual({
      ...before.body,
      key_props: { exportable: true, kty: "EC", key_size: 256, reuse_key: false, crv: "P-256K" },
      attributes: { ...before.body.attributes, updated: before.body.attributes.created + 5 },
    });
  });

  test("forgets the curve when a policy turns from EC to RSA", async () => {
    await bench.issue("c");
    const { body } = await bench.patch("/certificates/c/policy", { key_props: { kty: "RSA" } });
    expect(body.key_props).toEqual({ exportable: true, kty: "RSA", key_size: 2048, reuse_key: false });
  });

  test.each([
    ["/certificates/none", "none"],
    ["/certificates/none/00000000000000000000000000000000", "none/versions/00000000000000000000000000000000"],
  ])("that does not exist answers %s with 404 and its id", async (path, id) => {
    expect(refusal(await bench.get(path))).toEqual([
      404,
      "CertificateNotFound",
      `A certificate with (name/id) ${id} was not found in this key vault. If you recently deleted this certificate you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
      undefined,
    ]);
  });

  test("is found by its name and version in any case", async () => {
    await bench.issue("Mixed-Case");
    const { id } = (await bench.get("/certificates/mixed-case")).body;
    expect(id).toContain("/certificates/Mixed-Case/");
    const version = id.split("/").at(-1)?.toUpperCase();
    expect((await bench.get(`/certificates/mixed-case/${version}`)).body.id).toBe(id);
  });
});
