import { newSerialNumber, type Authority } from "../x509/authority";
import { issueCertificate, serviceValidity, type Signer } from "../x509/certificate";
import type { Subject } from "../x509/certificate-request";
import { parseDistinguishedName } from "../x509/distinguished-name";
import type { KeyPair } from "../x509/keys";
import type { Policy } from "./policy";

/** The subject that a policy asks for. The policy was accepted, so that its name is well-formed. */
export function subjectOf({ x509_props: x509 }: Policy): Subject {
  const { sans = {} } = x509;
  return {
    name: x509.subject ? (parseDistinguishedName(x509.subject) ?? []) : [],
    alternativeNames: {
      emails: sans.emails,
      upns: sans.upns,
      dnsNames: sans.dns_names,
      uris: sans.uris,
      ipAddresses: sans.ipAddresses,
    },
    keyUsage: x509.key_usage,
    extendedKeyUsage: x509.ekus,
    ca: x509.basic_constraints.ca,
  };
}

/**
 * Signs what a policy asks for: with the key itself, or with an authority, whose chain then follows the leaf.
 * DER, leaf first. `issuedAt` in milliseconds since 1970.
 */
export function issue(
  policy: Policy,
  key: KeyPair,
  issuedAt: number,
  authority?: Authority,
): [Buffer, ...Buffer[]] {
  const subject = subjectOf(policy);
  const signer: Signer = authority?.signer ?? { name: subject.name, ...key };
  const leaf = issueCertificate(
    subject,
    {
      publicKey: key.publicKey,
      validity: serviceValidity(issuedAt, policy.x509_props.validity_months),
      serialNumber: newSerialNumber(),
    },
    signer,
  );
  return [leaf, ...(authority?.chain ?? [])];
}
