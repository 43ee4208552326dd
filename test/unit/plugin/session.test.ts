import { type LogLine } from "../../../provider/plugin/engine-log";
import { Session } from "../../../provider/plugin/session";
import type { RetryNote } from "../../../provider/vault/client";

const vaultUrl = "https://contoso.vault.azure.net";
const urn = "urn:pulumi:dev::site::pulumi-nodejs:dynamic/keyvault:Certificate::web";

function start(timeoutMs = 600_000, ended = new AbortController()) {
  const lines: LogLine[] = [];
  const engine = {
    log: (line: LogLine) => Promise.resolve(void lines.push(line)),
    signal: ended.signal,
  };
  const target = { vaultUrl, certificateName: "web" };
  const run = new Session({}, engine).run({ target, urn, timeoutMs, option: "create" });
  return { lines, run };
}

const note: RetryNote = {
  request: "POST /certificates/web/create",
  permission: "create",
  reason: "the vault is throttling",
  delayMs: 1500,
  attempt: 1,
};
const since = Date.UTC(2026, 0, 1, 10);
const passing = { what: "unassigned", since, until: since + 300_000 } as const;

describe("the calls of a session", () => {
  test("tell each retry live, in the resource's row", () => {
    const { lines, run } = start();
    run.call.onRetry?.(note);
    expect(lines).toEqual([
      { severity: "info", message: "the vault is throttling; next try in 2 s", urn, ephemeral: true },
    ]);
  });

  test("tell what is waited for over minutes by a line that stays, and from then on live", () => {
    const { lines, run } = start();
    run.call.onRetry?.({ ...note, passing: { ...passing, first: true } });
    run.call.onRetry?.({ ...note, passing: { ...passing, first: false } });
    const message =
      "waiting for a role with the data action Microsoft.KeyVault/vaults/certificates/create/action, " +
      "as POST /certificates/web/create is forbidden without one, since 10:00:00, retried until 10:05:00 UTC";
    expect(lines).toEqual([
      { severity: "info", message, urn, ephemeral: false },
      { severity: "info", message, urn, ephemeral: true },
    ]);
  });

  test("write nothing once the engine is gone", () => {
    const ended = new AbortController();
    const { run } = start(600_000, ended);
    expect(() => run.call.beforeWrite?.()).not.toThrow();
    ended.abort();
    expect(() => run.call.beforeWrite?.()).toThrow(
      /^certificate "web" in vault https:\/\/contoso.* the Pulumi engine went away while a request was about to be sent, .*\[KVC_ENGINE_GONE\]$/,
    );
  });

  test("end their patience with the run's deadline", () => {
    const { run } = start(1234);
    expect(run.call.deadline).toBe(run.deadline.at);
  });
});
