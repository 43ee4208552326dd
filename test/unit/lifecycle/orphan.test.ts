import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { withinDeadline } from "../../../provider/lifecycle/deadline";
import { beginning } from "../../../provider/lifecycle/situation";
import { createVaultClient } from "../../../provider/vault/client";
import { policy } from "../build/certificate";
import { testRun } from "../build/run";
import { markOf, wanted } from "../build/situation";

// A real pool: what stands in its line has passed every check of ours.
describe("orders in line for a connection when the engine goes away", () => {
  let server: Server;
  let agent: Agent;
  const orders: string[] = [];
  const held: ServerResponse[] = [];
  let ordered: () => void = () => undefined;

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.method === "GET") {
        response.end("{}");
        return;
      }
      orders.push(request.url ?? "");
      held.push(response);
      ordered();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    agent = new Agent({ connections: 1 });
  });

  afterEach(async () => {
    await agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  test("are never sent, and the one on its way is not said to be unsent", async () => {
    const vault = createVaultClient({
      vaultUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credential: { getToken: () => Promise.reject(new Error("no token is asked for")) },
      dispatcher: agent,
    });
    const run = testRun(vault);
    const what = wanted();
    const start = beginning(what, markOf(what), undefined, 0);
    const order = (name: string) =>
      withinDeadline(start, run, ({ tools, call }) =>
        tools.vault.createCertificate(name, { policy: policy() }, call),
      );
    const first = new Promise<void>((resolve) => (ordered = resolve));
    const outcomes = Promise.allSettled(["a", "b", "c", "d"].map(order));
    await first;
    run.endEngine();
    const codes = (await outcomes).map((outcome) =>
      outcome.status === "rejected" ? (outcome.reason as { code: string }).code : outcome.status,
    );
    // A connection is free again: whatever stood in line would come now, before this.
    for (const response of held) response.end("{}");
    await vault.getCertificate("web").catch(() => undefined);
    expect(orders).toHaveLength(1);
    expect(codes[0]).toBe("KVC_OUTCOME_UNKNOWN");
    expect(codes).not.toContain("fulfilled");
  });
});
