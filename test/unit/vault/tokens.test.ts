import { createTokens, credentialReason } from "../../../provider/vault/tokens";
import { failure, fakeCredential, fakeTime, vaultUrl } from "./harness";

const demand = { scope: "https://vault.azure.net/.default", tenantId: "tenant-1" };

function setUp(lifetimeMs?: number) {
  const time = fakeTime();
  const { credential, calls, give } = fakeCredential(time.clock, lifetimeMs);
  return { time, calls, give, tokens: createTokens({ credential, clock: time.clock, vaultUrl }) };
}

describe("the tokens of a credential for a vault", () => {
  test("are asked for with scope, tenant and support for continuous access evaluation", async () => {
    const { tokens, calls } = setUp();
    expect(await tokens.get(demand)).toBe("token-1");
    expect(calls).toEqual([
      {
        scopes: "https://vault.azure.net/.default",
        tenantId: "tenant-1",
        enableCae: true,
        abortSignal: expect.any(AbortSignal),
      },
    ]);
  });

  test("are asked for once by all who want one at the same time", async () => {
    const { tokens, calls } = setUp();
    const got = await Promise.all(Array.from({ length: 100 }, () => tokens.get(demand)));
    expect(new Set(got)).toEqual(new Set(["token-1"]));
    expect(calls).toHaveLength(1);
  });

  test("are kept until two minutes before their end, and then fetched once", async () => {
    const { tokens, calls, time } = setUp(3_600_000);
    await tokens.get(demand);
    time.pass(3_479_999);
    expect(await tokens.get(demand)).toBe("token-1");
    time.pass(1);
    expect(await Promise.all([tokens.get(demand), tokens.get(demand)])).toEqual(["token-2", "token-2"]);
    expect(calls).toHaveLength(2);
  });

  test("that live for a minute only are kept for three quarters of it", async () => {
    const { tokens, time } = setUp(60_000);
    await tokens.get(demand);
    time.pass(44_999);
    expect(await tokens.get(demand)).toBe("token-1");
    time.pass(1);
    expect(await tokens.get(demand)).toBe("token-2");
  });

  test("stay in use for half a minute at a time while the credential fails to refresh them", async () => {
    const { tokens, calls, give, time } = setUp();
    await tokens.get(demand);
    time.pass(3_500_000);
    give(() => Promise.reject(new Error("the identity endpoint is away")));
    expect(await tokens.get(demand)).toBe("token-1");
    time.pass(29_999);
    expect(await tokens.get(demand)).toBe("token-1");
    expect(calls).toHaveLength(2);
    time.pass(1);
    expect(await tokens.get(demand)).toBe("token-3");
  });

  test("are not used after their end", async () => {
    const { tokens, give, time } = setUp();
    await tokens.get(demand);
    time.pass(3_600_000);
    give(() => Promise.reject(new Error("the identity endpoint is away")));
    expect(await failure(tokens.get(demand))).toMatchObject({ code: "KVC_CREDENTIAL_FAILED" });
  });

  test("of another scope or tenant are others", async () => {
    const { tokens, calls } = setUp();
    await tokens.get(demand);
    expect(await tokens.get({ ...demand, tenantId: "tenant-2" })).toBe("token-2");
    expect(await tokens.get({ ...demand, scope: "https://vault.azure.cn/.default" })).toBe("token-3");
    expect(calls.map(({ tenantId }) => tenantId)).toEqual(["tenant-1", "tenant-2", "tenant-1"]);
  });

  test("that were rejected are fetched anew, once for all who met the rejection", async () => {
    const { tokens, calls } = setUp();
    await tokens.get(demand);
    const claims = '{"access_token":{}}';
    const again = () => tokens.get({ ...demand, claims }, "token-1");
    expect(await Promise.all([again(), again()])).toEqual(["token-2", "token-2"]);
    expect(await again()).toBe("token-2");
    expect(calls[1]).toMatchObject({ claims });
    expect(calls).toHaveLength(2);
  });

  test("that were rejected are not fallen back to", async () => {
    const { tokens, give } = setUp();
    await tokens.get(demand);
    give(() => Promise.reject(new Error("no")));
    expect(await failure(tokens.get(demand, "token-1"))).toMatchObject({ code: "KVC_CREDENTIAL_FAILED" });
  });

  test("end one caller's wait with the reason of its signal, and no other's", async () => {
    const { tokens, give, time } = setUp();
    let answer: (token: string) => void = () => undefined;
    give(
      () =>
        new Promise((resolve) => {
          answer = (token) => resolve({ token, expiresOnTimestamp: time.clock() + 3_600_000 });
        }),
    );
    const stop = new AbortController();
    const stopped = tokens.get(demand, undefined, stop.signal);
    const patient = tokens.get(demand);
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    answer("token-1");
    expect(await patient).toBe("token-1");
  });

  test("are no longer asked for when nobody waits any more, and are for the next who comes", async () => {
    const { tokens, calls, give } = setUp();
    give(
      ({ abortSignal }) =>
        new Promise((_, reject) =>
          abortSignal?.addEventListener("abort", () => reject(new Error("aborted"))),
        ),
    );
    const stop = new AbortController();
    const stopped = tokens.get(demand, undefined, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
    expect(calls[0]?.abortSignal?.aborted).toBe(true);
    expect(await tokens.get(demand)).toBe("token-2");
  });

  test.each([
    ["null", null],
    ["an empty one", { token: "", expiresOnTimestamp: 0 }],
  ])("are a failure when the credential gives %s", async (_, token) => {
    const { tokens, give } = setUp();
    give(() => Promise.resolve(token));
    expect(await failure(tokens.get(demand))).toMatchObject({
      code: "KVC_CREDENTIAL_FAILED",
      details: { reason: "the credential gave no token" },
    });
  });

  test("fail with the credential's own words, and without its error as a cause", async () => {
    const { tokens, give } = setUp();
    give(() => Promise.reject(new Error("EnvironmentCredential is unavailable.\n  Set AZURE_CLIENT_ID.")));
    const error = await failure(tokens.get(demand));
    expect(error.message).toBe(
      "vault https://contoso.vault.azure.net: a token for https://vault.azure.net/.default of tenant tenant-1 is needed, but: " +
        "EnvironmentCredential is unavailable. Set AZURE_CLIENT_ID.; sign in (`az login`), or set AZURE_* or ARM_* for an identity of that tenant [KVC_CREDENTIAL_FAILED]",
    );
    expect(error.cause).toBeUndefined();
  });
});

describe("credentialReason", () => {
  const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";

  test.each([
    ["a token", `assertion ${jwt} is expired`, "assertion <token> is expired"],
    [
      "a form",
      `body: client_secret=hunter2&client_assertion=${jwt}&a=b`,
      "body: client_secret=<hidden>&client_assertion=<hidden>&a=b",
    ],
    ["JSON", '{"access_token":"abc","x":1}', '{"access_token":"<hidden>","x":1}'],
  ])("hides %s", (_, message, reason) => {
    expect(credentialReason(new Error(message))).toBe(reason);
  });

  test("is cut after a thousand characters", () => {
    expect(credentialReason(new Error("x".repeat(5000)))).toBe(`${"x".repeat(1000)}…`);
  });

  test("names the error that says nothing", () => {
    expect(credentialReason(new RangeError(""))).toBe("RangeError");
    expect(credentialReason("")).toBe("no reason given");
    expect(credentialReason("plain words")).toBe("plain words");
  });
});
