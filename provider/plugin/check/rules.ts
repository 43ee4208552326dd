import { mostTags, ownerTag } from "../../lifecycle/ownership";
import { issuerKind } from "../../lifecycle/policy";
import { normaliseVaultUrl } from "../../vault/url";
import { looksLikePfx, looksLikePrivateKey } from "../../x509/content";
import { signerVariablePrefix } from "../../signers/environment";
import { parseDuration } from "../durations";
import { kindOf } from "../kinds";
import type { PlainObject } from "../plain";
import { isUnknown, unknownValue } from "../unknown";
import type { Failure } from "./failures";
import { lifetimeActionFailures, policyRules, triggerFailures } from "./policy-rules";
import { type Bag, entries, knownNumber, knownText, listAt, objectAt, type Rule } from "./rule";
import { show } from "./show";

/**
 * What the shape cannot say: rules on the meaning of one value, or on two at once. Each takes the inputs as they came, reads only what has
 * the right type and is known, and leaves the rest to the shape.
 */

const vaultUrl: Rule = (inputs) => {
  const text = knownText(inputs["vaultUrl"]);
  if (text === undefined) return [];
  try {
    normaliseVaultUrl(text);
    return [];
  } catch (error) {
    return [{ property: "vaultUrl", reason: (error as Error).message.replace(/^vault URL /, "") }];
  }
};

/** Paths of the service itself: `/certificates/issuers` is the list of issuers, and no certificate. */
const reservedNames: ReadonlySet<string> = new Set(["issuers", "contacts", "restore"]);

const certificateName: Rule = (inputs) => {
  const name = knownText(inputs["certificateName"]);
  if (name === undefined || !reservedNames.has(name.toLowerCase())) return [];
  return [
    {
      property: "certificateName",
      reason: `must not be "${name}", which is a path of the service itself: write another name`,
    },
  ];
};

const tags: Rule = (inputs) => {
  const own = inputs["ownershipTag"] === false || isUnknown(inputs["ownershipTag"]) ? 0 : 1;
  const given = entries(objectAt(inputs, "tags"));
  const failures: Failure[] = [];
  if (given.some(([name]) => name === ownerTag)) {
    failures.push({
      property: `tags.${ownerTag}`,
      reason: "is the tag in which this resource keeps its owner: remove it",
    });
  }
  if (given.length + own > mostTags) {
    failures.push({
      property: "tags",
      reason: `must be at most ${mostTags - own}${own === 1 ? " beside the owner's tag" : ""}, got ${given.length}`,
    });
  }
  return failures;
};

const chain: Rule = (inputs) => {
  const value = inputs["chain"];
  if (value === undefined && kindOf(inputs as PlainObject).part === "merge")
    return [{ property: "chain", reason: "is missing: it must be the signed chain, leaf and intermediates" }];
  if (value === undefined || isUnknown(value)) return [];
  const issuer = knownText(objectAt(inputs, "policy")?.["issuerName"]);
  const failures: Failure[] = [];
  if (issuer !== undefined && issuerKind(issuer) === "self") {
    failures.push({
      property: "chain",
      reason:
        'is for a certificate that is signed elsewhere: remove it, or write policy.issuerName "Unknown"',
    });
  }
  const parts: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
  parts.forEach((part, index) =>
    failures.push(...chainPart(part, Array.isArray(value) && value.length > 0 ? `chain[${index}]` : "chain")),
  );
  return failures;
};

/** The value is never shown, and where it is a key the engine is not told the property either: it would print its value. */
function chainPart(part: unknown, path: string): Failure[] {
  if (isUnknown(part)) return [];
  if (typeof part !== "string" || part.trim() === "") {
    return [
      {
        property: path,
        reason: "must be certificates as PEM, base64 DER or PKCS#7 text, and it is no text or empty",
      },
    ];
  }
  if (looksLikePrivateKey(part)) {
    return [
      {
        property: "",
        reason: `${path} holds a private key, which must never leave its holder: give the certificates only, and consider the key disclosed`,
      },
    ];
  }
  if (looksLikePfx(part)) {
    return [
      {
        property: "",
        reason: `${path} is a PKCS#12 file, which holds a private key: give the certificates only`,
      },
    ];
  }
  return [];
}

