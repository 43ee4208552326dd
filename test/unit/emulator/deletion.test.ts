import { Bench, refusal } from "./harness";

describe("a deleted certificate", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const deleted = () => bench.get("/deletedcertificates/c");
  const recover = () => bench.post("/deletedcertificates/c/recover");
  const purge = () => bench.delete("/deletedcertificates/c");

  test("is gone at once and shows up as deleted later, with its dates", async () => {
    const issued = await bench.issue("c");
    const now = bench.clock.milliseconds / 1000;
    const reply = await bench.delete("/certificates/c");
    const { policy, pending, ...bundle } = issued.body;
    expect(reply.body).toEqual({
      recoveryId: `${bench.emulator.url}/deletedcertificates/c`,
      deletedDate: now,
      scheduledPurgeDate: now + 7 * 86400,
      ...bundle,
      policy,
      pending,
    });
    expect((await bench.get("/certificates/c")).status).toBe(404);
    expect(refusal(await deleted())).toEqual([
      404,
      "CertificateNotFound",
      "Deleted Certificate not found: c",
      undefined,
    ]);
    bench.clock.advance(300);
    expect((await deleted()).body).toEqual(reply.body);
  });

  test("cannot be purged, recovered or made anew while the deletion is going on", async () => {
    await bench.issue("c");
    await bench.delete("/certificates/c");
    const inner = "ObjectIsBeingDeleted";
    expect(refusal(await purge())).toEqual([
      409,
      "Conflict",
      "Certificate is currently being deleted.",
      inner,
    ]);
    expect(refusal(await recover())).toEqual([
      409,
      "Conflict",
      "Certificate c is currently being deleted.",
      inner,
    ]);
    expect(refusal(await bench.create("c"))).toEqual([
      409,
      "Conflict",
      "Certificate c is currently being deleted and cannot be re-created; retry later.",
      inner,
    ]);
  });

  test("keeps its name from being used", async () => {
    await bench.issue("c");
    await bench.remove("c");
    expect(refusal(await bench.create("c"))).toEqual([
      409,
      "Conflict",
      "Certificate c is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the certificate can only be recovered or purged.",
      "ObjectIsDeletedButRecoverable",
    ]);
  });

  test("comes back some time after its recovery, unchanged", async () => {
    const issued = await bench.issue("c");
    await bench.remove("c");
    const recovered = await recover();
    expect([recovered.status, recovered.body]).toEqual([200, issued.body]);
    expect((await bench.get("/certificates/c")).status).toBe(404);
    expect((await bench.create("c")).body.error.innererror?.code).toBe("ObjectIsBeingRecovered");
    bench.clock.advance(300);
    expect((await bench.get("/certificates/c")).body).toEqual(issued.body);
    expect((await bench.get("/certificates/c/pending")).body.status).toBe("completed");
    await bench.remove("c");
    expect((await deleted()).status).toBe(200);
  });

  test("frees its name some time after its purge", async () => {
    await bench.issue("c");
    await bench.remove("c");
    const reply = await purge();
    expect([reply.status, reply.body]).toEqual([204, undefined]);
    expect((await deleted()).status).toBe(404);
    expect((await bench.create("c")).body.error.innererror?.code).toBe("ObjectIsBeingDeleted");
    bench.clock.advance(300);
    expect((await bench.create("c")).status).toBe(202);
  });

  test("cannot be purged in a vault with purge protection", async () => {
    await bench.put("/emulator/control/vault", { recoveryLevel: "Recoverable", recoverableDays: 90 });
    await bench.issue("c");
    await bench.remove("c");
    expect(await purge()).toMatchObject({
      status: 403,
      body: { error: { code: "Forbidden", message: expect.stringMatching(/purge protection is enabled/) } },
    });
    expect((await deleted()).body.attributes).toMatchObject({
      recoveryLevel: "Recoverable",
      recoverableDays: 90,
    });
  });

  test("is purged by the vault at the end of its retention", async () => {
    await bench.issue("c");
    await bench.remove("c");
    await bench.travel(7 * 86_400_000);
    expect((await deleted()).status).toBe(404);
    expect((await bench.create("c")).status).toBe(202);
  });

  test("that never completed keeps its request across deletion and recovery", async () => {
    await bench.create("c");
    const reply = await bench.remove("c");
    expect([reply.body.attributes.enabled, reply.body.cer]).toEqual([false, undefined]);
    expect((await bench.get("/certificates/c/pending")).status).toBe(404);
    await recover();
    bench.clock.advance(2000);
    expect((await bench.get("/certificates/c/pending")).body.status).toBe("completed");
  });

  test.each<[string, () => Promise<unknown>, unknown]>([
    [
      "purging a live one",
      purge,
      [
        400,
        "MethodNotAllowed",
        "Certificate must be deleted prior to being purged.",
        "ObjectMustBeDeletedPriorToBeingPurged",
      ],
    ],
    [
      "reading a live one as deleted",
      deleted,
      [404, "CertificateNotFound", "Deleted Certificate not found: c", undefined],
    ],
  ])("is needed: %s is refused", async (_, act, expected) => {
    await bench.issue("c");
    expect(refusal((await act()) as never)).toEqual(expected);
  });

  test("of an unknown name is 404 for delete and recover", async () => {
    expect((await bench.delete("/certificates/none")).body.error.code).toBe("CertificateNotFound");
    expect((await bench.post("/deletedcertificates/none/recover")).body.error.message).toMatch(
      /\(name\/id\) none was/,
    );
  });

  test("takes the time that the control endpoint sets", async () => {
    await bench.put("/emulator/control/timing", { deleteMs: 10_000 });
    await bench.issue("c");
    await bench.delete("/certificates/c");
    bench.clock.advance(9999);
    expect((await deleted()).status).toBe(404);
    bench.clock.advance(1);
    expect((await deleted()).status).toBe(200);
  });
});
