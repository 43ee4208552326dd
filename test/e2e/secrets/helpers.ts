import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (request: IncomingMessage, body: string) => Promise<string>;

/** A server on loopback that answers every call by a function of it. */
export class Helper {
  private constructor(private readonly server: Server) {}

  static async start(answer: Answer): Promise<Helper> {
    const server = createServer((request, response) => {
      void bodyOf(request)
        .then((body) => answer(request, body))
        .then((text) => response.end(text));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new Helper(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray();
  return Buffer.concat(chunks as Buffer[]).toString("utf8");
}

/**
 * The identity endpoint, and the tokens that it has given out: the emulator keeps them to itself.
 *
 * @param endpoint the emulator's
 */
export async function overheardIdentity(endpoint: string): Promise<{ helper: Helper; tokens: string[] }> {
  const tokens: string[] = [];
  const helper = await Helper.start(async ({ url, headers }) => {
    const reply = await fetch(new URL(url?.replace(/^\/[^?]*/, "") ?? "", endpoint), {
      headers: { "X-IDENTITY-HEADER": String(headers["x-identity-header"]) },
    });
    const text = await reply.text();
    tokens.push((JSON.parse(text) as { access_token: string }).access_token);
    return text;
  });
  return { helper, tokens };
}
