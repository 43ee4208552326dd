import { randomBytes } from "node:crypto";
import { issueCertificate, type Signer, type Validity } from "./certificate";
import type { Subject } from "./certificate-request";
import { parseDistinguishedName, type DistinguishedName } from "./distinguished-name";
import { generateKey, type KeySpecification } from "./keys";

/** A certification authority: what it signs with, and the certificates that lead from it to its root. */
export interface Authority {
  readonly signer: Signer;
  /** DER, from the signer's own certificate up to the root. */
  readonly chain: readonly Buffer[];
}

const validity: Validity = {
  notBefore: Date.UTC(2020, 0, 1),
  // RFC 5280 §4.1.2.5: the value that stands for "no expiry". A leaf may be asked for up to 100 years.
  notAfter: Date.UTC(9999, 11, 31, 23, 59, 59),
};

const authoritySubject = (name: DistinguishedName): Subject => ({
  name,
  alternativeNames: {},
  keyUsage: ["digitalSignature", "keyCertSign", "cRLSign"],
  extendedKeyUsage: [],
  ca: true,
});

/** A serial number as the service writes it: 16 octets, positive without a sign octet. */
export function newSerialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes;
}

/** Makes a root that signs itself. */
export async function createRoot(commonName: string, key: KeySpecification): Promise<Authority> {
  const name = nameOf(commonName);
  const pair = await generateKey(key);
  const signer = { name, ...pair };
  const certificate = issueCertificate(
    authoritySubject(name),
    { publicKey: pair.publicKey, validity, serialNumber: newSerialNumber() },
    signer,
  );
  return { signer, chain: [certificate] };
}

/** Makes an authority below another one. */
export async function createIntermediate(
  commonName: string,
  key: KeySpecification,
  parent: Authority,
): Promise<Authority> {
  const name = nameOf(commonName);
  const pair = await generateKey(key);
  const certificate = issueCertificate(
    authoritySubject(name),
    { publicKey: pair.publicKey, validity, serialNumber: newSerialNumber() },
    parent.signer,
  );
  return { signer: { name, ...pair }, chain: [certificate, ...parent.chain] };
}

function nameOf(commonName: string): DistinguishedName {
  const name = parseDistinguishedName(`CN="${commonName}", O=Key Vault Certificates Emulator`);
  if (name === undefined) throw new RangeError(`"${commonName}" cannot be written as a common name`);
  return name;
}
