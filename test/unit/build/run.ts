import { KeyVaultCertificateError } from "../../../provider/errors/error";
import { PollScheduler } from "../../../provider/lifecycle/scheduler";
import type { Run } from "../../../provider/lifecycle/steps/step";
import type { Deadline, Tools } from "../../../provider/lifecycle/tools";
import type { VaultClient } from "../../../provider/vault/client";
import { sleep } from "./sleep";

export interface TestRun extends Run {
  /** Lines shown live, and lines that stay. */
  readonly progress: string[];
  readonly infos: string[];
  readonly warnings: string[];
  /** The engine goes away: from now on no write may be sent. */
  readonly endEngine: () => void;
}

const minutes = 60_000;

/** What a run needs, on the clock of the fake timers, with everything that was said kept. */
export function testRun(
  vault: VaultClient,
  {
    timeoutMs = 60 * minutes,
    option = "create",
    sign = unsigned,
  }: { timeoutMs?: number; option?: Deadline["option"]; sign?: Tools["sign"] } = {},
): TestRun {
  const engine = new AbortController();
  const startedAt = Date.now();
  const [progress, infos, warnings] = [[], [], []] as [string[], string[], string[]];
  const add = (lines: string[]) => (line: string) => void lines.push(line);
  return {
    progress,
    infos,
    warnings,
    endEngine: () => engine.abort(new Error("the engine is gone")),
    tools: {
      vault,
      scheduler: new PollScheduler(Date.now),
      reporter: { progress: add(progress), info: add(infos), warn: add(warnings) },
      engine: { signal: engine.signal },
      clock: Date.now,
      sign,
      sleep,
    },
    deadline: { at: startedAt + timeoutMs, startedAt, option },
    call: {
      beforeWrite: () => {
        if (!engine.signal.aborted) return;
        const where = { vaultUrl: vault.vaultUrl };
        throw new KeyVaultCertificateError("KVC_ENGINE_GONE", where, {
          doing: "a request was about to be sent",
        });
      },
    },
  };
}

const unsigned = () => Promise.reject(new Error("no signer is given"));
