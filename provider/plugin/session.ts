import { setTimeout as delay } from "node:timers/promises";
import { KeyVaultCertificateError } from "../errors/error";
import { PollScheduler } from "../lifecycle/scheduler";
import type { Run } from "../lifecycle/steps/step";
import type * as signers from "../signers/run";
import type { Reporter } from "../lifecycle/tools";
import type { Target } from "../lifecycle/wanted";
import {
  type CallOptions,
  createVaultClients,
  retryLine,
  type VaultClients,
  type TokenCredential,
} from "../vault/client";
import { defaultCredential } from "../vault/credential";
import type { Environment } from "../vault/credential-plan";
import type { Engine } from "./engine";

/** What one call of the engine may take, and for which resource it is. */
export interface CallContext {
  readonly target: Target;
  readonly urn: string | undefined;
  readonly timeoutMs: number;
  readonly option: "create" | "update" | "delete";
}

/**
 * What lasts as long as the plugin process: one client and one scheduler for each vault, and one credential.
 */
export class Session {
  readonly #clients: VaultClients = createVaultClients();
  readonly #credential: TokenCredential;
  #tokensAwaited = 0;
  readonly #schedulers = new Map<string, PollScheduler>();
  readonly #engine: Engine;

  constructor(environment: Environment, engine: Engine) {
    this.#credential = this.#watched(defaultCredential(environment));
    this.#engine = engine;
  }

  /** Everything that a run needs, for one call. */
  run({ target, urn, timeoutMs, option }: CallContext): Run {
    const startedAt = Date.now();
    const reporter = this.#reporter(urn);
    const deadline = { at: startedAt + timeoutMs, startedAt, option };
    return {
      tools: {
        vault: this.#clients(target.vaultUrl, this.#credential),
        scheduler: this.#scheduler(target.vaultUrl),
        reporter,
        engine: { signal: this.#engine.signal },
        clock: Date.now,
        steadyClock: () => Math.floor(performance.now()),
        tokenAwaited: () => this.#tokensAwaited > 0,
        sign: async (request, run) => {
          // eslint-disable-next-line @typescript-eslint/no-require-imports -- few programs have a signer
          const { runSigner } = require("../signers/run") as typeof signers;
          return runSigner(request, run);
        },
        sleep: async (ms, signal) => {
          await delay(ms, undefined, { signal }).catch(() => undefined);
        },
      },
      deadline,
      call: this.#call(target, reporter, deadline.at),
    };
  }

  #call(target: Target, reporter: Reporter, deadline: number): CallOptions {
    return {
      deadline,
      beforeWrite: () => {
        if (this.#engine.signal.aborted) {
          throw new KeyVaultCertificateError("KVC_ENGINE_GONE", target, {
            doing: "a request was about to be sent",
          });
        }
      },
      onRetry: (note) => {
        // What may take minutes is a line that stays, once: a log without live rows shows no other.
        if (note.passing?.first === true) reporter.info(retryLine(note));
        else reporter.progress(retryLine(note));
      },
    };
  }

  #watched(credential: TokenCredential): TokenCredential {
    return {
      getToken: async (...given) => {
        this.#tokensAwaited += 1;
        try {
          return await credential.getToken(...given);
        } finally {
          this.#tokensAwaited -= 1;
        }
      },
    };
  }

  #reporter(urn: string | undefined): Reporter {
    const line = (severity: "info" | "warning", ephemeral: boolean) => (message: string) => {
      void this.#engine.log({ severity, message, urn, ephemeral });
    };
    return { progress: line("info", true), info: line("info", false), warn: line("warning", false) };
  }

  #scheduler(vaultUrl: string): PollScheduler {
    const scheduler = this.#schedulers.get(vaultUrl) ?? new PollScheduler(Date.now);
    this.#schedulers.set(vaultUrl, scheduler);
    return scheduler;
  }
}
