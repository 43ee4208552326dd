import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { generateKeyPairSync, type KeyObject, webcrypto } from "node:crypto";

/** The moment at which the tests look at certificates: 2026-01-01T00:00:00Z, in Unix seconds. */
export const now = Date.UTC(2026, 0, 1) / 1000;
export const day = 86_400;

export type KeyKind = "RSA" | "P-256" | "P-384";

export interface Keys {
  readonly kind: KeyKind;
  readonly publicKey: webcrypto.CryptoKey;
  readonly privateKey: webcrypto.CryptoKey;
  readonly node: KeyObject;
}

/** A party with a name and a key, and, where one signed for it, a certificate. */
export interface Party {
  readonly subject: string;
  readonly keys: Keys;
  readonly der: Buffer;
}

export interface CertificateOptions extends CertificateContent {
  readonly keys: Keys;
}

interface CertificateContent {
  readonly subject: string;
  /** Absent: self-signed. */
  readonly issuer?: Party;
  readonly ca?: boolean;
  /** The moment from which days are counted, in Unix seconds. Default: `now`. */
  readonly at?: number;
  /** Days. */
  readonly from?: number;
  readonly to?: number;
  readonly extensions?: readonly x509.Extension[];
  /** Leaves out both key identifiers, so that only names link. */
  readonly withoutKeyIds?: boolean;
}

const algorithms = {
  RSA: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  "P-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
} as const;

export async function makeKeys(kind: KeyKind = "P-256"): Promise<Keys> {
  const pair =
    kind === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: kind });
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const { subtle } = webcrypto;
  return {
    kind,
    node: pair.privateKey,
    privateKey: await subtle.importKey("pkcs8", pkcs8, algorithms[kind], true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, algorithms[kind], true, ["verify"]),
  };
}

let serial = 0x1000;

export async function makeCertificate(options: CertificateOptions): Promise<Party> {
  const { subject, keys, issuer } = options;
  const der = await sign(options, keys.publicKey, {
    keys: issuer?.keys ?? keys,
    subject: issuer?.subject ?? subject,
  });
  return { subject, keys, der };
}

/** Signs what a CSR asks for, and no more of it than its key: DER. */
export async function signCsr(
  csr: string,
  options: CertificateContent & { readonly issuer: Party },
): Promise<Buffer> {
  const { publicKey } = new x509.Pkcs10CertificateRequest(csr);
  return sign(options, publicKey, options.issuer);
}

async function sign(
  options: CertificateContent,
  publicKey: webcrypto.CryptoKey | x509.PublicKey,
  signer: Pick<Party, "subject" | "keys">,
): Promise<Buffer> {
  const { subject, ca = false, at = now, from = -1, to = 90 } = options;
  serial += 1;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16),
    subject,
    issuer: signer.subject,
    notBefore: new Date((at + from * day) * 1000),
    notAfter: new Date((at + to * day) * 1000),
    publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: algorithms[signer.keys.kind],
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      ...(options.withoutKeyIds === true
        ? []
        : [
            await x509.SubjectKeyIdentifierExtension.create(publicKey),
            await x509.AuthorityKeyIdentifierExtension.create(signer.keys.publicKey),
          ]),
      ...(options.extensions ?? []),
    ],
  });
  return Buffer.from(certificate.rawData);
}

/** A CSR as Key Vault gives it: DER in base64. */
export async function makeCsr(
  keys: Keys,
  subject: string,
  extensions: x509.Extension[] = [],
): Promise<string> {
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys: { publicKey: keys.publicKey, privateKey: keys.privateKey },
    signingAlgorithm: algorithms[keys.kind],
    extensions,
  });
  return Buffer.from(csr.rawData).toString("base64");
}

/** Root, policy CA, issuing CA and a leaf, each signed by the one before. */
export interface Family {
  readonly root: Party;
  readonly policy: Party;
  readonly issuing: Party;
  readonly leaf: Party;
}

export async function makeFamily(label: string, leafKind: KeyKind = "P-256", at = now): Promise<Family> {
  const root = await makeCertificate({
    subject: `CN=${label} Root`,
    keys: await makeKeys("P-384"),
    ca: true,
    at,
    to: 3650,
  });
  const policy = await makeCertificate({
    subject: `CN=${label} Policy CA`,
    keys: await makeKeys("RSA"),
    issuer: root,
    ca: true,
    at,
    to: 1825,
  });
  const issuing = await makeCertificate({
    subject: `CN=${label} Issuing CA`,
    keys: await makeKeys("P-256"),
    issuer: policy,
    ca: true,
    at,
    to: 900,
  });
  const leaf = await makeCertificate({
    subject: `CN=${label.toLowerCase()}.example`,
    keys: await makeKeys(leafKind),
    issuer: issuing,
    at,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: `${label.toLowerCase()}.example` }]),
    ],
  });
  return { root, policy, issuing, leaf };
}
