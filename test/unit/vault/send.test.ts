import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { createSend, type HttpRequest, type SendLimits } from "../../../provider/vault/send";

// A real server: what is tested is what the network does.
describe("createSend", () => {
  let server: Server | undefined;
  let agent: Agent | undefined;

  afterEach(async () => {
    await agent?.destroy();
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  function send(origin: string, request: Partial<HttpRequest> = {}, limits: Partial<SendLimits> = {}) {
    agent = new Agent();
    const all = { headersTimeoutMs: 5000, bodyTimeoutMs: 5000, maxBodyBytes: 1000, ...limits };
    return createSend(agent, all)({ origin, path: "/", method: "GET", headers: {}, ...request });
  }

  test("gives status, headers and text of the reply", async () => {
    const origin = await serve((request, response) => {
      response.writeHead(409, { "X-Two": ["a", "b"], "Content-Type": "text/plain" });
      response.end(
        `${request.method ?? ""} ${request.url ?? ""} ${request.headers["x-one"]?.toString() ?? ""} grün`,
      );
    });
    const outcome = await send(origin, { method: "DELETE", path: "/a?b=c", headers: { "x-one": "1" } });
    expect(outcome).toMatchObject({
      kind: "reply",
      status: 409,
      headers: { "x-two": "a, b", "content-type": "text/plain" },
      text: "DELETE /a?b=c 1 grün",
    });
  });

  test("sends the body", async () => {
    const origin = await serve((request, response) => void request.pipe(response));
    expect(await send(origin, { method: "POST", body: '{"a":1}' })).toMatchObject({ text: '{"a":1}' });
  });

  test("does not follow a redirect", async () => {
    const paths: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { Location: "/elsewhere" }).end();
    });
    expect(await send(origin)).toMatchObject({ kind: "reply", status: 302 });
    expect(paths).toEqual(["/"]);
  });

  test("ends when no reply begins in time", async () => {
    const origin = await serve(() => undefined);
    expect(await send(origin, {}, { headersTimeoutMs: 50 })).toMatchObject({
      kind: "fault",
      fault: "broken",
      reason: "no reply in time (UND_ERR_HEADERS_TIMEOUT)",
    });
  });

  test("ends when a body drips without an end", async () => {
    const origin = await serve((_, response) => {
      const drip = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(await send(origin, {}, { bodyTimeoutMs: 200 })).toMatchObject({
      kind: "fault",
      fault: "broken",
      reason: "the reply did not end in time",
    });
  });

  test("leaves no timer behind that would keep the process alive", async () => {
    const origin = await serve((_, response) => void response.end("done"));
    agent = new Agent();
    const sender = createSend(agent);
    const timersAfter = async () => {
      await sender({ origin, path: "/", method: "GET", headers: {} });
      return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    };
    const first = await timersAfter();
    await timersAfter();
    expect(await timersAfter()).toBeLessThanOrEqual(first);
  });

  test("ends with a body over the limit, and takes one of just the limit", async () => {
    const origin = await serve((request, response) => {
      response.end("x".repeat(Number(request.url?.slice(1))));
    });
    expect(await send(origin, { path: "/1000" })).toMatchObject({ kind: "reply", text: "x".repeat(1000) });
    expect(await send(origin, { path: "/1001" })).toEqual({
      kind: "fault",
      fault: "tooLarge",
      reason: "a reply over 1000 bytes",
    });
  });

  test("calls a connection that breaks in the middle of a body broken", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half", () => response.destroy());
    });
    expect(await send(origin)).toMatchObject({ kind: "fault", fault: "broken" });
  });

  test("calls a refused connection not sent", async () => {
    const origin = await serve(() => undefined);
    server?.close();
    expect(await send(origin)).toMatchObject({
      kind: "fault",
      fault: "notSent",
      reason: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("ends with the reason of the signal", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    const origin = await serve(() => stop.abort(reason));
    expect(await send(origin, { signal: stop.signal })).toMatchObject({
      kind: "fault",
      fault: "aborted",
      cause: reason,
    });
  });
});
