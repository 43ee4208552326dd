/**
 * Attribute types of distinguished names: object identifier, the keyword that this package writes, and what else is read for it.
 * RFC 4514 §3 and RFC 4519 §2 give the keywords; `S`, `E`, `G`, `T` and `Phone` are those that Windows, and so Key Vault, writes.
 */
const attributeTypes: readonly (readonly [oid: string, keyword: string, ...alsoRead: string[]])[] = [
  ["2.5.4.3", "CN", "commonName"],
  ["2.5.4.4", "SN", "surname"],
  ["2.5.4.5", "SERIALNUMBER"],
  ["2.5.4.6", "C", "countryName"],
  ["2.5.4.7", "L", "localityName"],
  ["2.5.4.8", "ST", "S", "stateOrProvinceName"],
  ["2.5.4.9", "STREET", "streetAddress"],
  ["2.5.4.10", "O", "organizationName"],
  ["2.5.4.11", "OU", "organizationalUnitName"],
  ["2.5.4.12", "title", "T"],
  ["2.5.4.13", "description"],
  ["2.5.4.15", "businessCategory"],
  ["2.5.4.17", "postalCode"],
  ["2.5.4.18", "postOfficeBox", "POBox"],
  ["2.5.4.20", "telephoneNumber", "Phone"],
  ["2.5.4.41", "name"],
  ["2.5.4.42", "givenName", "G", "GN"],
  ["2.5.4.43", "initials", "I"],
  ["2.5.4.44", "generationQualifier"],
  ["2.5.4.46", "dnQualifier"],
  ["2.5.4.65", "pseudonym"],
  ["2.5.4.97", "organizationIdentifier"],
  ["0.9.2342.19200300.100.1.1", "UID", "userId"],
  ["0.9.2342.19200300.100.1.25", "DC", "domainComponent"],
  ["1.2.840.113549.1.9.1", "emailAddress", "E", "Email"],
  ["1.2.840.113549.1.9.2", "unstructuredName"],
];

const oidByKeyword = new Map(
  attributeTypes.flatMap(([oid, ...keywords]) =>
    keywords.map((keyword) => [keyword.toUpperCase(), oid] as const),
  ),
);
const keywordByOid = new Map(attributeTypes.map(([oid, keyword]) => [oid, keyword]));

/** The dotted-decimal identifier of a keyword in any case, of a dotted identifier, or of `OID.` before one. */
export function attributeOid(type: string): string | undefined {
  const dotted = /^(?:oid\.)?(\d+(?:\.\d+)+)$/i.exec(type)?.[1];
  return dotted ?? oidByKeyword.get(type.toUpperCase());
}

/** The keyword of an identifier, or the identifier itself where it has none. */
export function attributeKeyword(oid: string): string {
  return keywordByOid.get(oid) ?? oid;
}
