import { replyLost } from "../build/model-errors";
import { program } from "../build/model-stack";
import { csrOf, expectQuiet, succeed, writes } from "../build/stack-checks";
import { useStacks } from "../build/use-stacks";

const { made, newStack } = useStacks();

describe("a certificate in two resources that is replaced", () => {
  test.each(["request", "merge"] as const)("as to its %s keeps its version and its CSR", async (which) => {
    const stack = await made();
    const before = { version: stack.vault.current?.version, csr: csrOf(stack) };
    succeed(await stack.replace(which, program()));
    expect(stack.vault.stage).toBe("live");
    expect(stack.vault.current?.version).toBe(before.version);
    expect(csrOf(stack)).toBe(before.csr);
    expect(stack.signed).toHaveLength(1);
    expect(stack.vault.count("createCertificate")).toBe(0);
    await expectQuiet(stack, program());
    await stack.refresh();
    await expectQuiet(stack, program());
  });

  test("as to a request that waits for its chain keeps that", async () => {
    const stack = newStack();
    stack.caFails = true;
    await stack.up(program());
    const csr = csrOf(stack);
    stack.caFails = false;
    succeed(await stack.replace("request", program()));
    expect(csrOf(stack)).toBe(csr);
    expect(stack.vault.count("createCertificate")).toBe(1);
    await expectQuiet(stack, program());
  });

  test("as to its request after its pending object was cleared away has a new CSR, as the old one is gone", async () => {
    const stack = await made();
    stack.vault.deletePending();
    succeed(await stack.replace("request", program()));
    expect(csrOf(stack)).toContain("BEGIN CERTIFICATE REQUEST");
    expect(stack.vault.versions).toBe(2);
    await expectQuiet(stack, program());
  });
});

describe("a certificate in two resources that is removed", () => {
  test("stays as long as its request does, and a merge that comes back finds it", async () => {
    const stack = await made();
    const version = stack.vault.current?.version;
    await stack.merge.destroy();
    expect(stack.vault.calls).toEqual([]);
    succeed(await stack.up(program()));
    expect(stack.vault.current?.version).toBe(version);
    await expectQuiet(stack, program());
  });

  test("goes with its request", async () => {
    const stack = await made();
    await stack.destroy();
    expect(stack.vault.current).toBeUndefined();
  });

  test("goes with its request while that waits", async () => {
    const stack = newStack();
    stack.caFails = true;
    await stack.up(program());
    await stack.request.destroy();
    expect(stack.vault.current).toBeUndefined();
    expect(stack.vault.pending?.inProgress).not.toBe(true);
  });
});

describe("a certificate in two resources and a crash", () => {
  test.each(["nothing", "a version"])(
    "after the merge was accepted, over %s: it is found, and not merged again",
    async (over) => {
      const stack = newStack();
      if (over === "a version") succeed(await stack.up(program()));
      stack.caFails = true;
      const next = program({ reissue: 2 }, { tags: { team: "web" } });
      await stack.up(next);
      stack.caFails = false;
      const before = stack.merge.resource;
      succeed(await stack.up(next));
      stack.merge.resource = before;
      stack.vault.calls.length = 0;
      succeed(await stack.up(next));
      expect(writes(stack.vault)).toEqual([]);
      expect(stack.outputs("merge")).toMatchObject({
        status: "completed",
        version: stack.vault.current?.version,
      });
      await expectQuiet(stack, next);
    },
  );

  test("that took the merge's reply: it is looked for before it is merged again", async () => {
    const stack = newStack();
    stack.vault.fail("mergeCertificate", replyLost(), { after: true });
    succeed(await stack.up(program()));
    expect(stack.vault.count("mergeCertificate")).toBe(1);
    await expectQuiet(stack, program());
  });

  test("after the new request was accepted: it is found, and not made again", async () => {
    const stack = await made();
    const before = stack.request.resource;
    stack.caFails = true;
    await stack.up(program({ reissue: 2 }));
    stack.request.resource = before;
    stack.caFails = false;
    succeed(await stack.up(program({ reissue: 2 })));
    expect(stack.vault.requests).toHaveLength(2);
    await expectQuiet(stack, program({ reissue: 2 }));
  });
});
