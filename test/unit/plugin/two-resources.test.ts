import { startOfTime } from "../build/fake-time";
import { program } from "../build/model-stack";
import { csrOf, expectQuiet, succeed, writes } from "../build/stack-checks";
import { useStacks } from "../build/use-stacks";

const { made, newStack } = useStacks();

const bigger = { policy: { subject: "CN=web.contoso.com", keySize: 4096 } };

describe("a certificate in two resources", () => {
  test("is there after one up from nothing: a CSR, its chain, and the version that they make", async () => {
    const stack = newStack();
    succeed(await stack.up(program({}, { tags: { team: "web" } })));
    expect(writes(stack.vault)).toEqual(["createCertificate", "mergeCertificate"]);
    expect(stack.signed).toEqual([stack.outputs("request")["csrPem"]]);
    expect(stack.outputs("merge")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
      requestId: stack.outputs("request")["requestId"],
    });
    expect(stack.vault.current).toMatchObject({ enabled: true, tags: { team: "web" } });
    await expectQuiet(stack, program({}, { tags: { team: "web" } }));
  });
});

describe("a new CSR", () => {
  test.each([
    ["another policy", program(bigger)],
    ["reissue", program({ reissue: 2 })],
    ["preserveCertificateOrder", program({ preserveCertificateOrder: true })],
  ])(
    "for %s goes through the graph in one up, and the old version is current until the merge",
    async (_, next) => {
      const stack = await made();
      const before = { version: stack.vault.current?.version, csr: csrOf(stack) };
      const notice = /; up makes a new request, and deletes that one first if it still waits for its chain$/;
      expect(stack.preview(next)).toMatchObject({
        request: { step: "update", diff: { notice: expect.stringMatching(notice) as string } },
        merge: { step: "update", diff: { changes: undefined, replaces: [], reason: undefined } },
      });
      let during: string | undefined;
      stack.vault.before("mergeCertificate", () => (during = stack.vault.current?.version));
      succeed(await stack.up(next));
      expect(during).toBe(before.version);
      expect(writes(stack.vault)).toEqual(["createCertificate", "mergeCertificate"]);
      expect(stack.signed).toEqual([before.csr, csrOf(stack)]);
      expect(stack.outputs("merge")).toMatchObject({
        status: "completed",
        version: stack.vault.current?.version,
      });
      expect(stack.vault.versions).toBe(2);
      await expectQuiet(stack, next);
      await stack.refresh();
      await expectQuiet(stack, next);
    },
  );

  test("is not made by what a merge has, which is patched in place and kept by the next one", async () => {
    const stack = await made();
    const csr = csrOf(stack);
    const lifetimeActions = [{ action: "EmailContacts", daysBeforeExpiry: 9 }];
    const merge = { tags: { team: "web" }, enabled: false, lifetimeActions };
    expect(stack.preview(program({}, merge))).toMatchObject({
      request: { step: "same" },
      merge: { step: "update" },
    });
    succeed(await stack.up(program({}, merge)));
    expect(writes(stack.vault)).toEqual(["updateCertificate", "updatePolicy"]);
    expect(csrOf(stack)).toBe(csr);
    await expectQuiet(stack, program({}, merge));
    succeed(await stack.up(program({ reissue: 2 }, merge)));
    expect(writes(stack.vault)).toEqual(["createCertificate", "mergeCertificate"]);
    expect(stack.vault.versions).toBe(2);
    expect(stack.vault.current).toMatchObject({ enabled: false, tags: { team: "web" } });
    expect(stack.vault.policy?.lifetimeActions).toEqual(lifetimeActions);
    await expectQuiet(stack, program({ reissue: 2 }, merge));
    succeed(await stack.up(program({ reissue: 2 })));
    expect(stack.vault.current).toMatchObject({ enabled: true });
    expect(stack.vault.policy?.lifetimeActions).toEqual([
      { action: "EmailContacts", lifetimePercentage: 80 },
    ]);
    await expectQuiet(stack, program({ reissue: 2 }));
  });

  test("is made by a renewal that is due, once a refresh has seen the version", async () => {
    const given = program({ renewal: { daysBeforeExpiry: 30 } });
    const stack = await made(given);
    await stack.refresh();
    await expectQuiet(stack, given);
    jest.setSystemTime(startOfTime + 61 * 86_400_000);
    expect(stack.preview(given).request.diff).toMatchObject({
      changes: true,
      reason: { reason: "RenewalDue" },
    });
    expect(stack.preview(given).merge?.step).toBe("update");
    succeed(await stack.up(given));
    expect(stack.vault.versions).toBe(2);
    await expectQuiet(stack, given);
    await stack.refresh();
    await expectQuiet(stack, given);
  });

  test("whose CA refused is gone on with by the next up, and made once", async () => {
    const stack = await made();
    stack.caFails = true;
    await stack.up(program({ reissue: 2 }));
    const csr = csrOf(stack);
    stack.caFails = false;
    expect(stack.preview(program({ reissue: 2 })).request.step).toBe("same");
    succeed(await stack.up(program({ reissue: 2 })));
    expect(csrOf(stack)).toBe(csr);
    expect(stack.vault.count("createCertificate")).toBe(1);
    await expectQuiet(stack, program({ reissue: 2 }));
  });

  test("is told from the one before it, where the chain is for that one", async () => {
    const stack = await made();
    const chain = () => stack.chainOfPem(String(csrOf(stack)));
    // Merged before, it answers nothing, and the new request waits.
    stack.chain = chain();
    succeed(await stack.up(program({ reissue: 2 })));
    stack.chain = chain();
    const { requestId } = stack.outputs("merge") as { requestId: string };
    const { merge } = await stack.up(program({ reissue: 3 }));
    expect(merge?.error?.message).toContain(`for the key of the earlier request ${requestId}`);
  });

  test("is made again where the program goes back after the CA refused, as the old one is gone", async () => {
    const stack = await made();
    stack.caFails = true;
    await stack.up(program({ reissue: 2 }));
    stack.caFails = false;
    expect(stack.preview(program()).request.diff?.notice).toContain("up makes a new request");
    succeed(await stack.up(program()));
    expect(csrOf(stack)).toContain("BEGIN CERTIFICATE REQUEST");
    expect(stack.outputs("merge")["status"]).toBe("completed");
    await expectQuiet(stack, program());
    await stack.refresh();
    await expectQuiet(stack, program());
  });
});

