import type * as Peculiar from "@peculiar/x509";
import { type AlternativeNameKind, type AlternativeNames, normaliseIpAddress } from "./alternative-names";
import { attributeOid } from "./attribute-types";
import { formatDistinguishedName } from "./distinguished-name";
import { library } from "./library";

/** The kinds of GeneralName that Key Vault has a list for; directory names, registered ids and other otherNames it has not. */
const kindOfGeneralName: Readonly<Record<string, AlternativeNameKind>> = {
  dns: "dnsNames",
  email: "emails",
  upn: "userPrincipalNames",
  ip: "ipAddresses",
  url: "uniformResourceIdentifiers",
};

/** A parsed name as text by RFC 4514, that is, from the last relative name to the first. */
export function nameText(name: Peculiar.Name): string {
  const relative = name
    .toJSON()
    .map((item) =>
      Object.entries(item).flatMap(([type, values]) =>
        values.map((value) => ({ oid: attributeOid(type) ?? type, value })),
      ),
    );
  return formatDistinguishedName(relative.reverse());
}

/** The subject alternative names among the extensions of a certificate or of a request, in their order. */
export function alternativeNames(extensions: readonly Peculiar.Extension[]): AlternativeNames {
  const { SubjectAlternativeNameExtension } = library();
  const found: AlternativeNames = {};
  for (const extension of extensions) {
    if (!(extension instanceof SubjectAlternativeNameExtension)) continue;
    for (const { type, value } of extension.names.items) {
      const kind = kindOfGeneralName[type];
      if (kind !== undefined)
        (found[kind] ??= []).push(kind === "ipAddresses" ? normaliseIpAddress(value) : value);
    }
  }
  return found;
}
