import { once } from "node:events";
import type { PluginProcess } from "./plugin-process";

/** In the environment of a process it lets an `Inspector` in. */
export const inspectable = { NODE_OPTIONS: "--inspect=127.0.0.1:0 --trace-warnings" };

/** What is alive in a process once its garbage is collected. */
export interface Census {
  /** What the event loop waits for, by the kinds of `process.getActiveResourcesInfo`. */
  readonly resources: Readonly<Record<string, number>>;
  /** Open files and sockets, idle ones too; 0 where there is no `/proc`. */
  readonly descriptors: number;
  readonly abortSignals: number;
  /** Listeners for `abort`, of all signals together. */
  readonly abortListeners: number;
  /** Timers, set or not. */
  readonly timers: number;
  /** Bytes of objects. */
  readonly heap: number;
  /** Bytes of buffers. */
  readonly external: number;
  /** Bytes that the process has of the system. */
  readonly resident: number;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown; readonly objectId?: string };
  readonly exceptionDetails?: unknown;
}

const prototypeOf = {
  abortSignal: "AbortSignal.prototype",
  timer:
    "(() => { const timer = setTimeout(() => {}, 0); clearTimeout(timer); return Object.getPrototypeOf(timer); })()",
};

const figures = `({
  resources: process.getActiveResourcesInfo(),
  descriptors: (() => {
    const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
    return existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
  })(),
  heap: process.memoryUsage().heapUsed,
  external: process.memoryUsage().external,
  resident: process.memoryUsage().rss,
})`;

const abortListeners = `function () {
  const { getEventListeners } = process.getBuiltinModule("node:events");
  return [this.length, this.reduce((sum, signal) => sum + getEventListeners(signal, "abort").length, 0)];
}`;

/** Looks into a process from outside, by V8's inspector: it runs the same code as without. */
export class Inspector {
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #calls = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", (event) => {
      const reply = JSON.parse(String(event.data)) as Reply;
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    });
  }

  /** @param plugin one that was started with `inspectable` in its environment */
  static async of(plugin: PluginProcess): Promise<Inspector> {
    const [url] = /ws:\S+/.exec(plugin.output.stderr) ?? [];
    if (url === undefined) throw new TypeError(`the process has no inspector: ${plugin.output.stderr}`);
    const socket = new WebSocket(url);
    await once(socket, "open");
    return new Inspector(socket);
  }

  close(): void {
    this.socket.close();
  }

  /** The value of an expression, where that is a promise its end. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    return valueOf(await this.#call<Evaluated>("Runtime.evaluate", options)) as T;
  }

  async census(): Promise<Census> {
    // What a finalizer lets go goes only with the next collection.
    for (let times = 0; times < 2; times += 1) {
      await this.#call("HeapProfiler.collectGarbage");
      await this.evaluate("new Promise((resolve) => { setImmediate(resolve); })");
    }
    const { resources, ...bytes } = await this.evaluate<
      Omit<Census, "resources"> & { resources: readonly string[] }
    >(figures);
    const [abortSignals, listeners] = await this.#ofAll<[number, number]>(
      prototypeOf.abortSignal,
      abortListeners,
    );
    const timers = await this.#ofAll<number>(prototypeOf.timer, "function () { return this.length; }");
    return { ...bytes, resources: tally(resources), abortSignals, abortListeners: listeners, timers };
  }

  /** What a function makes of all the living objects of a prototype, which it is given as its `this`. */
  async #ofAll<T>(prototype: string, functionDeclaration: string): Promise<T> {
    const objectGroup = "census";
    const { result } = await this.#call<Evaluated>("Runtime.evaluate", {
      expression: prototype,
      objectGroup,
    });
    const { objects } = await this.#call<{ objects: { objectId: string } }>("Runtime.queryObjects", {
      prototypeObjectId: result.objectId,
      objectGroup,
    });
    const { objectId } = objects;
    const made = { objectId, functionDeclaration, returnByValue: true };
    const value = valueOf(await this.#call<Evaluated>("Runtime.callFunctionOn", made));
    // Else the array holds on to all of them until the next census.
    await this.#call("Runtime.releaseObjectGroup", { objectGroup });
    return value as T;
  }

  #call<T>(method: string, params: object = {}): Promise<T> {
    const id = (this.#calls += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

function valueOf({ result, exceptionDetails }: Evaluated): unknown {
  if (exceptionDetails !== undefined) throw new Error(`in the process: ${JSON.stringify(exceptionDetails)}`);
  return result.value;
}

function tally(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
