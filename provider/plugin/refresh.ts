import { canonicalJson, type Plain } from "../lifecycle/canonical";
import { userTags } from "../lifecycle/ownership";
import { policyDrift } from "../lifecycle/policy";
import type { Part } from "../lifecycle/wanted";
import type { CertificateBundle, CertificatePolicy } from "../vault/model";
import { wantedOf } from "./inputs";
import { kindOf } from "./kinds";
import { type PlainObject, toPlain } from "./plain";

/**
 * The inputs as the vault has them: what means the same keeps the user's spelling, so that only drift shows, and what the service adds
 * by itself never does.
 */
export function observedInputs(echo: PlainObject, bundle: CertificateBundle): PlainObject {
  const { part } = kindOf(echo);
  if (part === "request") return { ...echo, ...observedPolicy(echo, bundle.policy) };
  const { enabled, tags, ...others } = echo;
  return {
    ...others,
    ...observedPolicy(echo, bundle.policy),
    // A placeholder is always disabled, whatever was asked for.
    ...definedProperty("enabled", bundle.cer === undefined ? enabled : bundle.enabled),
    ...definedProperty("tags", observedTags(tags, bundle)),
  };
}

/** The policy, or what of it the resource has, as inputs of that resource. */
function observedPolicy(echo: PlainObject, stored: CertificatePolicy | undefined): PlainObject {
  const { part } = kindOf(echo);
  if (stored === undefined) return {};
  const typed = wantedOf(echo).policy as unknown as PlainObject;
  const policy = closestSpelling(typed, stored, part);
  if (part === "whole") return { policy };
  if (part === "merge") return definedProperty("lifetimeActions", policy["lifetimeActions"]);
  const { issuerName, ...others } = policy;
  return { policy: issuerName === typed["issuerName"] ? others : policy };
}

function closestSpelling(typed: PlainObject, observed: CertificatePolicy, part: Part): PlainObject {
  const policy = { ...typed };
  // Twice: one property that drifted may change what another means by default.
  for (let pass = 0; pass < 2; pass += 1) {
    for (const name of policyDrift(policy as unknown as CertificatePolicy, observed, part)) {
      const value = observed[name];
      if (value === undefined) Reflect.deleteProperty(policy, name);
      else policy[name] = toPlain(value);
    }
  }
  return policy;
}

function observedTags(typed: Plain | undefined, bundle: CertificateBundle): Plain | undefined {
  const observed = userTags(bundle.tags);
  if (canonicalJson(typed ?? {}) === canonicalJson(observed)) return typed;
  return observed;
}

function definedProperty(name: string, value: Plain | undefined): PlainObject {
  return value === undefined ? {} : { [name]: value };
}
