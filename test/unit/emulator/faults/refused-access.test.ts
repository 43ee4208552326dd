import { type FaultRule, type Refusal } from "keyvault-certificates-emulator";
import { Bench, refusal } from "../harness";

describe("access refused by rule", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const refuse = (by: Refusal, rest: Partial<FaultRule> = {}) =>
    bench.emulator.control.faults.add({ ...rest, effect: { refuse: by } });

  test("by a missing role names the action and the resource", async () => {
    refuse("ForbiddenByRbac", { permission: "certificates/update" });
    await bench.issue("Web");
    const [status, code, message, inner] = refusal(
      await bench.delete("/certificates/Web/pending"),
    ) as string[];
    expect([status, code, inner]).toEqual([403, "Forbidden", "ForbiddenByRbac"]);
    expect(message?.split("\r\n")).toEqual([
      "Caller is not authorized to perform action on resource.",
      expect.stringMatching(/observe propagation time\.$/),
      expect.stringMatching(/^Caller: appid=[0-9-]+;oid=[0-9-]+;iss=https:\/\/sts\.windows\.net\/[0-9-]+\/$/),
      "Action: 'Microsoft.KeyVault/vaults/certificates/update/action'",
      expect.stringMatching(/^Resource: '\/subscriptions\/.*\/vaults\/emulator\/certificates\/web'$/),
      "Assignment: (not found)",
      "DenyAssignmentId: null",
      "DecisionReason: 'DeniedWithNoValidRBAC' ",
      "Vault: emulator;location=local",
      "",
    ]);
  });

  test("by a missing role names the vault for a list, and the live certificate for a deleted one", async () => {
    refuse("ForbiddenByRbac");
    expect((await bench.get("/certificates")).body.error.message).toMatch(/\/vaults\/emulator'/);
    expect((await bench.delete("/deletedcertificates/a")).body.error.message).toMatch(
      /purge\/action'\r\nResource: '.*\/vaults\/emulator\/certificates\/a'/,
    );
  });

  test("by the access policy names the permission", async () => {
    refuse("ForbiddenByPolicy");
    expect(refusal(await bench.create("a"))).toEqual([
      403,
      "Forbidden",
      expect.stringMatching(
        /^The user, group or application 'appid=.*' does not have certificates create permission on key vault 'emulator;location=local'\. /,
      ),
      "ForbiddenByPolicy",
    ]);
  });

  test.each<[Refusal, RegExp, number, string | undefined]>([
    [
      "ForbiddenByFirewall",
      /^Client address is not authorized .*\r\nClient address: 127\.0\.0\.1\r\n/,
      403,
      "ForbiddenByFirewall",
    ],
    ["ForbiddenByConnection", /^Public network access is disabled /, 403, "ForbiddenByConnection"],
    [
      "DisallowedByAzurePolicy",
      /^\{"message":"Certificate 'a' was disallowed by policy\.","policyIdentifiers":\{/,
      403,
      undefined,
    ],
    ["Throttled", /^Request was not processed because too many requests were received\./, 429, undefined],
  ])("by %s says so", async (by, message, status, inner) => {
    refuse(by);
    const code = status === 429 ? "Throttled" : "Forbidden";
    expect(refusal(await bench.get("/certificates/a"))).toEqual([
      status,
      code,
      expect.stringMatching(message),
      inner,
    ]);
  });

  test("comes after the challenge", async () => {
    refuse("ForbiddenByFirewall");
    expect((await fetch(`${bench.emulator.url}/certificates`)).status).toBe(401);
  });

  test("ends with a role that has spread, after so many calls", async () => {
    refuse("ForbiddenByRbac", { times: 2, permission: ["certificates/get", "certificates/create"] });
    const statuses = [
      await bench.get("/certificates"),
      await bench.create("a"),
      await bench.create("a"),
      await bench.create("a"),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 403, 403, 202]);
  });
});
