import { type CallOptions, type RetryNote, type Spending, unspent } from "../../../provider/vault/client";
import { failure, fakeVault, wireBundle, wireOperation } from "./harness";

let vault: ReturnType<typeof fakeVault>;

beforeEach(() => {
  vault = fakeVault();
  vault.challenge();
});

afterEach(async () => {
  vault.agent.assertNoPendingInterceptors();
  await vault.agent.close();
});

const create = (options?: CallOptions) =>
  vault.client.createCertificate("web", { policy: { issuerName: "Self" } }, options);
const refused = () => Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" });
const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const ok = { status: 200, body: wireBundle };
const throttled = { status: 429, body: { error: { code: "Throttled", message: "Too many." } } };
const serverError = { status: 500, body: { error: { code: "ServerError", message: "ActivityId: 1" } } };

describe("a read", () => {
  test("is repeated over failures of the service and of the network, each told with its wait", async () => {
    vault.on("GET", "/certificates/web", serverError);
    vault.on("GET", "/certificates/web", {
      status: 503,
      body: "<html>busy</html>",
      headers: { "Retry-After": "3" },
    });
    vault.on("GET", "/certificates/web", reset());
    vault.on("GET", "/certificates/web", refused());
    vault.on("GET", "/certificates/web", ok);
    const notes: RetryNote[] = [];
    await vault.client.getCertificate("web", { onRetry: (note) => notes.push(note) });
    const of = { request: "GET /certificates/web", permission: "get" };
    expect(notes).toEqual([
      { ...of, reason: "the vault answered 500", delayMs: 1000, attempt: 1 },
      { ...of, reason: "the vault answered 503", delayMs: 3000, attempt: 2 },
      { ...of, reason: "read ECONNRESET", delayMs: 4000, attempt: 3 },
      { ...of, reason: "connect ECONNREFUSED 10.0.0.1:443", delayMs: 8000, attempt: 4 },
    ]);
    expect(vault.time.slept).toEqual([1000, 3000, 4000, 8000]);
  });

  test("fails after six attempts", async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) vault.on("GET", "/certificates/web", serverError);
    const error = await failure(vault.client.getCertificate("web"));
    expect(error).toMatchObject({
      code: "KVC_SERVICE_FAILED",
      retryable: true,
      details: { attempts: 6, status: 500 },
    });
    expect(error.message).toBe(
      'certificate "web" in vault https://contoso.vault.azure.net: the service failed on 6 attempts of GET /certificates/web: ' +
        '500 ServerError: "ActivityId: 1"; run again later [KVC_SERVICE_FAILED]',
    );
  });

  test("fails as unreachable when no attempt gets a reply", async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) vault.on("GET", "/certificates/web", reset());
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_UNREACHABLE",
      retryable: true,
      details: { request: "GET /certificates/web", reason: "read ECONNRESET", attempts: 6 },
    });
  });

  test("is not repeated over a TLS certificate that is refused", async () => {
    const code = "DEPTH_ZERO_SELF_SIGNED_CERT";
    vault.on("GET", "/certificates/web", Object.assign(new Error(code), { code }));
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_HOST_UNTRUSTED",
      retryable: false,
    });
    expect(vault.time.slept).toEqual([]);
  });

  test("does not follow a redirect", async () => {
    vault.on("GET", "/certificates/web", { status: 307, headers: { Location: "https://evil.example/" } });
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_UNEXPECTED_REPLY",
      details: { status: 307 },
    });
  });
});

