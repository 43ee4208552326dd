import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** What a public key is, in Key Vault's words. */
export interface PublicKeyInfo {
  /** `other`: a key that Key Vault does not make, such as Ed25519, and that a CA may have. */
  keyType: "RSA" | "EC" | "other";
  /** Bits of the modulus, or of the curve's field. */
  keySize?: number;
  /** Of EC keys on a curve that Key Vault knows. */
  keyCurveName?: "P-256" | "P-384" | "P-521" | "P-256K";
  /** SHA-256 of the SubjectPublicKeyInfo in DER, upper-case hexadecimal. Equal exactly for equal keys. */
  spkiSha256: string;
}

/** Curves under the names that OpenSSL gives them. */
const curves: Readonly<
  Record<string, { readonly name: NonNullable<PublicKeyInfo["keyCurveName"]>; readonly size: number }>
> = {
  prime256v1: { name: "P-256", size: 256 },
  secp384r1: { name: "P-384", size: 384 },
  secp521r1: { name: "P-521", size: 521 },
  secp256k1: { name: "P-256K", size: 256 },
};

/** Reads a SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). Throws where OpenSSL cannot. */
export function readPublicKey(spki: Uint8Array): PublicKeyInfo {
  return describePublicKey(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
}

/** What a key is. The hash is taken of the key in one spelling, whatever the certificate's is. */
export function describePublicKey(key: KeyObject): PublicKeyInfo {
  const spki = canonical(key).export({ format: "der", type: "spki" });
  const spkiSha256 = createHash("sha256").update(spki).digest("hex").toUpperCase();
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength !== undefined) {
    return { keyType: "RSA", keySize: modulusLength, spkiSha256 };
  }
  if (key.asymmetricKeyType !== "ec") return { keyType: "other", spkiSha256 };
  const curve = namedCurve === undefined ? undefined : curves[namedCurve];
  return { keyType: "EC", ...(curve && { keySize: curve.size, keyCurveName: curve.name }), spkiSha256 };
}

/** OpenSSL writes a point as it has read it, compressed or not (RFC 5480 §2.2); a JWK has its two coordinates. */
function canonical(key: KeyObject): KeyObject {
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== "ec" || namedCurve === undefined || !(namedCurve in curves)) return key;
  return createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
}
