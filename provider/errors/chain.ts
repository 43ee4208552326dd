import { row } from "./row";

/** Which certificate: what `openssl x509 -noout -subject -serial -fingerprint -sha256` shows of it. */
export interface CertificateIdentity {
  /** RFC 4514. */
  readonly subject: string;
  readonly serialNumber: string;
  /** Upper-case hexadecimal. */
  readonly thumbprintSha256: string;
}

/** Where in a chain input something was found: `item 2, PEM block 1`. Absent where the input is one piece. */
export interface InputPlace {
  readonly place?: string;
}

/** What was given in place of certificates. */
export type ForeignContent =
  | "nothing readable"
  | "html"
  | "json"
  | "request"
  | "pfx"
  | "crl"
  | "publicKey"
  | "parameters"
  | "bytesAsText";

export interface ValidityDetails {
  readonly certificate: CertificateIdentity;
  /** The end of the validity that `now` is outside of. Unix seconds. */
  readonly limit: number;
  /** Unix seconds. */
  readonly now: number;
}

/** Failures of `x509/`: a chain that cannot be merged. No row ever shows a part of the input that was not read as a certificate. */
export const chainErrors = {
  KVC_CHAIN_EMPTY: row<InputPlace>({
    message: (d) => `chain must hold the signed certificate, but ${at(d)}there is nothing in it`,
    remedy: () => "give the certificate, and the intermediates above it, as PEM, base64 DER or PKCS#7",
    retryable: false,
  }),
  KVC_CHAIN_TOO_LARGE: row<{
    /** Characters, or bytes. */
    readonly limit: number;
  }>({
    message: (d) => `chain must be ${d.limit} characters at most, but has more than that`,
    remedy: () => "give the certificate and the intermediates above it, and not a whole trust store",
    retryable: false,
  }),
  KVC_CHAIN_PRIVATE_KEY: row<InputPlace>({
    message: (d) =>
      `chain must hold certificates only, but ${at(d)}there is a private key (not shown, not sent)`,
    remedy: () => "remove it: the vault has the key of this certificate, and no other is needed",
    retryable: false,
  }),
  KVC_CHAIN_FOREIGN: row<InputPlace & { readonly found: ForeignContent }>({
    message: (d) => `chain must hold certificates, but ${at(d)}there is ${foreign[d.found].words}`,
    remedy: (d) => foreign[d.found].remedy,
    retryable: false,
  }),
  KVC_CHAIN_DAMAGED: row<InputPlace & { readonly why: string }>({
    message: (d) => `chain must hold whole certificates, but ${at(d)}there is one that ${d.why}`,
    remedy: () => "copy the file again as a whole, or get it again from the certificate authority",
    retryable: false,
  }),
  KVC_CHAIN_WRONG_KEY: row<{
    readonly csrSpkiSha256: string;
    readonly found: readonly {
      readonly certificate: CertificateIdentity;
      readonly spkiSha256: string;
      readonly knownAs?: string;
    }[];
    /** Certificates beside those. */
    readonly more: number;
  }>({
    message: (d) =>
      `chain must hold a certificate for the key of the pending request (SPKI SHA-256 ${d.csrSpkiSha256}), but it holds ` +
      d.found
        .map(
          (f) =>
            `${named(f.certificate)} for ${f.knownAs === undefined ? "another key" : `the key of ${f.knownAs}`}`,
        )
        .join(" and ") +
      (d.more === 0 ? "" : `, and ${d.more} more that are not for it`),
    remedy: () => "have the CSR of the pending request (output csrPem) signed and give that chain",
    retryable: false,
  }),
  KVC_CHAIN_EXPIRED: row<ValidityDetails>({
    message: (d) =>
      `chain must be valid now (${time(d.now)}), but ${named(d.certificate)} expired at ${time(d.limit)}`,
    remedy: () => "get a valid certificate from the certificate authority",
    retryable: false,
  }),
  KVC_CHAIN_NOT_YET_VALID: row<ValidityDetails>({
    message: (d) =>
      `chain must be valid now (${time(d.now)}), but ${named(d.certificate)} is not valid before ${time(d.limit)}`,
    remedy: () => "set the clock of this machine if it is wrong, or run `pulumi up` again after that time",
    retryable: true,
  }),
  KVC_CHAIN_INCOMPLETE: row<{
    readonly certificate: CertificateIdentity;
    readonly issuer: string;
    /** The authority key identifier in it, upper-case hexadecimal. */
    readonly issuerKeyId?: string;
    readonly unplaced: readonly CertificateIdentity[];
  }>({
    message: (d) =>
      `chain must have no gap, but the issuer "${printable(d.issuer)}"${d.issuerKeyId === undefined ? "" : ` (key id ${d.issuerKeyId})`} of ${named(d.certificate)} is not in it, while ` +
      `${d.unplaced.map(named).join(" and ")} can only stand above that`,
    remedy: (d) =>
      `add the certificate of "${printable(d.issuer)}", or remove what does not belong to this chain`,
    retryable: false,
  }),
  KVC_CHAIN_BAD_SIGNATURE: row<{
    readonly certificate: CertificateIdentity;
    readonly issuer: CertificateIdentity;
  }>({
    message: (d) =>
      `chain must be signed link by link, but the signature of ${named(d.certificate)} does not verify with the key of ${named(d.issuer)}, which bears its issuer's name`,
    remedy: () =>
      "one of the two is damaged or of another generation: get both again from the certificate authority",
    retryable: false,
  }),
  KVC_CHAIN_NOT_A_CA: row<{
    readonly certificate: CertificateIdentity;
    readonly issued: CertificateIdentity;
  }>({
    message: (d) =>
      `chain must be signed by certificate authorities, but ${named(d.certificate)}, which signed ${named(d.issued)}, may not sign certificates`,
    remedy: () =>
      "have the CSR signed by a certificate authority (basic constraints CA:TRUE, key usage keyCertSign)",
    retryable: false,
  }),
} as const;

