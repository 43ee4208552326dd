import { createServer, type Server, type Socket } from "node:net";
import { watchEngine } from "../../../provider/plugin/engine-watch";

/** An engine as far as a connection can tell. */
async function engine(): Promise<{ address: string; server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { address: `127.0.0.1:${address.port}`, server, sockets };
}

/** Sockets are real, timers are not: lets both go on until it holds. */
async function until(holds: () => boolean, passMs = 0): Promise<void> {
  for (let count = 0; count < 5000 && !holds(); count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (passMs > 0) await jest.advanceTimersByTimeAsync(passMs);
  }
  expect(holds()).toBe(true);
}

beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "clearImmediate"],
  });
});
afterEach(() => jest.useRealTimers());

describe("the watch on the engine", () => {
  test("says that the engine is gone, and a little later ends the process", async () => {
    const { address, server, sockets } = await engine();
    const exit = jest.fn();
    const signal = watchEngine(address, exit);
    await until(() => sockets.size === 1);
    expect(signal.aborted).toBe(false);
    server.close();
    for (const socket of sockets) socket.destroy();
    await until(() => signal.aborted, 100);
    expect(exit).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(3000);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  test("knows at once that an engine is gone whose connection had lasted: no timer has to pass", async () => {
    const { address, server, sockets } = await engine();
    const signal = watchEngine(address, jest.fn());
    await until(() => sockets.size === 1);
    jest.advanceTimersByTime(600);
    server.close();
    for (const socket of sockets) socket.destroy();
    await until(() => signal.aborted);
  });

  test("knows so within milliseconds of an engine that has taken one more connection while it died", async () => {
    const { address, server, sockets } = await engine();
    const signal = watchEngine(address, jest.fn());
    await until(() => sockets.size === 1);
    jest.advanceTimersByTime(600);
    const [first] = sockets;
    first?.destroy();
    await until(() => sockets.size === 1 && !sockets.has(first as Socket));
    server.close();
    for (const socket of sockets) socket.destroy();
    for (let count = 0; count < 100; count += 1) await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(20);
    await until(() => signal.aborted);
  });

  test("comes again after a connection that the engine closed, and says nothing", async () => {
    const { address, server, sockets } = await engine();
    const exit = jest.fn();
    const signal = watchEngine(address, exit);
    await until(() => sockets.size === 1);
    const [first] = sockets;
    first?.destroy();
    await until(() => sockets.size === 1 && !sockets.has(first as Socket), 100);
    expect(signal.aborted).toBe(false);
    expect(exit).not.toHaveBeenCalled();
    // Ends the watch too, as its next connection is refused.
    server.close();
    for (const socket of sockets) socket.destroy();
    await until(() => signal.aborted, 100);
  });

  test("never takes an engine for gone that has never answered", async () => {
    const { address, server } = await engine();
    await new Promise((resolve) => server.close(resolve));
    const exit = jest.fn();
    const signal = watchEngine(address, exit);
    for (let count = 0; count < 50; count += 1) await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(signal.aborted).toBe(false);
    expect(exit).not.toHaveBeenCalled();
  });
});
