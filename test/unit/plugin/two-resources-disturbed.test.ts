import { startOfTime } from "../build/fake-time";
import { program } from "../build/model-stack";
import { strangersTags } from "../build/situation";
import { expectQuiet, succeed, writes } from "../build/stack-checks";
import { useStacks } from "../build/use-stacks";

const { made, materials, newStack } = useStacks();

describe("a chain that cannot be merged", () => {
  test("is an init error of the merge, and the right one is merged by the next up", async () => {
    const stack = newStack();
    const [, wrong] = materials();
    if (wrong === undefined) throw new Error("no material");
    stack.chain = stack.chainOf(wrong.csr);
    const { merge } = await stack.up(program());
    expect(merge?.error?.message).toContain("KVC_CHAIN_WRONG_KEY");
    expect(stack.outputs("merge")).toMatchObject({ status: "inProgress", version: null });
    expect(stack.vault.pending?.operation.status).toBe("inProgress");
    stack.chain = undefined;
    expect(stack.preview(program()).merge?.diff?.reason?.reason).toBe("ChainToMerge");
    succeed(await stack.up(program()));
    expect(stack.vault.count("createCertificate")).toBe(1);
    await expectQuiet(stack, program());
  });

  test("leaves the version before current, and what was wanted is not lost", async () => {
    const stack = await made();
    const before = stack.outputs("merge");
    const [, , wrong] = materials();
    if (wrong === undefined) throw new Error("no material");
    stack.chain = stack.chainOf(wrong.csr);
    const next = program({ reissue: 2 });
    expect((await stack.up(next)).merge?.error?.message).toContain("KVC_CHAIN_WRONG_KEY");
    expect(stack.outputs("merge")).toMatchObject({
      version: before["version"],
      certificatePem: before["certificatePem"],
    });
    expect(stack.merge.echoes).toBe(true);
    stack.chain = undefined;
    await stack.refresh();
    expect(stack.preview(next).merge?.step).toBe("update");
    succeed(await stack.up(next));
    expect(stack.vault.versions).toBe(2);
    await expectQuiet(stack, next);
  });

  test("though it is that of the version before is no failure, as a chain may come with a later up", async () => {
    const stack = await made();
    stack.chain = stack.chainOf(materials()[0]?.csr ?? "");
    succeed(await stack.up(program({ reissue: 2 })));
    expect(stack.outputs("merge")).toMatchObject({
      status: "inProgress",
      version: stack.vault.current?.version,
    });
    stack.chain = undefined;
    succeed(await stack.up(program({ reissue: 2 })));
    expect(stack.vault.versions).toBe(2);
    await expectQuiet(stack, program({ reissue: 2 }));
  });
});

describe("what others do to a certificate in two resources", () => {
  test("a request that was deleted in the portal fails the merge, which says how it is made again", async () => {
    const stack = newStack();
    stack.vault.before("mergeCertificate", () => stack.vault.deletePending());
    stack.caFails = true;
    await stack.up(program());
    stack.vault.deletePending();
    stack.caFails = false;
    const { merge } = await stack.up(program());
    expect(merge?.error?.message).toContain("pulumi up --refresh");
    expect(merge?.error?.message).toContain("KVC_NOTHING_TO_MERGE");
    stack.vault.forgetFaults();
    succeed(await stack.upRefreshed(program()));
    expect(stack.vault.count("createCertificate")).toBe(2);
    await expectQuiet(stack, program());
  });

  test("a request that was cancelled fails the merge where the chain does not answer it, in the same words", async () => {
    const stack = newStack();
    stack.caFails = true;
    await stack.up(program());
    stack.caFails = false;
    stack.vault.end("cancelled");
    stack.chain = stack.chainOf(materials()[1]?.csr ?? "");
    const { merge } = await stack.up(program());
    expect(merge?.error?.message).toMatch(/pulumi up --refresh.*\[KVC_REQUEST_CANCELLED\]$/);
    expect(stack.preview(program()).merge?.diff?.notice).toContain(
      "has made a new one (pulumi up --refresh)",
    );
    stack.chain = undefined;
    succeed(await stack.upRefreshed(program()));
    expect(stack.vault.count("createCertificate")).toBe(2);
    await expectQuiet(stack, program());
  });

  test("one that took the place of a new request does too", async () => {
    const stack = await made();
    stack.caFails = true;
    await stack.up(program({ reissue: 2 }));
    stack.caFails = false;
    stack.vault.deletePending();
    stack.vault.request({ policy: { issuerName: "Unknown", subject: "CN=other" }, tags: {}, enabled: true });
    const { merge } = await stack.up(program({ reissue: 2 }));
    expect(merge?.error?.message).toContain("KVC_REQUEST_GONE");
    expect(merge?.error?.message).toContain("pulumi up --refresh");
    expect(stack.vault.versions).toBe(1);
  });

  test("a request that stands beside a version that is there already is none of the merge's business", async () => {
    const stack = newStack();
    stack.caFails = true;
    await stack.up(program());
    stack.caFails = false;
    // The up that merged it was killed.
    succeed(await stack.up(program()));
    stack.merge.resource = undefined;
    stack.vault.request({ policy: { issuerName: "Unknown", subject: "CN=other" }, tags: {}, enabled: true });
    succeed(await stack.up(program()));
    expect(stack.outputs("merge")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
    });
    expect(stack.vault.pending?.inProgress).toBe(true);
  });

  test.each([
    ["with the tags of the request", undefined],
    ["without tags", {}],
  ])("a merge by hand, %s, is taken over", async (_, tags) => {
    const stack = newStack();
    stack.caFails = true;
    await stack.up(program());
    stack.caFails = false;
    const chain = stack.chainOf(materials()[0]?.csr ?? "");
    const [leaf = ""] = chain.split("-----END");
    const x5c = [leaf.replace(/-----BEGIN CERTIFICATE-----|\s/g, "")];
    await stack.vault.mergeCertificate("web", { x5c, ...(tags === undefined ? {} : { tags }) });
    succeed(await stack.up(program({}, { tags: { team: "web" } })));
    expect(stack.vault.versions).toBe(1);
    expect(stack.outputs("merge")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
    });
    expect(stack.vault.current?.tags).toMatchObject({
      team: "web",
      "pulumi-keyvault-certificates": expect.any(String) as string,
    });
    await expectQuiet(stack, program({}, { tags: { team: "web" } }));
    await stack.refresh();
    await expectQuiet(stack, program({}, { tags: { team: "web" } }));
  });

  test("a certificate that was deleted comes back with one up after a refresh", async () => {
    const stack = await made();
    stack.vault.deleteNow();
    succeed(await stack.upRefreshed(program()));
    expect(stack.outputs("merge")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
    });
    await expectQuiet(stack, program());
  });

  test("another owner's certificate is left alone", async () => {
    const stack = newStack();
    stack.vault.seed(strangersTags, { issuerName: "Unknown" });
    const { request, merge } = await stack.up(program());
    expect(request.error).toMatchObject({ code: "KVC_NOT_OURS" });
    expect(merge).toBeUndefined();
    const own = await made();
    await own.vault.updateCertificate("web", undefined, { tags: strangersTags });
    const step = await own.merge.up({ ...own.merge.resource?.inputs, tags: { team: "web" } });
    expect(step.error).toMatchObject({ code: "KVC_NOT_OURS" });
  });
});

