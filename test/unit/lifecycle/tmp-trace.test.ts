import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { type HistoryEvent } from "../build/history-events";
import { World } from "../build/history-world";
import { makeAuthority, makeMaterials } from "../build/materials";
beforeEach(useFakeTime);
afterEach(useRealTime);
test("trace", async () => {
  const authority = await makeAuthority();
  const materials = await Promise.all((await makeMaterials(8)).map(async (m) => ({ ...m, chain: await authority.chainFor(m.keys) })));
  const history = JSON.parse(process.env["H"] ?? "[]") as HistoryEvent[];
  jest.setSystemTime(startOfTime);
  const w = new World(materials);
  const out: unknown[] = [];
  const show = (what: string, step?: any) => {
    out.push(what, "  " + (step ? step.step + " " + (step.diff?.reason?.reason ?? "") + " diff=" + (step.diff?.differing ?? "") + " " + (step.error?.message ?? "") : ""), "  calls " + w.vault.calls.join(" "), "  stage " + w.vault.stage + " versions " + w.vault.versions + " tags " + JSON.stringify(w.vault.stored?.tags) + " en " + w.vault.stored?.enabled + " pending " + JSON.stringify(w.vault.pending && [w.vault.pending.operation.requestId, w.vault.pending.operation.issuerName, w.vault.pending.operation.status, w.vault.pending.outcome, w.vault.pending.order.tags]),
    "  state " + JSON.stringify(w.engine.resource && [w.engine.resource.outputs["status"], w.engine.resource.outputs["requestId"], w.engine.resource.outputs["version"], { ...(w.engine.resource.outputs["__state"] as any), wanted: !!(w.engine.resource.outputs["__state"] as any).wanted }, w.engine.resource.initErrors.length]), "  lacks " + w.lacks.join("; "));
    w.vault.calls.length = 0;
  };
  try {
  for (const e of history) {
    if (e.kind === "up") show(JSON.stringify(e), await w.up(e.interruption)); else { await w.happens(e); show(JSON.stringify(e)); }
  }
  w.cooperate();
  if (w.engine.resource) { await w.happens({ kind: "refresh" }); show("refresh"); }
  for (let i = 0; i < 3; i++) show("up", await w.up());
  } catch (e) { show("THROWN " + String(e)); }
  process.stdout.write(out.join("\n") + "\n");
});
