import { retryLine } from "../../../provider/vault/client";
import { bundle, failure, operation, startOfTime, wireBundle, wireOperation } from "./harness";
import { type Answer, json, type RealVault, realVault, refusal, resolverWhile, said } from "./server";

let vault: RealVault;
let absent = false;

beforeEach(async () => {
  absent = false;
  vault = await realVault({ host: "localhost", connect: { lookup: resolverWhile(() => absent) } });
});
afterEach(() => vault.close());

const minutes = 60_000;
const get = (options = {}) => vault.client.getCertificate("web", { ...vault.watched, ...options });
const create = (name = "web") =>
  vault.client.createCertificate(name, { policy: { issuerName: "Self" } }, vault.watched);
const place = 'certificate "web" in vault VAULT: ';
const noRole = refusal(403, "Forbidden", "Caller is not authorized to perform action.", "ForbiddenByRbac");
const ok = json(200, wireBundle);
const times = (count: number, answer: Answer) => Array.from({ length: count }, () => answer);

/** Lets the deed happen in the given wait, from 1. */
function inWait(count: number, deed: () => void | Promise<void>): void {
  let waits = 0;
  vault.whileAsleep(async () => {
    waits += 1;
    if (waits === count) await deed();
  });
}

describe("a host that does not resolve yet", () => {
  beforeEach(() => void (absent = true));

  test("is waited for, for a create too, and told with since when and until when", async () => {
    vault.answer(json(202, wireOperation));
    inWait(4, () => void (absent = false));
    expect(await create()).toEqual(operation);
    expect(vault.carried()).toEqual(["POST /certificates/web/create"]);
    expect(vault.notes.map(retryLine)).toEqual(
      Array(4).fill(
        "waiting for the vault's host name to get an address (getaddrinfo ENOTFOUND localhost), since 00:00:00, retried until 00:05:00 UTC",
      ),
    );
    expect(vault.notes.map(({ delayMs, passing }) => [delayMs, passing?.first])).toEqual([
      [1000, true],
      [2000, false],
      [4000, false],
      [8000, false],
    ]);
  });

  test("is an error after five minutes, and at once for every later request", async () => {
    const message = (attempts: string) =>
      `${place}the vault's host name has no address (GET /certificates/web${attempts}): getaddrinfo ENOTFOUND localhost; ` +
      "check the vault URL; a vault that was made just now takes some minutes to get its name [KVC_HOST_UNRESOLVED]";
    expect(await said(vault, get())).toBe(message(", still after 23 attempts"));
    expect(vault.time.clock() - startOfTime).toBe(5 * minutes);
    expect(await said(vault, get())).toBe(message(""));
    expect(vault.time.clock() - startOfTime).toBe(5 * minutes);
  });

  test("costs a hundred requests at once the same five minutes", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    const errors = await Promise.all(
      names.map((name) => failure(vault.client.getCertificate(name, vault.watched))),
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["KVC_HOST_UNRESOLVED"]));
    expect(vault.notes).toHaveLength(vault.time.slept.length);
    expect(new Set(vault.notes.map(({ passing }) => passing?.until))).toEqual(
      new Set([startOfTime + 5 * minutes]),
    );
    expect(vault.notes.filter(({ passing }) => passing?.first === true)).toHaveLength(1);
  });

  test("is an error at the caller's deadline", async () => {
    const error = await failure(get({ deadline: startOfTime + 5000 }));
    expect(error.code).toBe("KVC_HOST_UNRESOLVED");
    expect(vault.time.slept).toEqual([1000, 2000, 2000]);
    expect(vault.notes.map(retryLine)[0]).toContain("retried until 00:00:05 UTC");
  });

  test("ends with the signal of the caller, with its reason", async () => {
    const stop = new AbortController();
    const reason = new Error("the engine is gone");
    inWait(2, () => stop.abort(reason));
    expect(await failure(get({ signal: stop.signal }))).toBe(reason);
    expect(vault.seen).toEqual([]);
  });

  test("that vanishes later is waited for anew", async () => {
    inWait(1, () => void (absent = false));
    vault.answer(ok);
    await get();
    vault.time.pass(10 * minutes);
    await vault.stop();
    await failure(get());
    await vault.listenAgain();
    vault.notes.length = 0;
    absent = true;
    inWait(2, () => void (absent = false));
    expect(await get()).toEqual(bundle);
    expect(vault.notes.map(({ passing }) => passing?.first)).toEqual([true, false]);
  });

  test("because the resolver fails is told with the resolver's words", async () => {
    await vault.close();
    vault = await realVault({
      host: "localhost",
      connect: { lookup: resolverWhile(() => true, "EAI_AGAIN") },
    });
    expect(await said(vault, get())).toContain("getaddrinfo EAI_AGAIN localhost");
  });
});

