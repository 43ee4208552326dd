import { TestAuthority } from "./authority";
import { certificates, ecPolicy } from "./programs";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

const statuses = (name: string) =>
  engine()
    .vault.orders(name)
    .map(({ status }) => status);

describe("a policy that changes while its request waits to be signed", () => {
  const program = (validityInMonths: number, chain?: string) =>
    certificates({
      manual: {
        policy: ecPolicy("Unknown", "CN=manual.example.com", { validityInMonths }),
        ...(chain === undefined ? {} : { chain }),
      },
    });
  let stack: TestStack;
  let authority: TestAuthority;
  let firstChain: string;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    stack = await engine().stack("manual", program(12));
    expect((await stack.up()).ok).toBe(true);
  });

  const csr = async () => String((await stack.resource("manual")).outputs["csrPem"]);

  test("deletes the old request and makes one new one, in one up", async () => {
    const before = await csr();
    const up = await stack.up(program(6));
    expect(up.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(up.ok).toBe(true);
    expect(statuses("manual")).toEqual(["deleted", "inProgress"]);
    expect(await csr()).not.toBe(before);
  });

  test("makes a new CSR once the certificate is issued too, and keeps the version that there is", async () => {
    firstChain = await authority.sign(await csr());
    expect((await stack.up(program(6, firstChain))).ok).toBe(true);
    const version = await engine().vault.version("manual");

    const up = await stack.up(program(9, firstChain));
    expect(up.ok).toBe(true);
    expect((await stack.resource("manual")).outputs).toMatchObject({ status: "inProgress", version });
  });

  test("ends with the chain for the new CSR, which takes the old one's place", async () => {
    const before = await engine().vault.version("manual");
    expect((await stack.up(program(9, await authority.sign(await csr())))).ok).toBe(true);
    const { outputs } = await stack.resource("manual");
    expect(outputs).toMatchObject({ status: "completed", version: await engine().vault.version("manual") });
    expect(outputs["version"]).not.toBe(before);
    expect(statuses("manual")).toEqual(["deleted", "completed", "completed"]);
  });

  test("is as if it had not changed, once the program takes the change back", async () => {
    const { outputs, inputs } = await stack.resource("manual");
    const chain = String(inputs["chain"]);
    expect((await stack.up(program(3, chain))).ok).toBe(true);
    expect((await stack.up(program(9, chain))).ok).toBe(true);
    expect(statuses("manual").at(-1)).toBe("deleted");
    expect((await stack.resource("manual")).outputs).toMatchObject({
      status: "completed",
      version: outputs["version"],
    });
    expect((await stack.up()).changes).toEqual({ same: 1 });
  });
});

describe("a program that takes back a change whose request is still in progress", () => {
  const program = (validityInMonths: number, update?: string) =>
    certificates({
      back: {
        policy: ecPolicy("ContosoCA", "CN=back.example.com", { validityInMonths }),
        ...(update === undefined ? {} : { options: { customTimeouts: { update } } }),
      },
    });
  let stack: TestStack;
  let version: string | undefined;

  beforeAll(async () => {
    const { vault } = engine();
    stack = await engine().stack("back", program(12));
    await stack.up();
    version = await vault.version("back");
    vault.control.setIssuer("ContosoCA", { outcome: "inProgress" });
    expect((await stack.up(program(6, "1s"))).ok).toBe(false);
    expect(statuses("back")).toEqual(["completed", "inProgress"]);
  });

  test("is told by the preview that the request ends, and not that it is gone on with", async () => {
    const preview = await stack.preview(program(12));
    expect(preview.changes).toEqual({ update: 1 });
    expect(preview.diagnostics).toHaveLength(1);
    expect(preview.diagnostics[0]?.message).toContain("cancel");
    expect(preview.diagnostics[0]?.message).not.toContain("goes on with it");
  });

  test("has the request cancelled, makes no other, and keeps its version", async () => {
    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(statuses("back")).toEqual(["completed", "cancelled"]);
    expect(await engine().vault.version("back")).toBe(version);
  });

  test("has nothing left to do", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 1 });
    expect(up.diagnostics).toEqual([]);
  });
});

describe("a policy that changes while its first request is in progress at an issuer", () => {
  test("has that request cancelled, as the preview says, before the one new request is made", async () => {
    const { vault } = engine();
    const program = (validityInMonths: number) =>
      certificates({
        first: {
          policy: ecPolicy("ContosoCA", "CN=first.example.com", { validityInMonths }),
          options: { customTimeouts: { create: "1s" } },
        },
      });
    vault.control.setIssuer("ContosoCA", { outcome: "inProgress" });
    const stack = await engine().stack("first", program(12));
    expect((await stack.up()).ok).toBe(false);

    vault.control.setIssuer("ContosoCA", { durationMs: 100 });
    const preview = await stack.preview(program(6));
    expect(preview.diagnostics).toHaveLength(1);
    expect(preview.diagnostics[0]?.message).toContain("cancel");
    expect(preview.diagnostics[0]?.message).not.toContain("goes on with it");

    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(statuses("first")).toEqual(["cancelled", "completed"]);
    expect((await stack.resource("first")).outputs).toMatchObject({ status: "completed" });
    expect((await stack.up()).changes).toEqual({ same: 1 });
  });
});
