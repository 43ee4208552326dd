import { isIP } from "node:net";
import { normaliseDnsName, normaliseIpAddress } from "./alternative-names";
import { attributeKeyword } from "./attribute-types";
import { parseDistinguishedName, quotesExample } from "./distinguished-name";

/**
 * What is wrong with a subject for Key Vault, with its remedy; `undefined` if nothing is. Key Vault answers all of these with the same
 * "Invalid X.500 distinguished name".
 */
export function checkDistinguishedName(text: string): string | undefined {
  if (text.trim() === "")
    return `is empty; leave it out, or write at least a common name such as "CN=example.com"`;
  if (text.length > 200) return `has ${text.length} characters, and Key Vault takes 200; shorten it`;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    return "has a control character or a line break; write it on one line";
  if (/\\[,+;"=<>#]/.test(text))
    return `has a backslash escape, which Key Vault does not read; ${quotesExample}`;
  const parsed = parseDistinguishedName(text);
  if ("reason" in parsed) return parsed.reason;
  const email = parsed.names.flat().some(({ oid }) => attributeKeyword(oid) === "emailAddress");
  if (email)
    return "has an e-mail address, which Key Vault refuses; write it in subjectAlternativeNames.emails";
  return undefined;
}

/**
 * What is wrong with a DNS name of a certificate, with its remedy; `undefined` if nothing is. Names are those of RFC 5280
 * §4.2.1.6, with the underscore that private networks use and a wildcard as RFC 9525 §6.3 has it: one, alone, on the left.
 */
export function checkDnsName(text: string): string | undefined {
  const bare = normaliseDnsName(text);
  if (text === "") return "is empty; remove it";
  if (text !== text.trim()) return `"${text}" has spaces around it; write "${bare}"`;
  if (isIP(text) !== 0) return `"${text}" is an IP address; write it in ipAddresses`;
  if (/:\/\//.test(text))
    return `"${text}" is a URI; write its host alone, or the URI in uniformResourceIdentifiers`;
  if (text.includes("@")) return `"${text}" is an e-mail address; write it in emails`;
  if (/:\d*$/.test(text))
    return `"${text}" has a port, and certificates name none; write "${text.replace(/:\d*$/, "")}"`;
  if (isForeign(text)) return `"${text}" is not ASCII; ${aLabelRemedy(bare)}`;
  if (text.endsWith(".")) return `"${text}" ends in a dot; write "${bare}"`;
  return bare.length > 253
    ? `"${text}" is longer than the 253 characters of DNS; shorten it`
    : checkLabels(text);
}

/** What is wrong with an IP address of a certificate, with its remedy; `undefined` if nothing is. */
export function checkIpAddress(text: string): string | undefined {
  if (text.includes("/"))
    return `"${text}" is a network, and certificates name single addresses; list the addresses`;
  if (text.includes("%")) return `"${text}" has a zone, which only one machine knows; leave it out`;
  if (/^\[.*\]$/.test(text))
    return `"${text}" has brackets; write "${normaliseIpAddress(text.slice(1, -1))}"`;
  if (isIP(text) === 0) return `"${text}" is no IP address; write one such as "192.0.2.10" or "2001:db8::10"`;
  return undefined;
}

/** What is wrong with an e-mail address of a certificate (rfc822Name), with its remedy; `undefined` if nothing is. */
export function checkEmail(text: string): string | undefined {
  const [local, domain, ...more] = text.split("@");
  if (local === undefined || local === "" || domain === undefined || domain === "" || more.length > 0) {
    return `"${text}" is no e-mail address; write one such as "admin@example.com"`;
  }
  if (/[\s<>()[\],;:"\\]/.test(text))
    return `"${text}" has a character that a bare address has not; write "admin@example.com"`;
  if (isForeign(local))
    return `"${text}" is not ASCII before the @, and rfc822Name takes nothing else; use another address`;
  if (local.length > 64) return `"${text}" has more than 64 characters before the @; use another address`;
  if (domain.startsWith("*"))
    return `"${text}" has a wildcard, which e-mail addresses have not; write each address`;
  const reason = checkDnsName(domain);
  return reason === undefined ? undefined : `"${text}" has a wrong domain: ${reason}`;
}

/** What is wrong with a user principal name, with its remedy; `undefined` if nothing is. */
export function checkUserPrincipalName(text: string): string | undefined {
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return undefined;
  return `"${text}" is no user principal name; write one such as "user@example.com"`;
}

/** What is wrong with a URI of a certificate (RFC 5280 §4.2.1.6: absolute, ASCII), with its remedy; `undefined` if nothing is. */
export function checkUri(text: string): string | undefined {
  const example = `write one such as "https://example.com/" or "spiffe://example.com/service"`;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return `"${text}" is no absolute URI; ${example}`;
  if (!URL.canParse(text)) return `"${text}" is no URI; ${example}`;
  const { href } = new URL(text);
  if (isForeign(text) || /\s/.test(text))
    return `"${text}" has characters that a URI has not; write "${href}"`;
  return undefined;
}

function checkLabels(name: string): string | undefined {
  const labels = name.split(".");
  if (labels.slice(1).some((label) => label.includes("*")) || /^\*.|.\*/.test(labels[0] ?? "")) {
    return `"${name}" has a wildcard that is not the whole first label; write it as "*.example.com"`;
  }
  if (name === "*") return `"*" would stand for every name; write it as "*.example.com"`;
  const wrong = labels.find((label) => label !== "*" && !/^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label));
  if (wrong === undefined) return undefined;
  if (wrong === "") return `"${name}" has two dots in a row or one at the start; remove the extra one`;
  if (wrong.length > 63) return `"${name}" has a label of more than 63 characters; shorten it`;
  return `"${name}" has "${wrong}", and labels are letters, digits and inner hyphens; correct it`;
}

function aLabelRemedy(aLabels: string): string {
  return isForeign(aLabels) ? "write the A-label (punycode)" : `write the A-label (punycode): "${aLabels}"`;
}

function isForeign(text: string): boolean {
  return /\P{ASCII}/u.test(text);
}
