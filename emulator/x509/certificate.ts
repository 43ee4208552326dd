import type { KeyObject } from "node:crypto";
import * as der from "./der";
import { encodeName, type DistinguishedName } from "./distinguished-name";
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from "./extensions";
import { keyIdentifier, signatureScheme, signed, subjectPublicKeyInfo } from "./keys";
import { present, type Subject } from "./certificate-request";

/** Who signs: for a self-signed certificate the subject's own name and key. */
export interface Signer {
  readonly name: DistinguishedName;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** From when to when, in milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What is the certificate's own, beside its subject and its signer. */
export interface Issuance {
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  /** 16 octets. */
  readonly serialNumber: Buffer;
}

/**
 * A Certificate (RFC 5280 §4.1), DER, with the extensions of the service in its order: KeyUsage,
 * BasicConstraints, ExtendedKeyUsage, SubjectAltName, AuthorityKeyIdentifier, SubjectKeyIdentifier.
 */
export function issueCertificate(subject: Subject, issuance: Issuance, signer: Signer): Buffer {
  const extensions = present([
    keyUsage(subject.keyUsage),
    basicConstraints(subject.ca),
    extendedKeyUsage(subject.extendedKeyUsage),
    subjectAlternativeName(subject.alternativeNames, subject.name.length === 0),
    authorityKeyIdentifier(keyIdentifier(signer.publicKey)),
    subjectKeyIdentifier(keyIdentifier(issuance.publicKey)),
  ]);
  const content = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(issuance.serialNumber),
    signatureScheme(signer.privateKey).algorithmIdentifier,
    encodeName(signer.name),
    der.sequence(der.time(issuance.validity.notBefore), der.time(issuance.validity.notAfter)),
    encodeName(subject.name),
    subjectPublicKeyInfo(issuance.publicKey),
    der.explicit(3, der.sequence(...extensions)),
  );
  return signed(content, signer.privateKey);
}

const tenMinutes = 10 * 60 * 1000;

/**
 * The validity that the service gives: it starts ten minutes before the issuance and ends whole calendar months
 * after it, on the last day of a shorter month. Whole seconds.
 */
export function serviceValidity(issuedAt: number, months: number): Validity {
  const issued = new Date(Math.floor(issuedAt / 1000) * 1000);
  const end = new Date(issued);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(issued.getUTCDate(), lastDay));
  return { notBefore: issued.getTime() - tenMinutes, notAfter: end.getTime() };
}
