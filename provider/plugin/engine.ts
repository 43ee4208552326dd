import { engineAddress } from "./engine-address";
import { type EngineLog, engineLog } from "./engine-log";
import { watchEngine } from "./engine-watch";

/** The engine that started this plugin process. */
export interface Engine {
  readonly log: EngineLog;
  /** Aborted once the engine is gone. */
  readonly signal: AbortSignal;
}

/**
 * Connects to the engine, as long as this process lives: from the first handler on, as a preview that is killed must not leave a process
 * behind either.
 */
export function connectEngine(address = engineAddress()): Engine {
  const signal =
    address === undefined ? new AbortController().signal : watchEngine(address, () => process.exit(1));
  return { log: engineLog(address), signal };
}