describe("a role that has not arrived yet", () => {
  test("is waited for, and told with the data action that is missing", async () => {
    vault.answer(...times(3, noRole), json(202, wireOperation));
    expect(await create()).toEqual(operation);
    expect(vault.carried()).toEqual(Array(4).fill("POST /certificates/web/create"));
    expect(vault.notes.map(retryLine)).toEqual(
      Array(3).fill(
        "waiting for a role with the data action Microsoft.KeyVault/vaults/certificates/create/action, as POST /certificates/web/create is forbidden without one, since 00:00:00, retried until 00:05:00 UTC",
      ),
    );
  });

  test("is asked for with a last look before each attempt", async () => {
    const gone = new Error("the engine is gone");
    let looks = 0;
    const beforeWrite = () => {
      looks += 1;
      if (looks === 3) throw gone;
    };
    vault.answer(noRole);
    expect(await failure(vault.client.deleteCertificate("web", { beforeWrite }))).toBe(gone);
    expect(vault.carried()).toHaveLength(2);
  });

  test("costs the process five minutes for each permission, however many certificates need it", async () => {
    vault.answer(noRole);
    expect((await failure(create("a"))).code).toBe("KVC_FORBIDDEN_BY_RBAC");
    expect((await failure(create("b"))).code).toBe("KVC_FORBIDDEN_BY_RBAC");
    expect(vault.time.clock() - startOfTime).toBe(5 * minutes);
    expect(vault.carried().filter((request) => request === "POST /certificates/b/create")).toHaveLength(1);
    vault.answer(noRole, ok);
    expect(await get()).toEqual(bundle);
    expect(vault.time.clock() - startOfTime).toBe(5 * minutes + 1000);
  });

  test("is waited for anew once it was there", async () => {
    vault.answer(noRole);
    await failure(get());
    vault.answer(ok);
    await get();
    vault.notes.length = 0;
    vault.answer(noRole, noRole, ok);
    expect(await get()).toEqual(bundle);
    expect(vault.notes.map(({ passing }) => passing?.first)).toEqual([true, false]);
  });

  test("is waited for five minutes also while another certificate's requests are let through", async () => {
    vault.answer((response, sent) =>
      (sent.target.startsWith("/certificates/web?") ? noRole : ok)(response, sent),
    );
    vault.whileAsleep(async () => {
      await vault.client.getCertificate("other");
    });
    expect((await failure(get())).code).toBe("KVC_FORBIDDEN_BY_RBAC");
    expect(vault.time.clock() - startOfTime).toBe(5 * minutes);
    expect(vault.notes.filter(({ passing }) => passing?.first === true)).toHaveLength(1);
  });

  test("is not waited for any longer than the caller's deadline, and the error is the one of the role", async () => {
    vault.answer(noRole);
    expect((await failure(get({ deadline: startOfTime + 10_000 }))).code).toBe("KVC_FORBIDDEN_BY_RBAC");
    expect(vault.time.slept).toEqual([1000, 2000, 4000, 3000]);
  });
});

describe("a vault that throttles", () => {
  const throttled = (headers = {}) =>
    json(429, { error: { code: "Throttled", message: "Too many requests were received." } }, headers);

  test("is named after twenty attempts of four minutes, with the next step", async () => {
    vault.answer(throttled());
    expect(await said(vault, create())).toBe(
      `${place}the vault is still throttling after 20 attempts of POST /certificates/web/create: 429 Throttled: "Too many requests were received."; ` +
        "run again later, or with a lower parallelism [KVC_THROTTLED]",
    );
    expect(vault.carried()).toHaveLength(20);
    expect(vault.notes.map(retryLine).slice(0, 3)).toEqual([
      "the vault is throttling; next try in 1 s",
      "the vault is throttling; next try in 2 s",
      "the vault is throttling; next try in 4 s",
    ]);
  });

  test.each([
    ["7", 7000],
    ["0", 1000],
    ["soon", 1000],
  ])("with Retry-After %s is tried again after %d ms", async (value, delayMs) => {
    vault.answer(throttled({ "Retry-After": value }), json(202, wireOperation));
    expect(await create()).toEqual(operation);
    expect(vault.time.slept).toEqual([delayMs]);
  });

  test.each([10 * minutes, -10 * minutes])(
    "with a date in Retry-After is tried again after its own time, with a clock %d ms ahead",
    async (aheadMs) => {
      await vault.close();
      vault = await realVault({ aheadMs });
      const date = new Date(startOfTime + aheadMs + 20_000).toUTCString();
      vault.answer(throttled({ "Retry-After": date }), json(202, wireOperation));
      await create();
      expect(vault.time.slept).toEqual([20_000]);
    },
  );

  test("with a Retry-After of more than five minutes is an error at once", async () => {
    vault.answer(throttled({ "Retry-After": "301" }));
    expect((await failure(create())).code).toBe("KVC_THROTTLED");
    expect(vault.time.slept).toEqual([]);
  });

  test("is told also while the challenge is asked for", async () => {
    await vault.stop();
    inWait(2, () => vault.listenAgain());
    vault.answer(ok);
    expect(await get()).toEqual(bundle);
    expect(vault.notes.map(({ request, delayMs }) => [request, delayMs])).toEqual([
      ["GET /certificates", 1000],
      ["GET /certificates", 2000],
    ]);
  });
});