describe("a throttled vault", () => {
  test("is given 1, 2, 4, 8, 16 s and then 16 s each time, for a create too", async () => {
    for (let attempt = 0; attempt < 7; attempt += 1) vault.on("POST", "/certificates/web/create", throttled);
    vault.on("POST", "/certificates/web/create", { status: 202, body: wireOperation });
    await create();
    expect(vault.time.slept).toEqual([1000, 2000, 4000, 8000, 16_000, 16_000, 16_000]);
  });

  test("is left alone by every request for as long as its Retry-After says", async () => {
    const start = vault.time.clock();
    const sentAfter: number[] = [];
    const answer = () => {
      sentAfter.push(vault.time.clock() - start);
      return ok;
    };
    vault.on("GET", "/certificates/a", { ...throttled, headers: { "Retry-After": "20" } });
    vault.on("GET", "/certificates/a", answer);
    vault.on("GET", "/certificates/b", answer);
    // The second request starts while the first is being told to wait.
    const second: Promise<unknown>[] = [];
    const onRetry = () => void second.push(vault.client.getCertificate("b"));
    await vault.client.getCertificate("a", { onRetry });
    await Promise.all(second);
    expect(sentAfter).toEqual([20_000, 20_000]);
  });

  test("is an error at once when it wants more than five minutes", async () => {
    vault.on("GET", "/certificates/web", { ...throttled, headers: { "Retry-After": "3600" } });
    const error = await failure(vault.client.getCertificate("web"));
    expect(error).toMatchObject({
      code: "KVC_THROTTLED",
      retryable: true,
      details: { retryAfterMs: 3_600_000 },
    });
    expect(error.message).toContain(
      'still throttling after 1 attempt of GET /certificates/web and asks for no request within 3600 s: 429 Throttled: "Too many."',
    );
    expect(vault.time.slept).toEqual([]);
  });

  test("is left alone after a write that ends with its Retry-After", async () => {
    vault.on("POST", "/certificates/web/create", { status: 503, headers: { "Retry-After": "20" } });
    vault.on("GET", "/certificates/web", ok);
    expect(await failure(create())).toMatchObject({
      code: "KVC_OUTCOME_UNKNOWN",
      details: { reason: "the vault answered 503", retryAfterMs: 20_000 },
    });
    expect(vault.time.slept).toEqual([]);
    await vault.client.getCertificate("web");
    expect(vault.time.slept).toEqual([20_000]);
  });

  test("names its Retry-After where a read is given up for it", async () => {
    vault.on("GET", "/certificates/web", { status: 503, headers: { "Retry-After": "86400" } });
    expect((await failure(vault.client.getCertificate("web"))).message).toContain(
      "the service failed on 1 attempt of GET /certificates/web and asks for no request within 86400 s: 503;",
    );
  });
});

describe("a write that is not safe to repeat", () => {
  test.each([
    ["a 500", serverError, "the vault answered 500"],
    ["a 503 with Retry-After", { status: 503, headers: { "Retry-After": "1" } }, "the vault answered 503"],
    ["a gateway's HTML", { status: 502, body: "<html></html>" }, "the vault answered 502"],
    ["a connection that broke", reset(), "read ECONNRESET"],
  ])("is sent once, and its outcome unknown after %s", async (_, answer, reason) => {
    vault.on("POST", "/certificates/web/create", answer);
    expect(await failure(create())).toMatchObject({
      code: "KVC_OUTCOME_UNKNOWN",
      details: { request: "POST /certificates/web/create", outcomeUnknown: true, reason },
    });
  });

  test("is repeated after a connection that was never made", async () => {
    vault.on("POST", "/certificates/web/create", refused());
    vault.on("POST", "/certificates/web/create", { status: 202, body: wireOperation });
    expect(await create()).toMatchObject({ status: "inProgress" });
  });

  test.each([
    ["merge", "/certificates/web/pending/merge", () => vault.client.mergeCertificate("web", { x5c: [] })],
    ["recover", "/deletedcertificates/web/recover", () => vault.client.recoverDeletedCertificate("web")],
  ])("is %s too", async (_, path, call) => {
    vault.on("POST", path, serverError);
    expect(await failure(call())).toMatchObject({ code: "KVC_OUTCOME_UNKNOWN" });
  });
});

describe("a write that is safe to repeat", () => {
  const pending = "/certificates/web/pending?api-version=2025-07-01&request_id=r";

  test.each([
    ["PATCH", "/certificates/web", () => vault.client.updateCertificate("web", undefined, { enabled: true })],
    ["DELETE", "/certificates/web", () => vault.client.deleteCertificate("web")],
    ["DELETE", "/deletedcertificates/web", () => vault.client.purgeDeletedCertificate("web")],
  ])("is sent again after a failure: %s %s", async (method, path, call) => {
    vault.on(method, path, serverError);
    vault.on(method, path, ok);
    await call();
    expect(vault.time.slept).toEqual([1000]);
  });

  test("is one on the pending object with its request id, and not without", async () => {
    vault.on("DELETE", pending, serverError);
    vault.on("DELETE", pending, { status: 200, body: wireOperation });
    vault.on("DELETE", "/certificates/web/pending", serverError);
    await vault.client.deleteOperation("web", "r");
    expect(await failure(vault.client.deleteOperation("web"))).toMatchObject({ code: "KVC_OUTCOME_UNKNOWN" });
  });
});

