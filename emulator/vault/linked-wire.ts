import { toPem } from "../x509/pem";
import { writePkcs12 } from "../x509/pkcs12";
import type { CertificateRecord, Version } from "./certificate";
import { pemFile } from "./policy";
import { optional, type Wire } from "./wire";

/** The linked secret: a PFX in base64 under an empty password, or PEM; the key only if it is exportable. */
export function secretBundle(wire: Wire, { name }: CertificateRecord, version: Version): object {
  const key = version.exportable ? version.key.privateKey : undefined;
  const pem = [
    ...(key === undefined ? [] : [key.export({ type: "pkcs8", format: "pem" }).toString()]),
    ...version.chain.map((certificate) => toPem("CERTIFICATE", certificate)),
  ].join("");
  return {
    value: version.contentType === pemFile ? pem : writePkcs12(key, version.chain).toString("base64"),
    contentType: version.contentType,
    id: `${wire.url}/secrets/${name}/${version.id}`,
    managed: true,
    attributes: wire.attributes(version),
    ...optional("tags", version.tags),
    kid: `${wire.url}/keys/${name}/${version.id}`,
  };
}

/** The public half of the linked key, as a JWK. */
export function keyBundle(wire: Wire, { name }: CertificateRecord, version: Version): object {
  const { kty, n, e, crv, x, y } = version.key.publicKey.export({ format: "jwk" });
  const parameters = kty === "RSA" ? { n, e } : { crv: crv === "secp256k1" ? "P-256K" : crv, x, y };
  return {
    key: {
      kid: `${wire.url}/keys/${name}/${version.id}`,
      kty,
      key_ops: keyOperations(version.keyUsage),
      ...parameters,
    },
    attributes: wire.attributes(version),
    ...optional("tags", version.tags),
    managed: true,
  };
}

const operationsByUsage: Readonly<Record<string, readonly string[]>> = {
  digitalsignature: ["sign", "verify"],
  keyencipherment: ["wrapKey", "unwrapKey"],
  dataencipherment: ["encrypt", "decrypt"],
};

const keyOperations = (usages: readonly string[]): string[] => [
  ...new Set(usages.flatMap((usage) => operationsByUsage[usage.toLowerCase()] ?? [])),
];
