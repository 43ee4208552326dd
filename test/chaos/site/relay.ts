import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before the endpoint that gives out tokens, and remembers each of them: what must be found nowhere else. */
export class IdentityRelay {
  readonly tokens = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(identityEndpoint: string): Promise<IdentityRelay> {
    const server = createServer();
    const relay = new IdentityRelay(server);
    server.on("request", (request, response) => {
      const url = new URL(identityEndpoint);
      url.search = new URL(request.url ?? "/", "http://relay").search;
      const header = String(request.headers["x-identity-header"] ?? "");
      fetch(url, { headers: { "X-IDENTITY-HEADER": header } })
        .then(async (reply) => {
          const text = await reply.text();
          relay.#remember(text);
          response
            .writeHead(reply.status, { "content-type": reply.headers.get("content-type") ?? "text/plain" })
            .end(text);
        })
        // What breaks behind the relay breaks for whoever asked it.
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #remember(text: string): void {
    const [, token] = /"access_token":"([^"]+)"/.exec(text) ?? [];
    if (token !== undefined) this.tokens.add(token);
  }
}