describe("the last look before a write", () => {
  test("is taken before each attempt, and not before a read", async () => {
    let looks = 0;
    const beforeWrite = () => void (looks += 1);
    vault.on("POST", "/certificates/web/create", throttled);
    vault.on("POST", "/certificates/web/create", { status: 202, body: wireOperation });
    vault.on("GET", "/certificates/web", ok);
    await vault.client.getCertificate("web", { beforeWrite });
    expect(looks).toBe(0);
    await create({ beforeWrite });
    expect(looks).toBe(2);
  });

  test("ends the call with what it throws, and with nothing sent", async () => {
    const gone = new Error("the engine is gone");
    const beforeWrite = () => {
      throw gone;
    };
    expect(await failure(create({ beforeWrite }))).toBe(gone);
    expect(vault.seen.map(({ method }) => method)).toEqual(["GET"]);
  });
});

describe("the look at what a write rests on", () => {
  const created = { status: 202, body: wireOperation };

  test("is taken before each attempt, right before the last look, and not before a read", async () => {
    const looks: string[] = [];
    const lookAgain = () => Promise.resolve(void looks.push("lookAgain"));
    const beforeWrite = () => void looks.push("beforeWrite");
    vault.on("POST", "/certificates/web/create", refused());
    vault.on("POST", "/certificates/web/create", created);
    vault.on("GET", "/certificates/web", ok);
    await vault.client.getCertificate("web", { lookAgain });
    expect(looks).toEqual([]);
    await create({ lookAgain, beforeWrite });
    expect(looks).toEqual(["lookAgain", "beforeWrite", "lookAgain", "beforeWrite"]);
  });

  test("comes after the vault's pause, and once more after a pause that begins during it", async () => {
    const start = vault.time.clock();
    const lookedAfter: number[] = [];
    const lookAgain = async () => {
      lookedAfter.push(vault.time.clock() - start);
      // Another request ends with a pause while the second look is under way.
      if (lookedAfter.length === 2) await failure(vault.client.deleteOperation("other"));
    };
    vault.on("POST", "/certificates/web/create", { ...throttled, headers: { "Retry-After": "9" } });
    vault.on("DELETE", "/certificates/other/pending", { status: 503, headers: { "Retry-After": "4" } });
    vault.on("POST", "/certificates/web/create", created);
    await create({ lookAgain });
    expect(lookedAfter).toEqual([0, 9000, 13_000]);
  });

  test("ends the call with what it throws, and with nothing sent", async () => {
    const changed = new Error("it is another's by now");
    expect(await failure(create({ lookAgain: () => Promise.reject(changed) }))).toBe(changed);
    expect(vault.seen.map(({ method }) => method)).toEqual(["GET"]);
  });

  test("leaves what the write has spent to its caller, and a next call counts on", async () => {
    const spending: Spending = { spent: unspent };
    for (let attempt = 0; attempt < 20; attempt += 1) vault.on("POST", "/certificates/web/create", throttled);
    let looks = 0;
    const lookAgain = () => {
      looks += 1;
      return looks === 8 ? Promise.reject(new Error("it is another's by now")) : Promise.resolve();
    };
    await failure(create({ lookAgain, spending }));
    expect(spending.spent).toEqual({ ...unspent, throttled: 7 });
    expect(await failure(create({ lookAgain, spending }))).toMatchObject({ details: { attempts: 20 } });
  });
});

describe("a caller's signal", () => {
  test("ends a wait with its reason", async () => {
    const stop = new AbortController();
    const reason = new Error("the deadline has passed");
    vault.on("GET", "/certificates/web", serverError);
    const call = vault.client.getCertificate("web", {
      signal: stop.signal,
      onRetry: () => stop.abort(reason),
    });
    expect(await failure(call)).toBe(reason);
  });

  test("ends a read that is under way with its reason", async () => {
    const stop = new AbortController();
    const reason = new Error("the deadline has passed");
    vault.on("GET", "/certificates/web", () => {
      stop.abort(reason);
      return ok;
    });
    expect(await failure(vault.client.getCertificate("web", { signal: stop.signal }))).toBe(reason);
  });

  test("leaves the outcome of a create unknown that was under way", async () => {
    const stop = new AbortController();
    const reason = new Error("the deadline has passed");
    vault.on("POST", "/certificates/web/create", () => {
      stop.abort(reason);
      return { status: 202, body: wireOperation };
    });
    expect(await failure(create({ signal: stop.signal }))).toMatchObject({
      code: "KVC_OUTCOME_UNKNOWN",
      details: { reason: "stopped while it was under way" },
      cause: reason,
    });
  });
});

