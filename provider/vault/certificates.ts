import { type CertificateBundle, type CertificatePolicy, type CertificateVersionItem } from "./model";
import { policyFromWire, policyToWire } from "./policy";
import { certificatePath, type VaultRequest } from "./request";
import {
  asArrayOf,
  asBoolean,
  asNumber,
  asObject,
  asString,
  asText,
  compact,
  type JsonObject,
  optional,
  type Reader,
  ShapeError,
} from "./shape";

/** What a certificate carries beside its policy. What is absent is not sent, and stays as it is. */
export interface CertificateProperties {
  readonly enabled?: boolean | undefined;
  /** Come back exactly as sent; `{}` is sent as such. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface CreateCertificateParameters extends CertificateProperties {
  readonly policy: CertificatePolicy;
  readonly preserveCertificateOrder?: boolean | undefined;
}

/**
 * POST `/certificates/{name}/create`. Answers 202 with the operation, for issuer Self too. Not repeatable: a second
 * one orders a second certificate.
 */
export function createCertificateRequest(
  name: string,
  parameters: CreateCertificateParameters,
): VaultRequest {
  return {
    method: "POST",
    path: certificatePath(name, "create"),
    body: compact({
      policy: policyToWire(parameters.policy),
      ...propertiesToWire(parameters),
      preserveCertOrder: parameters.preserveCertificateOrder,
    }),
    certificateName: name,
    permission: "create",
    repeatable: false,
  };
}

/** GET `/certificates/{name}`, or of one version. */
export function getCertificateRequest(name: string, version?: string): VaultRequest {
  return {
    method: "GET",
    path: version === undefined ? certificatePath(name) : certificatePath(name, version),
    certificateName: name,
    permission: "get",
    repeatable: true,
    absentCode: "CertificateNotFound",
  };
}

/** PATCH `/certificates/{name}`, or of one version. */
export function updateCertificateRequest(
  name: string,
  version: string | undefined,
  properties: CertificateProperties,
): VaultRequest {
  return {
    method: "PATCH",
    path: version === undefined ? certificatePath(name) : certificatePath(name, version),
    body: propertiesToWire(properties),
    certificateName: name,
    permission: "update",
    repeatable: true,
  };
}

/** GET `/certificates/{name}/versions`; an unknown name is an empty list. `page`: the query of a `nextLink`. */
export function listVersionsRequest(name: string, page?: Readonly<Record<string, string>>): VaultRequest {
  return {
    method: "GET",
    path: certificatePath(name, "versions"),
    ...(page && { query: page }),
    certificateName: name,
    permission: "list",
    repeatable: true,
  };
}

/** `attributes` and `tags` of a create, merge or update. */
export function propertiesToWire({ enabled, tags }: CertificateProperties): JsonObject {
  return compact({ attributes: enabled === undefined ? undefined : { enabled }, tags });
}

/** The bundle of a GET, PATCH, merge or recover. @throws ShapeError */
export function readCertificateBundle(body: unknown): CertificateBundle {
  const bundle = asObject(body, "certificate");
  const attributes = asObject(bundle["attributes"], "attributes");
  return compact({
    ...readVersionIdentity(bundle["id"], "id"),
    keyId: optional(bundle, "kid", asText),
    secretId: optional(bundle, "sid", asText),
    cer: optional(bundle, "cer", asText),
    ...readTimes(attributes, "attributes."),
    recoveryLevel: optional(attributes, "recoveryLevel", asString, "attributes."),
    recoverableDays: optional(attributes, "recoverableDays", asNumber, "attributes."),
    tags: readTags(bundle),
    policy: optional(bundle, "policy", policyFromWire),
    policyUpdatedOn: optional(bundle, "policy", policyWrittenOn),
    hasPending: optional(bundle, "pending", asObject) !== undefined,
  });
}

const policyWrittenOn: Reader<number | undefined> = (value, label) => {
  const attributes = optional(asObject(value, label), "attributes", asObject, `${label}.`);
  return attributes && optional(attributes, "updated", asNumber, `${label}.attributes.`);
};

/** One page of versions, and the link to the next. @throws ShapeError */
export function readVersionsPage(body: unknown): { items: CertificateVersionItem[]; nextLink?: string } {
  const page = asObject(body, "page");
  return compact({
    items: asArrayOf(readVersionItem)(page["value"], "value"),
    nextLink: optional(page, "nextLink", asText),
  });
}

const readVersionItem: Reader<CertificateVersionItem> = (value, label) => {
  const item = asObject(value, label);
  return compact({
    ...readVersionIdentity(item["id"], `${label}.id`),
    x5t: optional(item, "x5t", asString, `${label}.`),
    ...readTimes(asObject(item["attributes"], `${label}.attributes`), `${label}.attributes.`),
    tags: readTags(item, `${label}.`),
  });
};

// By path only: behind a proxy or alias, host and port of an id may be spelt otherwise than the vault's URL.
function readVersionIdentity(value: unknown, label: string): { name: string; version: string } {
  const id = asText(value, label);
  const [, name, version] = /^[a-z]+:\/\/[^/]+\/certificates\/([^/?#]+)\/([^/?#]+)$/i.exec(id) ?? [];
  if (name === undefined || version === undefined) {
    throw new ShapeError(label, "a URL that ends in /certificates/{name}/{version}", value);
  }
  return { name: decodeSegment(name, label), version: decodeSegment(version, label) };
}

function decodeSegment(segment: string, label: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ShapeError(label, "percent-encoded UTF-8", segment);
  }
}

function readTimes(attributes: JsonObject, within: string) {
  return {
    enabled: asBoolean(attributes["enabled"], `${within}enabled`),
    notBefore: optional(attributes, "nbf", asNumber, within),
    expiresOn: optional(attributes, "exp", asNumber, within),
    createdOn: optional(attributes, "created", asNumber, within),
    updatedOn: optional(attributes, "updated", asNumber, within),
  };
}

function readTags(object: JsonObject, within = ""): Record<string, string> {
  const tags = optional(object, "tags", asObject, within) ?? {};
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, asString(value, `${within}tags.${name}`)]),
  );
}
