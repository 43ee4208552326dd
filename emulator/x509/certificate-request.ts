import * as der from "./der";
import { encodeName, type DistinguishedName } from "./distinguished-name";
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  type AlternativeNames,
} from "./extensions";
import { signed, subjectPublicKeyInfo, type KeyPair } from "./keys";

/** What a certificate is asked to say about its holder. */
export interface Subject {
  /** Empty where the policy names no subject. */
  readonly name: DistinguishedName;
  readonly alternativeNames: AlternativeNames;
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly string[];
  readonly ca: boolean;
}

const extensionRequest = "1.2.840.113549.1.9.14";

/**
 * A CertificationRequest (RFC 2986 §4), DER, with the one attribute that the service writes: extensionRequest
 * (RFC 2985 §5.4.2) holding KeyUsage, ExtendedKeyUsage, SubjectAltName and BasicConstraints in this order.
 */
export function certificateRequest(subject: Subject, key: KeyPair): Buffer {
  const extensions = present([
    keyUsage(subject.keyUsage),
    extendedKeyUsage(subject.extendedKeyUsage),
    subjectAlternativeName(subject.alternativeNames, subject.name.length === 0),
    basicConstraints(subject.ca),
  ]);
  const attribute = der.sequence(
    der.objectIdentifier(extensionRequest),
    der.setOf(der.sequence(...extensions)),
  );
  const info = der.sequence(
    der.integer(0),
    encodeName(subject.name),
    subjectPublicKeyInfo(key.publicKey),
    der.explicit(0, attribute),
  );
  return signed(info, key.privateKey);
}

export const present = (extensions: readonly (Buffer | undefined)[]): Buffer[] =>
  extensions.filter((extension) => extension !== undefined);
