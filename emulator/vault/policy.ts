/** A certificate policy as it is stored and sent, without its `id`; members in the order of the service. */
export interface Policy {
  readonly key_props: KeyProperties;
  readonly secret_props: { readonly contentType: string };
  readonly x509_props: X509Properties;
  readonly lifetime_actions: readonly LifetimeAction[];
  readonly issuer: IssuerParameters;
  readonly attributes: PolicyAttributes;
}

export interface KeyProperties {
  readonly exportable: boolean;
  readonly kty: string;
  /** Bits of the modulus, or of the curve. */
  readonly key_size: number;
  readonly reuse_key: boolean;
  /** Elliptic curve keys only. */
  readonly crv?: string | undefined;
}

export interface X509Properties {
  readonly subject?: string | undefined;
  readonly sans?: AlternativeNameProperties | undefined;
  readonly ekus: readonly string[];
  readonly key_usage: readonly string[];
  readonly validity_months: number;
  readonly basic_constraints: { readonly ca: boolean };
}

export interface AlternativeNameProperties {
  readonly emails?: readonly string[] | undefined;
  readonly dns_names?: readonly string[] | undefined;
  readonly upns?: readonly string[] | undefined;
  readonly uris?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
}

export interface LifetimeAction {
  readonly trigger: {
    readonly lifetime_percentage?: number | undefined;
    readonly days_before_expiry?: number | undefined;
  };
  readonly action: { readonly action_type: string };
}

export interface IssuerParameters {
  readonly name: string;
  readonly cty?: string | undefined;
  readonly cert_transparency?: boolean | undefined;
}

/** `created` and `updated` in whole seconds since 1970. */
export interface PolicyAttributes {
  readonly enabled: boolean;
  readonly created: number;
  readonly updated: number;
}

export const pkcs12 = "application/x-pkcs12";
export const pemFile = "application/x-pem-file";

/** Self and Unknown need no issuer of the vault; case does not count. */
export const isSelf = (issuer: string): boolean => issuer.toLowerCase() === "self";
export const isUnknown = (issuer: string): boolean => issuer.toLowerCase() === "unknown";

/** Whether an outside CA works on the request: any issuer but Self and Unknown. */
export const isIntegrated = (issuer: string): boolean => !isSelf(issuer) && !isUnknown(issuer);