describe("a refusal of the service", () => {
  const answer = (status: number, code: string, innerCode?: string, message = "No.\r\nReally.") => ({
    status,
    body: { error: { code, message, ...(innerCode !== undefined && { innererror: { code: innerCode } }) } },
    headers: { "x-ms-request-id": "trace-1" },
  });

  test.each<[number, string, string | undefined, { code: string; retryable: boolean }]>([
    [400, "BadParameter", undefined, { code: "KVC_BAD_REQUEST", retryable: false }],
    [403, "Forbidden", "ForbiddenByPolicy", { code: "KVC_FORBIDDEN_BY_POLICY", retryable: false }],
    [403, "Forbidden", "ForbiddenByFirewall", { code: "KVC_FORBIDDEN_BY_NETWORK", retryable: false }],
    [403, "Forbidden", undefined, { code: "KVC_FORBIDDEN", retryable: false }],
    [404, "CertificateNotFound", undefined, { code: "KVC_NOT_FOUND", retryable: false }],
    [405, "MethodNotAllowed", undefined, { code: "KVC_UNEXPECTED_REPLY", retryable: false }],
    [409, "Conflict", "ObjectIsDeletedButRecoverable", { code: "KVC_CONFLICT", retryable: false }],
  ])("%d %s/%s is %j", async (status, code, innerCode, expected) => {
    vault.on("POST", "/certificates/web/create", answer(status, code, innerCode));
    expect(await failure(create())).toMatchObject({
      ...expected,
      details: {
        request: "POST /certificates/web/create",
        status,
        attempts: 1,
        permission: "create",
        serviceCode: code,
        innerCode,
        serviceMessage: "No.\r\nReally.",
        serviceRequestId: "trace-1",
      },
    });
  });

  test("says where, what was demanded, what was found and what to do", async () => {
    vault.on("POST", "/certificates/web/create", answer(403, "Forbidden", "ForbiddenByPolicy"));
    expect((await failure(create())).message).toBe(
      'certificate "web" in vault https://contoso.vault.azure.net: POST /certificates/web/create needs the certificate permission "create": ' +
        '403 Forbidden/ForbiddenByPolicy: "No. Really." (x-ms-request-id trace-1); ' +
        'give the identity the certificate permission "create" in the vault\'s access policies [KVC_FORBIDDEN_BY_POLICY]',
    );
  });

  test("on conflict says of which kind it is", async () => {
    vault.on("POST", "/certificates/web/create", answer(409, "Conflict", "ObjectIsDeletedButRecoverable"));
    const error = await failure(create());
    expect(error).toMatchObject({ details: { kind: "softDeleted" } });
    expect(error.message).toContain("recover or purge the deleted certificate, or take another name");
  });

  test.each([400, 403])("of a cancellation with %d means that there is nothing to cancel", async (status) => {
    vault.on(
      "PATCH",
      "/certificates/web/pending",
      answer(status, "Forbidden", undefined, "Pending status must be in progress to allow update."),
    );
    expect(await failure(vault.client.cancelOperation("web"))).toMatchObject({ code: "KVC_NOT_CANCELLABLE" });
  });

  test("without JSON keeps its status", async () => {
    vault.on("GET", "/certificates/web", { status: 400, body: "<html>bad</html>" });
    const error = await failure(vault.client.getCertificate("web"));
    expect(error).toMatchObject({
      code: "KVC_BAD_REQUEST",
      details: { status: 400, serviceCode: undefined },
    });
    expect(error.message).not.toContain("html");
  });

  test("holds no token anywhere", async () => {
    vault.on("GET", "/certificates/web", answer(403, "Forbidden"));
    const error = await failure(vault.client.getCertificate("web"));
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain("token-1");
  });
});
