import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

const headerLength = 12;
const typeA = 1;

/**
 * A DNS server on loopback for which every name is this machine: an ACME CA asks it where to look for the answer to a challenge. On one
 * port by UDP, as Pebble 2.4 asks, and by TCP, as 2.10 does.
 */
export class LoopbackDns {
  private constructor(
    private readonly tcp: Server,
    private readonly udp: Socket,
  ) {}

  static async start(): Promise<LoopbackDns> {
    const tcp = createServer((connection) => {
      let received = Buffer.alloc(0);
      connection.on("error", () => undefined);
      connection.on("data", (part) => {
        received = Buffer.concat([received, Buffer.from(part)]);
        const end = received.length < 2 ? Infinity : 2 + received.readUInt16BE();
        if (received.length >= end) connection.end(withLength(answer(received.subarray(2, end))));
      });
    }).listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const udp = createSocket("udp4", (query, { port, address }) => {
      udp.send(answer(query), port, address);
    });
    udp.bind((tcp.address() as AddressInfo).port, "127.0.0.1");
    await once(udp, "listening");
    return new LoopbackDns(tcp, udp);
  }

  /** `127.0.0.1:12345` */
  get address(): string {
    const { address, port } = this.udp.address();
    return `${address}:${port}`;
  }

  async close(): Promise<void> {
    await Promise.all([once(this.tcp.close(), "close"), once(this.udp.close(), "close")]);
  }
}

/** Over TCP a message stands behind its length (RFC 1035 section 4.2.2). */
function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** A query for an IPv4 address gets 127.0.0.1; any other gets no record, which is not an error (RFC 1035 section 4.1). */
function answer(query: Buffer): Buffer {
  const endOfName = query.indexOf(0, headerLength) + 1;
  const question = query.subarray(headerLength, endOfName + 4);
  const isForAddress = query.readUInt16BE(endOfName) === typeA;
  const header = Buffer.alloc(headerLength);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580, 2); // an authoritative answer, and recursion is there for those who ask for it
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isForAddress ? 1 : 0, 6);
  // The name of the question, type A, class IN, kept for no time, four bytes.
  const record = Buffer.from("c00c00010001000000000004" + "7f000001", "hex");
  return Buffer.concat(isForAddress ? [header, question, record] : [header, question]);
}