export type ChainErrorCode = keyof typeof chainErrors;

const foreign: Readonly<Record<ForeignContent, { readonly words: string; readonly remedy: string }>> = {
  "nothing readable": {
    words: "neither PEM nor base64 nor DER",
    remedy: "give PEM (-----BEGIN CERTIFICATE-----), base64 DER or PKCS#7",
  },
  html: {
    words: "an HTML page",
    remedy:
      "look at the page: a download that needs a login, or an error, often gives one; download the certificate itself",
  },
  json: {
    words: "JSON",
    remedy:
      "take the certificate out of the answer of the certificate authority, and see whether that is an error",
  },
  request: {
    words: "a certificate request (CSR)",
    remedy: "have the certificate authority sign the request, and give the certificate that it returns",
  },
  pfx: {
    words: "a PFX (PKCS#12) file (not shown, not sent)",
    remedy:
      "give the certificates alone, without a key; to bring a key and its certificate to the vault, import them",
  },
  crl: { words: "a revocation list (CRL)", remedy: "give the certificates instead" },
  publicKey: { words: "a public key alone", remedy: "give the certificate that was signed for it" },
  parameters: {
    words: "parameters of a curve or group (EC PARAMETERS or DH PARAMETERS)",
    remedy: "remove them, and give the certificates alone",
  },
  bytesAsText: {
    words: "DER that was read as text, which destroys it",
    remedy: 'read the file as base64, for example readFileSync("chain.p7b", "base64")',
  },
};

function at({ place }: InputPlace): string {
  return place === undefined ? "" : `at ${place} `;
}

/** A certificate for a line of text, as every message names it. */
export function named({ subject, serialNumber, thumbprintSha256 }: CertificateIdentity): string {
  return `"${printable(subject)}" (serial ${serialNumber}, SHA-256 ${thumbprintSha256})`;
}

/** A name for a line of text, escaped as in JSON: one that breaks the line or turns its direction would show another name. */
export function printable(name: string): string {
  return name.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function time(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace(".000Z", "Z");
}
