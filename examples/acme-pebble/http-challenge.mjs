import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const prefix = "/.well-known/acme-challenge/";

/**
 * Serves the answers to http-01 challenges while `work` runs (RFC 8555 section 8.3).
 *
 * @template T
 * @param {ReadonlyMap<string, string>} answers key authorisations by token
 * @param {object} options
 * @param {number} options.port
 * @param {string | undefined} options.host default: every address of this machine
 * @param {(message: string) => void} options.say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileServing(answers, { port, host, say }, work) {
  const told = new Set();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const answer = path.startsWith(prefix) ? answers.get(path.slice(prefix.length)) : undefined;
    const outcome = answer === undefined ? "not found" : "answered";
    const event = `asked for http://${request.headers.host}${path}: ${outcome}`;
    // A CA asks from several places.
    if (!told.has(event)) say(event);
    told.add(event);
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/octet-stream" });
    response.end(answer);
  });
  await listen(server, { port, host, say });
  try {
    return await work();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/**
 * A `pulumi up` with several certificates runs several of these scripts at once, and only one can have the port: the others wait for it,
 * as long as the `timeoutSeconds` of their signer allow.
 *
 * @param {import("node:http").Server} server
 * @param {{ port: number, host: string | undefined, say: (message: string) => void }} options
 */
async function listen(server, { port, host, say }) {
  for (let isFirst = true; ; isFirst = false) {
    try {
      server.listen({ port, host });
      await once(server, "listening");
      return;
    } catch (error) {
      if (error.code !== "EADDRINUSE") throw error;
      if (isFirst) say(`waits for port ${port}, which another process has`);
    }
    await pause(200);
  }
}