describe("two stacks with one name", () => {
  test("the second fails at its request, and touches nothing", async () => {
    const stack = await made();
    const other = stack.beside();
    const foreign = { __owner: "feedfacefeedface" };
    const { request, merge } = await other.up(program(foreign));
    expect(request.error).toMatchObject({ code: "KVC_NOT_OURS" });
    expect(merge).toBeUndefined();
    expect(writes(stack.vault)).toEqual([]);
  });

  test("after the second has adopted it the first merges nothing more", async () => {
    const stack = await made();
    const other = stack.beside();
    const foreign = program({ __owner: "feedfacefeedface", adopt: true });
    succeed(await other.up(foreign));
    await expectQuiet(other, foreign);
    const { request } = await stack.up(program({ reissue: 2 }));
    expect(request.error?.message).toContain("KVC_NOT_OURS");
    expect((await stack.refresh()).merge?.gone).toBe(true);
  });
});

describe("a CA that signs anew what it has signed", () => {
  test("fails the merge, which says that a new request is needed, and reissue makes one", async () => {
    const stack = await made();
    jest.setSystemTime(startOfTime + 61 * 86_400_000);
    stack.chain = stack.chainOf(materials()[0]?.csr ?? "");
    const { merge } = await stack.up(program());
    expect(merge?.error?.message).toMatch(
      /change reissue of its CertificateRequest.*\[KVC_CHAIN_WITHOUT_REQUEST\]$/,
    );
    expect(stack.outputs("merge")).toMatchObject({
      status: "completed",
      version: stack.vault.current?.version,
    });
    stack.chain = undefined;
    succeed(await stack.up(program({ reissue: 2 })));
    expect(stack.vault.versions).toBe(2);
    await expectQuiet(stack, program({ reissue: 2 }));
  });
});

describe("a certificate in two resources whose states have gone back", () => {
  test.each([true, false])(
    "to before a renewal finds the version and its CSR, with ownershipTag %s",
    async (ownershipTag) => {
      const given = program({ ownershipTag, renewal: { daysBeforeExpiry: 30 } });
      const stack = await made(given);
      await stack.refresh();
      const [request, merge] = [stack.request.resource, stack.merge.resource];
      jest.setSystemTime(startOfTime + 61 * 86_400_000);
      succeed(await stack.up(given));
      stack.request.resource = request;
      stack.merge.resource = merge;
      succeed(await stack.up(given));
      expect([stack.vault.versions, stack.vault.requests.length]).toEqual([2, 2]);
    },
  );
});

describe("a merge that is new beside a request that is no more, without the owner's tag", () => {
  test("says what helps", async () => {
    const given = program({ ownershipTag: false });
    const stack = await made(given);
    succeed(await stack.up({ ...given, merge: undefined }));
    stack.vault.deletePending();
    const [, , , wrong] = materials();
    stack.chain = stack.chainOf(wrong?.csr ?? "");
    const { merge } = await stack.upRefreshed(given);
    expect(merge?.error?.message).toContain("where that finds nothing to do, change its reissue");
    stack.chain = undefined;
    succeed(await stack.upRefreshed(program({ ownershipTag: false, reissue: 2 })));
    expect([stack.vault.versions, stack.vault.requests.length]).toEqual([2, 2]);
  });
});
