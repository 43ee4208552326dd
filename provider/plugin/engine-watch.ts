import { connect } from "node:net";

/** A connection that lasted no longer is not made anew at once: an engine that closes each of them must not keep this process busy. */
const lastingMs = 500;
/** The pause after the first of those; it doubles with each. */
const firstPauseMs = 5;
/** How long the process may go on after the engine is gone, to end what it has begun to write down. */
const graceMs = 3000;

/**
 * Tells when the engine is gone. After a `kill -9` of the CLI nobody ends this process: it would finish its work alone, beside
 * the next `pulumi up`. The watch holds one connection to the engine; when it closes and no new one can be made, `signal` is aborted,
 * and a little later the process exits. An engine that never answered (a test) is never gone.
 */
export function watchEngine(address: string, exit: () => void): AbortSignal {
  const controller = new AbortController();
  const separator = address.lastIndexOf(":");
  const host = address.slice(0, separator).replaceAll(/[[\]]/g, "");
  const port = Number(address.slice(separator + 1));
  let answered = false;
  let pauseMs = firstPauseMs;

  const gone = () => {
    controller.abort(new Error("the Pulumi engine is gone"));
    setTimeout(exit, graceMs).unref();
  };
  const hold = () => {
    const begunAt = performance.now();
    const socket = connect({ host, port });
    socket.unref();
    socket.resume();
    socket.once("connect", () => {
      answered = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (answered && error.code === "ECONNREFUSED") gone();
    });
    socket.once("close", () => {
      if (!answered || controller.signal.aborted) return;
      // The engine closes a connection that never speaks after two minutes: only a refused one means that it is gone. Each moment until
      // that is known is one in which an orphan may still write; and one that dies closes its connections first, and still takes a new one.
      if (performance.now() - begunAt > lastingMs) {
        pauseMs = firstPauseMs;
        hold();
      } else {
        setTimeout(hold, pauseMs).unref();
        pauseMs = Math.min(2 * pauseMs, lastingMs);
      }
    });
  };
  hold();
  return controller.signal;
}
