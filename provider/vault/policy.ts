import {
  type CertificateContentType,
  type CertificateKeyCurveName,
  type CertificateKeyType,
  type CertificatePolicy,
  type CertificatePolicyAction,
  type KeyUsageType,
  type LifetimeAction,
  type SubjectAlternativeNames,
} from "./model";
import {
  asArrayOf,
  asBoolean,
  asNumber,
  asObject,
  asString,
  compact,
  type JsonObject,
  optional,
  type Reader,
} from "./shape";

/**
 * A policy, or a part of one for PATCH, as the service takes it. What is absent is not sent: the service fills in its
 * default on create, and leaves the stored value on PATCH.
 */
export function policyToWire(policy: Partial<CertificatePolicy>): JsonObject {
  return compact({
    key_props: group({
      exportable: policy.exportable,
      kty: policy.keyType,
      key_size: policy.keySize,
      reuse_key: policy.reuseKey,
      crv: policy.keyCurveName,
    }),
    secret_props: group({ contentType: policy.contentType }),
    x509_props: group({
      subject: policy.subject,
      sans: policy.subjectAlternativeNames && sansToWire(policy.subjectAlternativeNames),
      ekus: policy.enhancedKeyUsage,
      key_usage: policy.keyUsage,
      validity_months: policy.validityInMonths,
    }),
    lifetime_actions: policy.lifetimeActions?.map(lifetimeActionToWire),
    issuer: group({
      name: policy.issuerName,
      cty: policy.certificateType,
      cert_transparency: policy.certificateTransparency,
    }),
  });
}

/**
 * A policy as the service writes it. Values of the closed sets (key type, usage, action) are passed on as they came:
 * the service accepts more spellings than it documents (`crlSign`), and a reader must not fail on what was stored.
 *
 * @throws ShapeError
 */
export const policyFromWire: Reader<CertificatePolicy> = (value, label) => {
  const policy = asObject(value, label);
  const member = (property: string): JsonObject => optional(policy, property, asObject, `${label}.`) ?? {};
  return compact({
    ...issuerFromWire(member("issuer"), `${label}.issuer.`),
    ...x509FromWire(member("x509_props"), `${label}.x509_props.`),
    ...keyFromWire(member("key_props"), `${label}.key_props.`),
    contentType: optional(
      member("secret_props"),
      "contentType",
      spelling<CertificateContentType>(),
      `${label}.secret_props.`,
    ),
    lifetimeActions: optional(policy, "lifetime_actions", asArrayOf(lifetimeActionFromWire), `${label}.`),
  });
};

function issuerFromWire(issuer: JsonObject, within: string) {
  return {
    // A policy without an issuer is one of issuer Unknown (REST documentation of CertificatePolicy).
    issuerName: optional(issuer, "name", asString, within) ?? "Unknown",
    certificateType: optional(issuer, "cty", asString, within),
    certificateTransparency: optional(issuer, "cert_transparency", asBoolean, within),
  };
}

function x509FromWire(props: JsonObject, within: string) {
  return {
    subject: optional(props, "subject", asString, within),
    subjectAlternativeNames: optional(props, "sans", sansFromWire, within),
    enhancedKeyUsage: optional(props, "ekus", asArrayOf(asString), within),
    keyUsage: optional(props, "key_usage", asArrayOf(spelling<KeyUsageType>()), within),
    validityInMonths: optional(props, "validity_months", asNumber, within),
  };
}

function keyFromWire(props: JsonObject, within: string) {
  return {
    exportable: optional(props, "exportable", asBoolean, within),
    keyType: optional(props, "kty", spelling<CertificateKeyType>(), within),
    keySize: optional(props, "key_size", asNumber, within),
    reuseKey: optional(props, "reuse_key", asBoolean, within),
    keyCurveName: optional(props, "crv", spelling<CertificateKeyCurveName>(), within),
  };
}

// `ipAddresses` is camelCase on the wire, unlike its neighbours.
const sanNames = {
  dnsNames: "dns_names",
  emails: "emails",
  userPrincipalNames: "upns",
  ipAddresses: "ipAddresses",
  uniformResourceIdentifiers: "uris",
} as const satisfies Record<keyof SubjectAlternativeNames, string>;

const sanKinds = Object.keys(sanNames) as (keyof SubjectAlternativeNames)[];

function sansToWire(sans: SubjectAlternativeNames): JsonObject {
  return compact(Object.fromEntries(sanKinds.map((kind) => [sanNames[kind], sans[kind]])));
}

const sansFromWire: Reader<SubjectAlternativeNames> = (value, label) => {
  const sans = asObject(value, label);
  return compact(
    Object.fromEntries(
      sanKinds.map((kind) => [kind, optional(sans, sanNames[kind], asArrayOf(asString), `${label}.`)]),
    ),
  );
};

function lifetimeActionToWire(action: LifetimeAction): JsonObject {
  return {
    trigger: compact({
      lifetime_percentage: action.lifetimePercentage,
      days_before_expiry: action.daysBeforeExpiry,
    }),
    action: { action_type: action.action },
  };
}

const lifetimeActionFromWire: Reader<LifetimeAction> = (value, label) => {
  const entry = asObject(value, label);
  const trigger = asObject(entry["trigger"], `${label}.trigger`);
  const action = asObject(entry["action"], `${label}.action`);
  return compact({
    action: spelling<CertificatePolicyAction>()(action["action_type"], `${label}.action.action_type`),
    daysBeforeExpiry: optional(trigger, "days_before_expiry", asNumber, `${label}.trigger.`),
    lifetimePercentage: optional(trigger, "lifetime_percentage", asNumber, `${label}.trigger.`),
  });
};

/** A string that is one of a documented set, not checked to be: see `policyFromWire`. */
function spelling<T extends string>(): Reader<T> {
  return (value, label) => asString(value, label) as T;
}

/** The members that are given; undefined, and so not sent, when none is. */
function group(members: JsonObject): JsonObject | undefined {
  const given = compact(members);
  return Object.keys(given).length === 0 ? undefined : given;
}
