import { certificates, ecPolicy } from "./programs";
import { concerning, type Outcome, type TestStack, useEngine } from "./stack";

const engine = useEngine();

const deletedStatus = async (name: string) =>
  (await engine().vault.byHand("GET", `/deletedcertificates/${name}`)).status;

describe("a destroy", () => {
  let stack: TestStack;
  let destroyed: Outcome;
  let version: string | undefined;

  beforeAll(async () => {
    const { vault } = engine();
    stack = await engine().stack(
      "removal",
      certificates({
        done: {},
        manual: { policy: ecPolicy("Unknown", "CN=manual.example.com") },
        absent: {},
      }),
    );
    expect((await stack.up()).ok).toBe(true);
    await vault.byHand("DELETE", "/certificates/absent");
    version = await vault.version("done");
    destroyed = await stack.destroy();
  });

  test("ends well and leaves no resource in the state", async () => {
    expect(destroyed).toMatchObject({ ok: true, diagnostics: [] });
    expect(await stack.state()).toEqual({});
  });

  test("deletes a certificate, which can still be recovered", async () => {
    expect(await engine().vault.certificate("done")).toBeUndefined();
    expect(await deletedStatus("done")).toBe(200);
  });

  test("deletes a request that waits for its chain, and then its placeholder", async () => {
    expect(concerning(destroyed, "manual").filter((line) => line.startsWith("DELETE"))).toEqual([
      "DELETE /certificates/manual/pending 200",
      "DELETE /certificates/manual 200",
    ]);
    expect(await engine().vault.certificate("manual")).toBeUndefined();
    expect(engine().vault.orders("manual")).toMatchObject([{ pendingDeleted: true }]);
  });

  test("takes a certificate that is gone already for deleted", () => {
    expect(concerning(destroyed, "absent")).toEqual(["GET /certificates/absent 404"]);
  });

  test("is followed by an up that recovers its own certificate, and orders nothing", async () => {
    const up = await stack.up(certificates({ done: {} }));
    expect(up.ok).toBe(true);
    expect(up.traffic.filter((line) => line.startsWith("POST") && / 20\d$/.test(line))).toEqual([
      "POST /deletedcertificates/done/recover 200",
    ]);
    expect((await stack.resource("done")).outputs).toMatchObject({ status: "completed", version });
    expect(engine().vault.orders("done")).toHaveLength(1);
  });
});

describe("a destroy while a request is in progress", () => {
  test("cancels the request of a certificate that Self has not finished, and deletes it", async () => {
    const { vault } = engine();
    vault.control.setIssuer("Self", { outcome: "inProgress" });
    const options = { customTimeouts: { create: "1s" } };
    const stack = await engine().stack("unfinished", certificates({ slow: { options } }));
    expect((await stack.up()).ok).toBe(false);
    expect(vault.orders("slow")).toMatchObject([{ status: "inProgress" }]);

    const destroyed = await stack.destroy();
    expect(destroyed.ok).toBe(true);
    expect(await stack.state()).toEqual({});
    expect(await vault.certificate("slow")).toBeUndefined();
    expect(vault.orders("slow")).toMatchObject([{ status: "cancelled", cancellationRequested: true }]);
  });
});
