import { createHash, generateKeyPair, sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import * as der from "./der";

export type Curve = "P-256" | "P-384" | "P-521" | "P-256K";

export type KeySpecification =
  | { readonly kind: "RSA"; readonly size: 2048 | 3072 | 4096 }
  | { readonly kind: "EC"; readonly curve: Curve };

/** A private key and its public half. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const namedCurves: Readonly<Record<Curve, string>> = {
  "P-256": "prime256v1",
  "P-384": "secp384r1",
  "P-521": "secp521r1",
  "P-256K": "secp256k1",
};

const generate = promisify(generateKeyPair);

/** Makes a key on the thread pool, so that a 4096-bit RSA key does not hold up other requests. */
export function generateKey(specification: KeySpecification): Promise<KeyPair> {
  return specification.kind === "RSA"
    ? generate("rsa", { modulusLength: specification.size })
    : generate("ec", { namedCurve: namedCurves[specification.curve] });
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), DER. */
export const subjectPublicKeyInfo = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** The key identifier of RFC 5280 §4.2.1.2 method 1: SHA-1 of the public key's bits, without tag and length. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha1").update(publicKeyBits(publicKey)).digest();
}

/** The content of the BIT STRING that ends a SubjectPublicKeyInfo. */
function publicKeyBits(publicKey: KeyObject): Buffer {
  const jwk = publicKey.export({ format: "jwk" });
  const part = (name: "x" | "y" | "n" | "e"): Buffer => Buffer.from(jwk[name] ?? "", "base64url");
  return jwk.kty === "EC"
    ? Buffer.concat([Buffer.from([4]), part("x"), part("y")])
    : der.sequence(der.integer(part("n")), der.integer(part("e")));
}

interface SignatureScheme {
  readonly hash: string;
  readonly algorithmIdentifier: Buffer;
}

const ecdsa = (oid: string, hash: string): SignatureScheme => ({
  hash,
  algorithmIdentifier: der.sequence(der.objectIdentifier(oid)),
});

const ecdsaWithSha256 = ecdsa("1.2.840.10045.4.3.2", "sha256");

const ecdsaSchemes: Readonly<Record<string, SignatureScheme>> = {
  secp384r1: ecdsa("1.2.840.10045.4.3.3", "sha384"),
  secp521r1: ecdsa("1.2.840.10045.4.3.4", "sha512"),
};

const rsaWithSha256: SignatureScheme = {
  hash: "sha256",
  algorithmIdentifier: der.sequence(der.objectIdentifier("1.2.840.113549.1.1.11"), der.nullValue()),
};

/** The scheme that the service signs with: sha256WithRSAEncryption, or ECDSA with the hash of the curve's size. */
export function signatureScheme(key: KeyObject): SignatureScheme {
  if (key.asymmetricKeyType === "rsa") return rsaWithSha256;
  return ecdsaSchemes[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? ecdsaWithSha256;
}

/** A SIGNED value (X.509 §7): the content, its algorithm and the signature, as one SEQUENCE. */
export function signed(content: Buffer, key: KeyObject): Buffer {
  const { hash, algorithmIdentifier } = signatureScheme(key);
  return der.sequence(content, algorithmIdentifier, der.bitString(sign(hash, content, key)));
}

/** Whether a key is of the kind and size asked for. */
export function matchesSpecification(key: KeyObject, specification: KeySpecification): boolean {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return specification.kind === "RSA"
    ? modulusLength === specification.size
    : namedCurve === namedCurves[specification.curve];
}
