import type { SignerRequest, SignerRun } from "../signers/request";
import type { VaultClient } from "../vault/client";
import type { PollScheduler } from "./scheduler";

/** Where a run reports what it does, for the people who watch it. */
export interface Reporter {
  /** A line that the next one replaces: shown live in the resource's row, kept nowhere. */
  progress(text: string): void;
  /** A line that stays. */
  info(text: string): void;
  warn(text: string): void;
}

/** The engine that asked for the work. */
export interface EngineWatch {
  /** Aborted once the engine is gone. */
  readonly signal: AbortSignal;
}

/** Everything a run needs from outside: the vault, time, randomness, and someone to tell. */
export interface Tools {
  readonly vault: VaultClient;
  readonly scheduler: PollScheduler;
  readonly reporter: Reporter;
  readonly engine: EngineWatch;
  /** Runs the user's signer: `signers/run`. */
  readonly sign: (request: SignerRequest, run: SignerRun) => Promise<string>;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Milliseconds since some moment, by a clock that nobody sets. Default: `clock`. */
  readonly steadyClock?: () => number;
  /** Whether the credential is being asked for a token. Default: never. */
  readonly tokenAwaited?: () => boolean;
  /** Resolves after that many milliseconds, at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long one call may take in all, and what the user sets to change it. */
export interface Deadline {
  /** Unix milliseconds. */
  readonly at: number;
  readonly startedAt: number;
  /** The property of `customTimeouts`. */
  readonly option: "create" | "update" | "delete";
}