const timeouts: Rule = (inputs) =>
  entries(objectAt(inputs, "timeouts")).flatMap(([name, value]) => {
    if (isUnknown(value) || (typeof value === "string" && parseDuration(value) !== undefined)) return [];
    const reason = `must be a duration such as "30m" or "1h30m", got ${show(value)}`;
    return [{ property: `customTimeouts.${name}`, reason }];
  });

/** Without the tag a replacement under the same name cannot be told from what it replaces, and its delete would take both. */
const adoption: Rule = (inputs) =>
  inputs["adopt"] === true && inputs["ownershipTag"] === false
    ? [{ property: "adopt", reason: "needs the owner's tag: remove ownershipTag: false, or adopt" }]
    : [];

/** A renewal that is due as soon as the certificate is there would issue a new one in every `up`. */
const renewal: Rule = (inputs) => {
  const given = objectAt(inputs, "renewal");
  if (given === undefined) return [];
  const months = objectAt(inputs, "policy")?.["validityInMonths"];
  return triggerFailures(given, "renewal", knownNumber(months ?? 12));
};

/** A signer is asked for the chain of the CSR that there is, so a chain that is given beside it would never be looked at, or it would. */
const signer: Rule = (inputs) => {
  const given = objectAt(inputs, "signer");
  if (given === undefined || kindOf(inputs as PlainObject).part !== "whole") return [];
  const failures: Failure[] = [];
  const issuer = knownText(objectAt(inputs, "policy")?.["issuerName"]);
  if (issuer !== undefined && issuerKind(issuer) !== "manual") {
    const reason = `is for a certificate that is signed elsewhere: remove it, or write policy.issuerName "Unknown" in place of "${issuer}"`;
    failures.push({ property: "signer", reason });
  }
  if (inputs["chain"] !== undefined && !isUnknown(inputs["chain"]))
    failures.push({
      property: "chain",
      reason: "must not stand beside signer, which gives the chain: remove one of them",
    });
  if (inputs["waitForCompletion"] === false)
    failures.push({
      property: "waitForCompletion",
      reason: "must not be false beside signer, which is waited for: remove one of them",
    });
  if (knownText(listAt(given, "command")[0])?.trim() === "")
    failures.push({ property: "signer.command[0]", reason: "must be the program, and it is empty" });
  return [...failures, ...signerVariablesTaken(objectAt(given, "env"))];
};

function signerVariablesTaken(env: Bag | undefined): Failure[] {
  return entries(env)
    .filter(([name]) => name.toUpperCase().startsWith(signerVariablePrefix))
    .map(([name]) => ({
      property: `signer.env.${name}`,
      reason: `must not begin with ${signerVariablePrefix}, as what a signer is told about the request does: write another name`,
    }));
}

/** Of a merge, which has them by themselves. */
const lifetimeActionsOfMerge: Rule = (inputs) =>
  kindOf(inputs as PlainObject).part === "merge"
    ? lifetimeActionFailures(
        // How long the certificate lasts is the request's affair.
        { issuerName: "Unknown", validityInMonths: unknownValue, lifetimeActions: inputs["lifetimeActions"] },
        "lifetimeActions",
      )
    : [];

const rules: readonly Rule[] = [
  lifetimeActionsOfMerge,
  signer,
  adoption,
  renewal,
  vaultUrl,
  certificateName,
  tags,
  chain,
  timeouts,
];

/** Everything that is wrong with the meaning of the inputs. */
export function ruleFailures(inputs: Readonly<Record<string, unknown>>): Failure[] {
  const policy = objectAt(inputs, "policy");
  return [
    ...rules.flatMap((rule) => rule(inputs)),
    ...(policy === undefined ? [] : policyRules.flatMap((rule) => rule(policy))),
  ];
}
