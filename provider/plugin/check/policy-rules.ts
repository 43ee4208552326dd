import { issuerKind } from "../../lifecycle/policy";
import {
  checkDistinguishedName,
  checkDnsName,
  checkEmail,
  checkIpAddress,
  checkObjectIdentifier,
  checkUri,
  checkUserPrincipalName,
} from "../../x509/names";
import { containsUnknown, isUnknown } from "../unknown";
import type { Failure } from "./failures";
import { type Bag, knownNumber, knownText, listAt, objectAt, type Rule } from "./rule";

const checkOfNames: Readonly<Record<string, (text: string) => string | undefined>> = {
  dnsNames: checkDnsName,
  emails: checkEmail,
  userPrincipalNames: checkUserPrincipalName,
  ipAddresses: checkIpAddress,
  uniformResourceIdentifiers: checkUri,
};

const namesOrSubject: Rule = (policy) => {
  const names = policy["subjectAlternativeNames"];
  if (isUnknown(policy["subject"]) || containsUnknown(names)) return [];
  const hasSubject = policy["subject"] !== undefined && policy["subject"] !== "";
  const bag = objectAt(policy, "subjectAlternativeNames") ?? {};
  if (hasSubject || Object.keys(bag).some((kind) => listAt(bag, kind).length > 0)) return [];
  return [
    {
      property: "policy",
      reason:
        'names nobody: write a subject such as "CN=www.contoso.com", or at least one of subjectAlternativeNames, or both',
    },
  ];
};

const subject: Rule = (policy) => {
  const text = knownText(policy["subject"]);
  if (text === undefined || text === "") return [];
  const reason = checkDistinguishedName(text);
  return reason === undefined ? [] : [{ property: "policy.subject", reason }];
};

const alternativeNames: Rule = (policy) => {
  const bag = objectAt(policy, "subjectAlternativeNames") ?? {};
  return Object.entries(checkOfNames).flatMap(([kind, check]) =>
    each(listAt(bag, kind), `policy.subjectAlternativeNames.${kind}`, check),
  );
};

const enhancedKeyUsage: Rule = (policy) =>
  each(listAt(policy, "enhancedKeyUsage"), "policy.enhancedKeyUsage", checkObjectIdentifier);

function each(
  values: readonly unknown[],
  path: string,
  check: (text: string) => string | undefined,
): Failure[] {
  return values.flatMap((value, index) => {
    const text = knownText(value);
    const reason = text === undefined ? undefined : check(text);
    return reason === undefined ? [] : [{ property: `${path}[${index}]`, reason }];
  });
}

const keys: Rule = (policy) => {
  const type = policy["keyType"] === undefined ? undefined : knownText(policy["keyType"]);
  if (isUnknown(policy["keyType"])) return [];
  const elliptic = type === undefined ? policy["keyCurveName"] !== undefined : type.startsWith("EC");
  const failures: Failure[] = [];
  if (elliptic && policy["keySize"] !== undefined) {
    failures.push({
      property: "policy.keySize",
      reason: "is for RSA keys: remove it, the curve says the size of an EC key",
    });
  }
  if (!elliptic && policy["keyCurveName"] !== undefined) {
    failures.push({
      property: "policy.keyCurveName",
      reason: 'is for EC keys: remove it, or write keyType "EC"',
    });
  }
  if (type?.endsWith("-HSM") === true && policy["exportable"] === true) {
    failures.push({
      property: "policy.exportable",
      reason: `must be false or absent for keyType "${type}": a key of an HSM never leaves it`,
    });
  }
  return failures;
};

const lifetimeActions: Rule = (policy) => lifetimeActionFailures(policy, "policy.lifetimeActions");

/** What is wrong with the lifetime actions of a policy, which the user has written at `path`. */
export function lifetimeActionFailures(policy: Bag, path: string): Failure[] {
  return listAt(policy, "lifetimeActions").flatMap((value, index) => {
    if (typeof value !== "object" || value === null) return [];
    return lifetimeAction(policy, value as Bag, `${path}[${index}]`);
  });
}

const lifetimeAction = (
  policy: Parameters<Rule>[0],
  action: Parameters<Rule>[0],
  path: string,
): Failure[] => {
  const failures = triggerFailures(action, path, knownNumber(policy["validityInMonths"] ?? 12));
  const issuer = knownText(policy["issuerName"]);
  if (action["action"] === "AutoRenew" && issuer !== undefined && issuerKind(issuer) === "manual") {
    failures.push({
      property: `${path}.action`,
      reason: 'must be "EmailContacts" for issuer "Unknown": Key Vault cannot ask it for a new version',
    });
  }
  return failures;
};

/** What is wrong with a trigger: one of two, and not sooner than the certificate lasts (27 days for each month, as the service has it). */
export function triggerFailures(trigger: Bag, path: string, months: number | undefined): Failure[] {
  const failures: Failure[] = [];
  const given = ["daysBeforeExpiry", "lifetimePercentage"].filter((name) => trigger[name] !== undefined);
  if (given.length !== 1) {
    const reason = `must have exactly one of daysBeforeExpiry and lifetimePercentage, got ${given.length === 0 ? "neither" : "both"}`;
    failures.push({ property: path, reason });
  }
  const days = knownNumber(trigger["daysBeforeExpiry"]);
  if (months !== undefined && months > 0 && days !== undefined && days > months * 27) {
    const reason = `must be at most ${months * 27} (27 times validityInMonths), got ${days}`;
    failures.push({ property: `${path}.daysBeforeExpiry`, reason });
  }
  return failures;
}

/** Rules on the policy alone; paths begin with `policy`. */
export const policyRules: readonly Rule[] = [
  namesOrSubject,
  subject,
  alternativeNames,
  enhancedKeyUsage,
  keys,
  lifetimeActions,
];
