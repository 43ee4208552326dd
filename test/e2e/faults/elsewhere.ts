import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that is no vault, and whom nobody has a reason to call. */
export class Elsewhere {
  /** What reached it: `GET /path`, and the headers. */
  readonly calls: string[] = [];

  private constructor(private readonly server: Server) {
    server.on("request", ({ method, url, headers }, response) => {
      this.calls.push(`${method ?? ""} ${url ?? ""} ${JSON.stringify(headers)}`);
      response.end("{}");
    });
  }

  static async start(): Promise<Elsewhere> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new Elsewhere(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }
}
