import { isIP } from "node:net";
import { parseDistinguishedName } from "../x509/distinguished-name";
import { keyUsageBit } from "../x509/extensions";
import { refusals } from "./errors";
import type { AlternativeNameProperties, X509Properties } from "./policy";
import { Members, type JsonObject } from "./request";

const refuse = () => refusals.invalidProperty("policy.x509_props");

/** The longest validity on record is that of an imported certificate; a limit for create is not. */
const maximumValidityMonths = 1200;

const maximumSubjectLength = 200;

/** What a new policy starts from. */
const defaults: X509Properties = {
  ekus: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
  key_usage: ["digitalSignature", "keyEncipherment"],
  validity_months: 12,
  basic_constraints: { ca: false },
};

/**
 * Reads `x509_props` over the stored ones, if any. Defaults: server and client authentication, digitalSignature
 * and keyEncipherment, 12 months, no CA. A request without subject and without alternative names is refused.
 */
export function x509Properties(
  request: JsonObject | undefined,
  current: X509Properties = defaults,
): X509Properties {
  const members = new Members(request ?? {}, refuse);
  const subject = members.text("subject") ?? current.subject;
  const sans = alternativeNames(members.object("sans")) ?? current.sans;
  requireName(subject, sans);
  const constraints = new Members(members.object("basic_constraints") ?? {}, refuse);
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(sans === undefined ? {} : { sans }),
    ekus: (members.texts("ekus") ?? current.ekus).map(requireOid),
    key_usage: (members.texts("key_usage") ?? current.key_usage).map(requireKeyUsage),
    validity_months: requireMonths(members.count("validity_months") ?? current.validity_months),
    basic_constraints: { ca: constraints.flag("ca") ?? current.basic_constraints.ca },
  };
}

function requireName(subject: string | undefined, sans: AlternativeNameProperties | undefined): void {
  if (subject) requireDistinguishedName(subject);
  else if (Object.values(sans ?? {}).flat().length === 0) throw refuse();
}

function requireDistinguishedName(subject: string): void {
  if (subject.length > maximumSubjectLength) throw refuse();
  if (parseDistinguishedName(subject) === undefined) throw refusals.invalidDistinguishedName();
}

function requireOid(text: string): string {
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(text)) throw refuse();
  return text;
}

function requireKeyUsage(name: string): string {
  if (keyUsageBit(name) < 0) throw refuse();
  return name;
}

function requireMonths(months: number): number {
  if (months < 1 || months > maximumValidityMonths) throw refuse();
  return months;
}

function alternativeNames(request: JsonObject | undefined): AlternativeNameProperties | undefined {
  if (request === undefined) return undefined;
  const members = new Members(request, refuse);
  const names = {
    emails: members.texts("emails"),
    dns_names: members.texts("dns_names"),
    upns: members.texts("upns"),
    uris: members.texts("uris"),
    ipAddresses: members.texts("ipAddresses"),
  };
  const valid =
    (names.uris ?? []).every((uri) => URL.canParse(uri)) &&
    (names.ipAddresses ?? []).every((address) => isIP(address) !== 0);
  if (!valid) throw refuse();
  return Object.fromEntries(Object.entries(names).filter(([, list]) => list !== undefined));
}