describe("a refresh of a certificate in two resources", () => {
  test("changes no input, and not a byte of the CSR", async () => {
    const given = program({}, { tags: { team: "web" } });
    const stack = await made(given);
    const before = { csr: csrOf(stack), merge: stack.outputs("merge") };
    const { request, merge } = await stack.refresh();
    expect([request?.diff, merge?.diff]).toMatchObject([{ changes: false }, { changes: false }]);
    expect(csrOf(stack)).toBe(before.csr);
    expect(stack.outputs("merge")).toEqual(before.merge);
    expect(stack.outputs("request")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
    });
    await expectQuiet(stack, given);
    const again = stack.outputs("request");
    await stack.refresh();
    expect(stack.outputs("request")).toEqual(again);
  });

  test("shows what was changed by hand at the resource that has it, and up puts it back without a new CSR", async () => {
    const given = program({}, { tags: { team: "web" } });
    const stack = await made(given);
    const csr = csrOf(stack);
    const tags = { ...stack.vault.current?.tags, team: "api" };
    await stack.vault.updateCertificate("web", undefined, { tags, enabled: false });
    await stack.vault.updatePolicy("web", {
      lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }],
      validityInMonths: 24,
    });
    const { request, merge } = await stack.refresh();
    expect(request?.diff?.differing).toEqual(["policy"]);
    expect([...(merge?.diff?.differing ?? [])].sort()).toEqual(["enabled", "lifetimeActions", "tags"]);
    succeed(await stack.up(given));
    expect(csrOf(stack)).toBe(csr);
    expect(stack.vault.versions).toBe(1);
    expect(stack.vault.current).toMatchObject({ enabled: true, tags: { team: "web" } });
    expect(stack.vault.policy).toMatchObject({
      validityInMonths: 12,
      lifetimeActions: [{ lifetimePercentage: 80 }],
    });
    await stack.refresh();
    await expectQuiet(stack, given);
  });
});

describe("a certificate in two resources without the owner's tag", () => {
  test("has no tag of ours from beginning to end", async () => {
    const given = (reissue: number) => program({ ownershipTag: false, reissue }, { tags: { team: "web" } });
    const stack = await made(given(1));
    expect(stack.vault.current?.tags).toEqual({ team: "web" });
    await expectQuiet(stack, given(1));
    await stack.refresh();
    await expectQuiet(stack, given(1));
    succeed(await stack.up(given(2)));
    expect(stack.vault.versions).toBe(2);
    expect(stack.vault.current?.tags).toEqual({ team: "web" });
    await expectQuiet(stack, given(2));
    await stack.refresh();
    await expectQuiet(stack, given(2));
    succeed(await stack.replace("merge", given(2)));
    await expectQuiet(stack, given(2));
  });
});
