import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createRoot, newSerialNumber } from "../x509/authority";
import { issueCertificate } from "../x509/certificate";
import { generateKey } from "../x509/keys";
import { toPem } from "../x509/pem";

export interface Listener {
  readonly port: number;
  /** The CA of the listener's own certificate, when it speaks HTTPS. */
  readonly caCertificatePem: string | undefined;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly https: boolean;
}

/** Longer than clients keep idle connections, so that none is closed under a request that is just being sent. */
const keepAliveTimeout = 65_000;

/** Starts to listen. Closing ends open connections too. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listener> {
  const tls = options.https ? await serverCertificate(options.host) : undefined;
  const server = tls === undefined ? createHttpServer(handler) : createHttpsServer(tls, handler);
  server.keepAliveTimeout = keepAliveTimeout;
  await started(server, options);
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return { port, caCertificatePem: tls?.ca, close: () => stopped(server) };
}

function started(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const day = 24 * 60 * 60 * 1000;

/** A certificate from a CA of its own, for the loopback names and for a hosts file that maps a real vault's name. */
async function serverCertificate(host: string): Promise<{ key: string; cert: string; ca: string }> {
  const root = await createRoot("Emulator Listener CA", { kind: "EC", curve: "P-256" });
  const key = await generateKey({ kind: "EC", curve: "P-256" });
  const dnsNames = ["localhost", "*.vault.azure.net"];
  if (/[a-z]/i.test(host) && !host.includes(":") && host !== "localhost") dnsNames.push(host);
  const certificate = issueCertificate(
    {
      name: [[{ type: "2.5.4.3", value: "Key Vault Certificates Emulator" }]],
      alternativeNames: { dnsNames, ipAddresses: ["127.0.0.1", "::1"] },
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
      ca: false,
    },
    {
      publicKey: key.publicKey,
      // The clients' clock counts here, not that of the vault.
      validity: { notBefore: Date.now() - day, notAfter: Date.now() + 365 * day },
      serialNumber: newSerialNumber(),
    },
    root.signer,
  );
  const ca = root.chain.map((item) => toPem("CERTIFICATE", item)).join("");
  return {
    key: key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: toPem("CERTIFICATE", certificate) + ca,
    ca,
  };
}
