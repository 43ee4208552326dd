import { createPrivateKey, type KeyObject } from "node:crypto";
import * as forge from "node-forge";
import * as der from "./der";

/** What a PKCS#12 file holds: a private key where there is one, and certificates in the file's order. */
export interface Pkcs12Content {
  readonly privateKey: KeyObject | undefined;
  /** DER. */
  readonly certificates: readonly Buffer[];
}

const oids = {
  data: "1.2.840.113549.1.7.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  x509Certificate: "1.2.840.113549.1.9.22.1",
  localKeyId: "1.2.840.113549.1.9.21",
  sha256: "2.16.840.1.101.3.4.2.1",
};

const macIterations = 2000;

/**
 * Writes a PFX (RFC 7292 §4) under an empty password, as a linked secret holds it: the key as PKCS#8 under
 * PBES2 with AES-256, the certificates in clear as they are public, and a MAC over both.
 * node-forge's own writer takes RSA keys only, so that the outer structure is written here.
 */
export function writePkcs12(privateKey: KeyObject | undefined, certificates: readonly Buffer[]): Buffer {
  const keyBags = privateKey === undefined ? [] : [shroudedKeyBag(privateKey)];
  const certificateBags = certificates.map((certificate, index) =>
    certificateBag(certificate, index === 0 && privateKey !== undefined),
  );
  const safe = der.sequence(
    dataContent(der.sequence(...certificateBags)),
    dataContent(der.sequence(...keyBags)),
  );
  return der.sequence(der.integer(3), dataContent(safe), macData(safe));
}

const dataContent = (content: Buffer): Buffer =>
  der.sequence(der.objectIdentifier(oids.data), der.explicit(0, der.octetString(content)));

const localKeyId = der.sequence(
  der.objectIdentifier(oids.localKeyId),
  der.setOf(der.octetString(Buffer.from([1, 0, 0, 0]))),
);

function shroudedKeyBag(privateKey: KeyObject): Buffer {
  const pkcs8 = fromDer(privateKey.export({ type: "pkcs8", format: "der" }));
  const shrouded = forge.pki.encryptPrivateKeyInfo(pkcs8, "", {
    algorithm: "aes256",
    prfAlgorithm: "sha256",
    count: macIterations,
  });
  return bag(oids.shroudedKeyBag, toDer(shrouded), [localKeyId]);
}

function certificateBag(certificate: Buffer, ownsKey: boolean): Buffer {
  const value = der.sequence(
    der.objectIdentifier(oids.x509Certificate),
    der.explicit(0, der.octetString(certificate)),
  );
  return bag(oids.certificateBag, value, ownsKey ? [localKeyId] : []);
}

function bag(oid: string, value: Buffer, attributes: readonly Buffer[]): Buffer {
  const tail = attributes.length === 0 ? [] : [der.setOf(...attributes)];
  return der.sequence(der.objectIdentifier(oid), der.explicit(0, value), ...tail);
}

function macData(safe: Buffer): Buffer {
  const salt = forge.random.getBytesSync(16);
  const key = forge.pkcs12.generateKey(
    "",
    forge.util.createBuffer(salt),
    3,
    macIterations,
    32,
    forge.md.sha256.create(),
  );
  const mac = forge.hmac.create();
  mac.start("sha256", key);
  mac.update(safe.toString("latin1"));
  const digest = der.sequence(
    der.sequence(der.objectIdentifier(oids.sha256), der.nullValue()),
    der.octetString(Buffer.from(mac.digest().getBytes(), "latin1")),
  );
  const iterations = der.integer(Buffer.from([macIterations >> 8, macIterations & 0xff]));
  return der.sequence(digest, der.octetString(Buffer.from(salt, "latin1")), iterations);
}

/**
 * Reads a PFX, also one under the older RC2 and triple-DES ciphers.
 * Gives undefined where the bytes are no PKCS#12 file or the password does not open it.
 */
export function readPkcs12(bytes: Buffer, password: string): Pkcs12Content | undefined {
  try {
    const pfx = forge.pkcs12.pkcs12FromAsn1(fromDer(bytes), false, password);
    const bags = pfx.safeContents.flatMap((content) => content.safeBags);
    const key = bags.find(isKeyBag);
    return {
      privateKey: key === undefined ? undefined : privateKeyOf(key),
      certificates: bags.filter(isCertificateBag).map(certificateOf),
    };
  } catch {
    return undefined;
  }
}

const isKeyBag = (item: forge.pkcs12.Bag): boolean =>
  item.type === forge.pki.oids["pkcs8ShroudedKeyBag"] || item.type === forge.pki.oids["keyBag"];

const isCertificateBag = (item: forge.pkcs12.Bag): boolean => item.type === forge.pki.oids["certBag"];

function privateKeyOf(item: forge.pkcs12.Bag): KeyObject {
  // What node-forge cannot parse it leaves null, whatever its types say. An RSA key comes parsed; any other kind comes as its PrivateKeyInfo, which node:crypto reads.
  const info = !item.key ? item.asn1 : forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(item.key));
  return createPrivateKey({ key: toDer(info), format: "der", type: "pkcs8" });
}

function certificateOf(item: forge.pkcs12.Bag): Buffer {
  return toDer(!item.cert ? item.asn1 : forge.pki.certificateToAsn1(item.cert));
}

const fromDer = (bytes: Buffer): forge.asn1.Asn1 => forge.asn1.fromDer(bytes.toString("latin1"));

const toDer = (value: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(value).getBytes(), "latin1");
