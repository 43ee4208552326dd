import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import {
  makeCertificate,
  makeCsr,
  makeFamily,
  makeKeys,
  type Family,
  type Party,
  signCsr,
} from "../authority";
import { openssl, pem } from "../openssl";

const subject = "CN=mangled.example";
const names = [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "mangled.example" }])];

/** Authorities that sign, and things that people paste beside a chain. Made once: what is of one request is in `Leaves`. */
export interface Cast {
  readonly family: Family;
  readonly others: Readonly<Record<Other, Buffer>>;
  /** Text as it is in a file. */
  readonly texts: Readonly<Record<Foreign, string>>;
  readonly signers: { readonly expired: Party; readonly future: Party; readonly noCa: Party };
  /** What is secret of the keys among `texts`: numbers and ciphertexts, without the structure around them that every key has. */
  readonly secrets: readonly Buffer[];
}

export type Other =
  | "issuing"
  | "policy"
  | "root"
  | "crossed"
  | "secondGeneration"
  | "expiredCa"
  | "futureCa"
  | "noCa"
  | "strangerRoot"
  | "strangerIssuing"
  | "strangerLeaf";

export const foreign = [
  "rsaKey",
  "rsaKeyPkcs1",
  "encryptedKey",
  "ecKey",
  "ecKeySec1",
  "jwk",
  "keyInJson",
  "pfx",
  "pfxBase64",
  "html",
  "json",
  "request",
  "publicKey",
  "crl",
  "words",
  "nothing",
] as const;

export type Foreign = (typeof foreign)[number];

/** What the authorities of the cast make of one CSR. */
export const leafNames = [
  "leaf",
  "leafExpired",
  "leafFuture",
  "leafOfExpiredCa",
  "leafOfFutureCa",
  "leafOfNoCa",
  "leafOfRoot",
  "leafOfOtherNames",
  "leafAsCa",
] as const;

export type LeafName = (typeof leafNames)[number];
export type Leaves = Partial<Record<LeafName, Buffer>>;

type Signing = Parameters<typeof signCsr>[1];

/** The vault of these tests goes by the clock of the machine. */
const at = Math.floor(Date.now() / 1000);

export async function makeCast(): Promise<Cast> {
  const family = await makeFamily("Mangled", "P-256", at);
  const stranger = await makeFamily("Stranger", "P-256", at);
  const { root, policy, issuing } = family;
  const authority = async (options: Partial<Parameters<typeof makeCertificate>[0]>): Promise<Party> =>
    makeCertificate({
      subject: "CN=Mangled CA",
      keys: await makeKeys(),
      issuer: policy,
      ca: true,
      at,
      ...options,
    });
  const signers = {
    expired: await authority({ subject: "CN=Expired CA", from: -30, to: -1 }),
    future: await authority({ subject: "CN=Future CA", from: 1, to: 30 }),
    noCa: await authority({ subject: "CN=No CA", ca: false }),
  };
  const crossed = await authority({ subject: root.subject, keys: root.keys, issuer: stranger.root });
  const secondGeneration = await authority({ subject: issuing.subject });
  return {
    family,
    signers,
    others: {
      issuing: issuing.der,
      policy: policy.der,
      root: root.der,
      crossed: crossed.der,
      secondGeneration: secondGeneration.der,
      expiredCa: signers.expired.der,
      futureCa: signers.future.der,
      noCa: signers.noCa.der,
      strangerRoot: stranger.root.der,
      strangerIssuing: stranger.issuing.der,
      strangerLeaf: stranger.leaf.der,
    },
    ...(await makeForeign(family, stranger)),
  };
}

async function makeForeign(family: Family, stranger: Family): Promise<Pick<Cast, "texts" | "secrets">> {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = {
    rsa: rsa.privateKey.export({ type: "pkcs8", format: "der" }),
    pkcs1: rsa.privateKey.export({ type: "pkcs1", format: "der" }),
    encrypted: ec.privateKey.export({
      type: "pkcs8",
      format: "der",
      cipher: "aes-256-cbc",
      passphrase: randomBytes(9).toString("hex"),
    }),
    ec: ec.privateKey.export({ type: "pkcs8", format: "der" }),
    sec1: ec.privateKey.export({ type: "sec1", format: "der" }),
  };
  const pfx = openssl(["pkcs12", "-export", "-inkey", "key", "-in", "cert", "-passout", "pass:"], {
    key: stranger.leaf.keys.node.export({ type: "pkcs8", format: "pem" }),
    cert: pem("CERTIFICATE", stranger.leaf.der),
  });
  const jwk = ec.privateKey.export({ format: "jwk" });
  const csr = Buffer.from(await makeCsr(stranger.leaf.keys, subject), "base64");
  return {
    secrets: [
      ...numbers(rsa.privateKey),
      ...numbers(ec.privateKey),
      der.encrypted.subarray(-96),
      pfx.subarray(pfx.length * 0.4, pfx.length * 0.6),
    ],
    texts: {
      rsaKey: pem("PRIVATE KEY", der.rsa),
      rsaKeyPkcs1: pem("RSA PRIVATE KEY", der.pkcs1),
      encryptedKey: pem("ENCRYPTED PRIVATE KEY", der.encrypted),
      ecKey: pem("PRIVATE KEY", der.ec),
      ecKeySec1: pem("EC PRIVATE KEY", der.sec1),
      jwk: JSON.stringify(jwk),
      keyInJson: JSON.stringify({ key: der.ec.toString("base64") }),
      pfx: pem("PKCS12", pfx),
      pfxBase64: pfx.toString("base64"),
      html: "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Your session has ended.</body></html>\n",
      json: '{"error":{"code":"NotFound","message":"order 4711 is not issued yet"}}\n',
      request: pem("CERTIFICATE REQUEST", csr),
      publicKey: String(ec.publicKey.export({ type: "spki", format: "pem" })),
      crl: revocationList(family.root),
      words: "Dear customer, please find your certificate attached.\n",
      nothing: " \r\n",
    },
  };
}

function numbers(key: KeyObject): Buffer[] {
  const { d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
  return [d, p, q, dp, dq, qi].filter((one) => one !== undefined).map((one) => Buffer.from(one, "base64url"));
}

function revocationList(authority: Party): string {
  return openssl(["ca", "-gencrl", "-config", "config", "-keyfile", "key", "-cert", "ca", "-crldays", "5"], {
    config: "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n",
    index: "",
    key: authority.keys.node.export({ type: "pkcs8", format: "pem" }),
    ca: pem("CERTIFICATE", authority.der),
  }).toString();
}

/** Signs the leaves that are named, each once. */
export async function signLeaves(
  csr: string,
  { family: { issuing, root }, signers }: Cast,
  leaves: readonly LeafName[],
): Promise<Leaves> {
  const how: Readonly<Record<LeafName, Partial<Signing>>> = {
    leaf: {},
    leafExpired: { from: -20, to: -2 },
    leafFuture: { from: 2, to: 20 },
    leafOfExpiredCa: { issuer: signers.expired },
    leafOfFutureCa: { issuer: signers.future },
    leafOfNoCa: { issuer: signers.noCa },
    leafOfRoot: { issuer: root },
    leafOfOtherNames: { subject: "CN=other.example", extensions: [] },
    leafAsCa: { ca: true },
  };
  const made: Leaves = {};
  for (const leaf of new Set(leaves)) {
    made[leaf] = await signCsr(csr, { subject, issuer: issuing, at, extensions: names, ...how[leaf] });
  }
  return made;
}
