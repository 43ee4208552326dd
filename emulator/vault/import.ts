import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { pemBlocks } from "../x509/pem";
import { readPkcs12 } from "../x509/pkcs12";
import type { CertificateRecord, Version } from "./certificate";
import { requireAvailable, requireIssuer } from "./create";
import { refusals } from "./errors";
import { derivedPolicy } from "./imported-policy";
import { pemFile, type Policy } from "./policy";
import { patchPolicy } from "./policy-reading";
import { Members, readSettings, requireName, type JsonObject } from "./request";
import { withVersion } from "./transitions";
import { validityOf, type Vault } from "./vault";

/** What an import brings: the key, and its certificate first among the others. */
interface Material {
  readonly privateKey: KeyObject;
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

/** Takes in a certificate with its key, as a new version without a pending request. */
export function importCertificate(vault: Vault, name: string, body: JsonObject): CertificateRecord {
  requireName(name);
  const settings = readSettings(body);
  const members = new Members(body, () => refusals.invalidProperty(""));
  const value = members.text("value");
  if (value === undefined) throw refusals.invalidProperty("value");
  const asked = members.object("policy");
  const contentType = requestedContentType(asked);
  const material = contentType === pemFile ? fromPem(value) : fromPkcs12(value, members.text("pwd") ?? "");
  const [leaf] = material.chain;
  if (leaf.validToDate.getTime() <= vault.now()) throw refusals.expiredCertificate();
  const stored = requireAvailable(vault, name);
  const policy = importedPolicy(vault, { material, contentType, asked, stored });
  requireIssuer(vault, policy.issuer.name);
  const version: Version = {
    ...versionOf(material, policy),
    id: vault.newId(),
    enabled: settings.enabled ?? true,
    tags: settings.tags,
    preserveCertOrder: members.flag("preserveCertOrder"),
    times: { ...validityOf(leaf.raw), created: vault.seconds(), updated: vault.seconds() },
  };
  const empty = {
    versions: [],
    placeholder: undefined,
    operation: undefined,
    deletion: undefined,
    recoveredAt: undefined,
  };
  const record: CertificateRecord = { ...(stored ?? { name, ...empty }), policy };
  return vault.save(withVersion(record, version, false));
}

/** A policy that is sent has to name its content type. */
function requestedContentType(policy: JsonObject | undefined): string | undefined {
  if (policy === undefined) return undefined;
  const refuse = () => refusals.invalidProperty("policy");
  const properties = new Members(policy, refuse).object("secret_props");
  const type = new Members(properties ?? {}, refuse).text("contentType");
  if (type === undefined) throw refuse();
  return type;
}

function importedPolicy(
  vault: Vault,
  source: {
    material: Material;
    contentType: string | undefined;
    asked: JsonObject | undefined;
    stored: CertificateRecord | undefined;
  },
): Policy {
  const { material, contentType, asked, stored } = source;
  const now = vault.seconds();
  const created = stored?.policy.attributes.created ?? now;
  const derived = derivedPolicy(material.chain[0], contentType, { created, updated: now });
  return asked === undefined ? derived : patchPolicy(derived, asked, now);
}

function versionOf({ privateKey, chain }: Material, policy: Policy) {
  return {
    certificate: chain[0].raw,
    chain: chain.map(({ raw }) => raw),
    key: { privateKey, publicKey: createPublicKey(privateKey) },
    exportable: policy.key_props.exportable,
    contentType: policy.secret_props.contentType,
    keyUsage: policy.x509_props.key_usage,
  };
}

function fromPkcs12(value: string, password: string): Material {
  const content = readPkcs12(Buffer.from(value, "base64"), password);
  if (content?.privateKey === undefined) throw refusals.unreadablePkcs12();
  return material(content.privateKey, content.certificates);
}

/** A PEM comes as its text, with a PKCS#8 key that is not encrypted. */
function fromPem(value: string): Material {
  const blocks = pemBlocks(value);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ bytes }) => bytes);
  const key = blocks.find(({ label }) => label === "PRIVATE KEY");
  if (certificates.length === 0) throw refusals.unreadablePem();
  if (key === undefined) throw refusals.pemWithoutKey();
  try {
    const privateKey = createPrivateKey({ key: key.bytes, format: "der", type: "pkcs8" });
    return material(privateKey, certificates);
  } catch {
    throw refusals.unreadablePem();
  }
}

function material(privateKey: KeyObject, certificates: readonly Buffer[]): Material {
  const parsed = certificates.map((bytes) => new X509Certificate(bytes));
  const leaf = parsed.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (leaf === undefined) throw refusals.publicKeyMismatch();
  return { privateKey, chain: [leaf, ...parsed.filter((certificate) => certificate !== leaf)] };
}
