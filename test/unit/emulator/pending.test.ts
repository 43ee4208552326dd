import { X509Certificate } from "node:crypto";
import { Bench, ecPolicy, refusal } from "./harness";
import { base64Of, createCa, signRequest } from "./signing";

const ca = createCa();

describe("a pending request", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(async () => {
    bench.emulator.control.reset();
    await bench.put("/certificates/issuers/ca", { provider: "Test" });
  });
  afterAll(() => bench.emulator.close());

  const status = async (name = "c"): Promise<unknown> =>
    (await bench.get(`/certificates/${name}/pending`)).body.status;
  const cancel = (query = "") =>
    bench.patch(`/certificates/c/pending${query}`, { cancellation_requested: true });

  test.each(["GET", "PATCH", "DELETE"])("is not found by %s under another request id", async (method) => {
    const { body } = await bench.create("c");
    const other = await bench.call(
      method,
      "/certificates/c/pending?request_id=0123",
      method === "PATCH" ? {} : undefined,
    );
    expect(refusal(other)).toEqual([
      404,
      "PendingCertificateNotFound",
      "Pending certificate not found: c",
      undefined,
    ]);
    expect((await bench.get(`/certificates/c/pending?request_id=${body.request_id}`)).status).toBe(200);
  });

  test("of a first certificate can be deleted, which leaves a placeholder without pending", async () => {
    const created = await bench.create("c");
    const deleted = await bench.delete("/certificates/c/pending");
    expect(deleted.body).toEqual(created.body);
    expect((await bench.get("/certificates/c/pending")).status).toBe(404);
    const placeholder = await bench.get("/certificates/c");
    expect([placeholder.status, placeholder.body.pending]).toEqual([200, undefined]);
    expect((await bench.create("c")).status).toBe(202);
  });

  test("answers a cancellation with inProgress and is cancelled later, without details", async () => {
    await bench.create("c");
    const patched = await cancel();
    expect([patched.status, patched.body.cancellation_requested, patched.body.status]).toEqual([
      200,
      true,
      "inProgress",
    ]);
    expect(patched.headers.get("retry-after")).toBeNull();
    expect(await status()).toBe("inProgress");
    bench.clock.advance(300);
    const { body } = await bench.get("/certificates/c/pending");
    expect([body.status, body.cancellation_requested, body.status_details, body.target]).toEqual([
      "cancelled",
      true,
      undefined,
      undefined,
    ]);
  });

  test("is inProgress in the replies to create and cancellation, however quick its issuer is", async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    bench.emulator.control.setIssuer("ca", { cancellationMs: 0 });
    expect((await bench.create("self")).body.status).toBe("inProgress");
    expect(await status("self")).toBe("completed");
    await bench.create("c", { issuer: { name: "ca" } });
    expect((await cancel()).body.status).toBe("inProgress");
    expect(await status()).toBe("cancelled");
  });

  test("completes in spite of a cancellation that its issuer ignores", async () => {
    bench.emulator.control.setIssuer("Self", { cancellation: "ignored" });
    await bench.create("c");
    expect((await cancel()).status).toBe(200);
    bench.clock.advance(2000);
    expect(await status()).toBe("completed");
  });

  test.each([
    ["refused400", 400],
    ["refused403", 403],
  ] as const)("keeps going when its issuer has %s a cancellation", async (cancellation, expected) => {
    bench.emulator.control.setIssuer("Self", { cancellation });
    await bench.create("c");
    expect((await cancel()).status).toBe(expected);
    expect((await bench.get("/certificates/c/pending")).body.cancellation_requested).toBe(false);
  });

  test("that has ended cannot be cancelled", async () => {
    await bench.issue("c");
    expect(refusal(await cancel())).toEqual([
      403,
      "Forbidden",
      "Pending status must be in progress to allow update.",
      undefined,
    ]);
  });

  test("fails with the words of its issuer and keeps its details", async () => {
    const error = { code: "Request rejected", message: "No such organisation." };
    bench.emulator.control.setIssuer("ca", { outcome: "failed", error, durationMs: 10 });
    await bench.create("c", { issuer: { name: "ca" } });
    bench.clock.advance(10);
    const reply = await bench.get("/certificates/c/pending");
    expect(reply.body).toMatchObject({
      status: "failed",
      error,
      status_details: expect.stringMatching(/in progress/),
    });
    expect(reply.headers.get("retry-after")).toBeNull();
    expect((await bench.create("c", { issuer: { name: "ca" } })).status).toBe(202);
  });

  test("can be ended by hand when its issuer never ends it", async () => {
    bench.emulator.control.setIssuer("ca", { outcome: "inProgress" });
    const { body } = await bench.create("c", { issuer: { name: "ca" } });
    await bench.travel(1e9);
    expect(await status()).toBe("inProgress");
    await bench.put(`/emulator/control/orders/${body.request_id}`, { outcome: "completed" });
    expect(await status()).toBe("completed");
  });

  test("of a CA lives on as an order when its pending object is deleted, and yields no version", async () => {
    await bench.create("c", { issuer: { name: "ca" } });
    await bench.delete("/certificates/c/pending");
    const [live] = bench.emulator.control.orders();
    bench.clock.advance(3000);
    const [ended] = bench.emulator.control.orders();
    expect([live?.status, live?.pendingDeleted, ended?.status]).toEqual(["inProgress", true, "completed"]);
    expect((await bench.get("/certificates/c")).body.cer).toBeUndefined();
  });

  test("of Self ends with its pending object", async () => {
    await bench.create("c");
    await bench.delete("/certificates/c/pending");
    expect(bench.emulator.control.orders()[0]?.status).toBe("deleted");
  });

  test("of Unknown waits for ever and says that a merge is wanted", async () => {
    await bench.create("c", ecPolicy("Unknown"));
    await bench.travel(1e10);
    expect((await bench.get("/certificates/c/pending")).body).toMatchObject({
      status: "inProgress",
      status_details: "Pending certificate created. Please Perform Merge to complete the request.",
    });
  });

  describe("being merged", () => {
    const create = async (policy: object = ecPolicy("Unknown"), rest: object = {}) =>
      (await bench.create("c", policy, rest)).body.csr;
    const merge = (x5c: unknown, rest: object = {}) =>
      bench.post("/certificates/c/pending/merge", { x5c, ...rest });
    const refused = (message: string) => [400, "BadParameter", message, undefined];

    test("completes with 201, a Location and the merged certificate", async () => {
      const leaf = signRequest(await create(), ca);
      const merged = await merge([base64Of(leaf)], { tags: { a: "b" }, attributes: { enabled: false } });
      expect(merged.status).toBe(201);
      expect(merged.headers.get("location")).toBe(
        `${bench.emulator.url}/certificates/c?api-version=2025-07-01`,
      );
      expect(merged.body).toMatchObject({
        cer: base64Of(leaf),
        tags: { a: "b" },
        attributes: { enabled: false },
        pending: {},
      });
      expect(await status()).toBe("completed");
      expect(bench.emulator.control.orders()[0]?.status).toBe("completed");
    });

    test("takes base64 of base64 as well", async () => {
      const leaf = base64Of(signRequest(await create(), ca));
      expect((await merge([Buffer.from(leaf).toString("base64")])).status).toBe(201);
    });

    test.each([
      [false, ["leaf", "ca"]],
      [true, ["ca", "leaf"]],
    ])("with preserveCertOrder %s keeps the chain as %j", async (preserveCertOrder, expected) => {
      const policy = { ...ecPolicy("Unknown"), secret_props: { contentType: "application/x-pem-file" } };
      const leaf = base64Of(signRequest(await create(policy, { preserveCertOrder }), ca));
      expect((await merge([base64Of(ca.certificate), leaf])).body).toMatchObject({
        cer: leaf,
        preserveCertOrder,
      });
      const { value } = (await bench.get("/secrets/c")).body as { value: string };
      const subjects = [...value.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].map(
        ([text]) => (base64Of(text) === leaf ? "leaf" : "ca"),
      );
      expect(subjects).toEqual(expected);
    });

    test("refuses a certificate of another key", async () => {
      await create();
      expect(refusal(await merge([base64Of(ca.certificate)]))).toEqual(
        refused(
          "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public part of the specified private key. Please check if certificate is valid.",
        ),
      );
      expect(await status()).toBe("inProgress");
    });

    test.each([
      ["garbage", ["MIIC"], "Certificate can not be read. Please check if certificate is valid."],
      ["nothing", [], "x5c must has at least one valid item"],
      ["a PKCS#7 block", ["-----BEGIN PKCS7-----"], "x5c must has at least one valid item"],
      ["a huge value", ["M".repeat(100_000)], "value is too long."],
    ])("refuses %s", async (_, x5c, message) => {
      await create();
      expect(refusal(await merge(x5c))).toEqual(refused(message));
    });

    test("is forbidden while its issuer works on it, and allowed once that has failed", async () => {
      bench.emulator.control.setIssuer("ca", { outcome: "failed" });
      const csr = await create(ecPolicy("ca"));
      const leaf = base64Of(signRequest(csr, ca));
      expect(refusal(await merge([leaf]))).toEqual([
        403,
        "Forbidden",
        "Merge is forbidden on pending object created with issuer : ca while it is in progess.",
        undefined,
      ]);
      bench.clock.advance(3000);
      expect((await merge([leaf])).status).toBe(201);
      expect(await status()).toBe("completed");
      expect(bench.emulator.control.orders()[0]?.status).toBe("failed");
    });

    test("without a request is 404", async () => {
      expect((await merge(["MIIC"])).status).toBe(404);
    });
  });

  test("of a CA completes with a leaf that chains to the CA's root in the linked secret", async () => {
    await bench.create("c", { ...ecPolicy("ca"), secret_props: { contentType: "application/x-pem-file" } });
    bench.clock.advance(3000);
    await bench.get("/certificates/c");
    const { value } = (await bench.get("/secrets/c")).body as { value: string };
    const chain = [...value.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].map(
      ([text]) => new X509Certificate(text),
    );
    expect(chain).toHaveLength(3);
    const [leaf, intermediate, root] = chain as [X509Certificate, X509Certificate, X509Certificate];
    expect([leaf.subject, leaf.verify(intermediate.publicKey)]).toEqual(["CN=www.example.com", true]);
    expect([leaf.checkIssued(intermediate), intermediate.checkIssued(root), root.checkIssued(root)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
