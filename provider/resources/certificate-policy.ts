import type { Input } from "@pulumi/pulumi";
import type {
  CertificateContentType,
  CertificateKeyCurveName,
  CertificateKeyType,
  CertificatePolicyAction,
  KeyUsageType,
} from "../vault/model";

/** The names besides the subject that a certificate is for (RFC 5280, section 4.2.1.6). */
export interface SubjectAlternativeNamesArgs {
  /** DNS names, such as `www.contoso.com` or `*.contoso.com`; international names as A-labels (`xn--…`). */
  dnsNames?: Input<Input<string>[]>;
  /** E-mail addresses. */
  emails?: Input<Input<string>[]>;
  /** User principal names, such as `user@contoso.com`. */
  userPrincipalNames?: Input<Input<string>[]>;
  /** IPv4 or IPv6 addresses. */
  ipAddresses?: Input<Input<string>[]>;
  /** URIs with a scheme, such as `spiffe://contoso.com/web`. */
  uniformResourceIdentifiers?: Input<Input<string>[]>;
}

/** What Key Vault does by itself when a version nears its end. Exactly one of the two triggers. */
export interface LifetimeActionArgs {
  /** `AutoRenew` (issuer Self or an integrated issuer) or `EmailContacts`. */
  action: Input<CertificatePolicyAction>;
  /** Days before the end: 1 to 27 times `validityInMonths`. */
  daysBeforeExpiry?: Input<number>;
  /** Percentage of the lifetime: 1 to 99. */
  lifetimePercentage?: Input<number>;
}

/**
 * How a certificate is made. The names are those of `@azure/keyvault-certificates`; what is left out is filled in by
 * the service with the defaults given here. Changing anything but `lifetimeActions` issues a new version under the same name.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate (api-version 2025-07-01)
 */
export interface CertificatePolicyArgs {
  /** `Self`, the name of an issuer of the vault, or `Unknown` for a certificate that is signed elsewhere and merged. */
  issuerName: Input<string>;
  /** X.500 distinguished name, such as `CN=www.contoso.com`. At least this or one alternative name is needed. */
  subject?: Input<string>;
  subjectAlternativeNames?: Input<SubjectAlternativeNamesArgs>;
  /** `RSA` (default), `RSA-HSM`, `EC` or `EC-HSM`. */
  keyType?: Input<CertificateKeyType>;
  /** Bits of an RSA key: 2048 (default), 3072 or 4096. Not for EC: the curve says it. */
  keySize?: Input<number>;
  /** Curve of an EC key: `P-256` (default), `P-384`, `P-521` or `P-256K`. */
  keyCurveName?: Input<CertificateKeyCurveName>;
  /** Whether the private key can be read through the linked secret. Default: true, and false for HSM keys. */
  exportable?: Input<boolean>;
  /** Whether a new version keeps the key pair. Default: false. */
  reuseKey?: Input<boolean>;
  /** Form of the linked secret: `application/x-pkcs12` (default) or `application/x-pem-file`. */
  contentType?: Input<CertificateContentType>;
  /** Months from issuance to the end. Default: 12. */
  validityInMonths?: Input<number>;
  /** RFC 5280, section 4.2.1.3. Default: `digitalSignature` and `keyEncipherment`. */
  keyUsage?: Input<Input<KeyUsageType>[]>;
  /** Object identifiers, RFC 5280, section 4.2.1.12. Default: server and client authentication. */
  enhancedKeyUsage?: Input<Input<string>[]>;
  /** Default: at 80 % of the lifetime, `AutoRenew`, or `EmailContacts` for issuer `Unknown`. */
  lifetimeActions?: Input<Input<LifetimeActionArgs>[]>;
  /** A product of the integrated issuer, such as `OV-SSL`. */
  certificateType?: Input<string>;
  /** Whether an integrated issuer publishes the certificate in transparency logs. */
  certificateTransparency?: Input<boolean>;
}
