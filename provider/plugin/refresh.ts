import { canonicalJson, type Plain } from "../lifecycle/canonical";
import { userTags } from "../lifecycle/ownership";
import { policyDifferences } from "../lifecycle/policy";
import type { CertificateBundle, CertificatePolicy } from "../vault/model";
import { type PlainObject, toPlain } from "./plain";

/**
 * The inputs as the vault has them: what means the same keeps the user's spelling, so that only drift shows, and what the service adds
 * by itself never does.
 */
export function observedInputs(echo: PlainObject, bundle: CertificateBundle): PlainObject {
  const { enabled, tags, policy, ...others } = echo;
  return {
    ...others,
    ...definedProperty("policy", observedPolicy(policy, bundle.policy)),
    // A placeholder is always disabled, whatever was asked for.
    ...definedProperty("enabled", bundle.cer === undefined ? enabled : bundle.enabled),
    ...definedProperty("tags", observedTags(tags, bundle)),
  };
}

function observedPolicy(
  typed: Plain | undefined,
  observed: CertificatePolicy | undefined,
): Plain | undefined {
  if (observed === undefined || typed === undefined) return typed;
  const policy = { ...(typed as PlainObject) };
  // Twice: one property that drifted may change what another means by default.
  for (let pass = 0; pass < 2; pass += 1) {
    for (const name of differing(policy, observed)) {
      const value = observed[name];
      if (value === undefined) Reflect.deleteProperty(policy, name);
      else policy[name] = toPlain(value);
    }
  }
  return policy;
}

function differing(policy: PlainObject, observed: CertificatePolicy) {
  return policyDifferences(policy as unknown as CertificatePolicy, observed);
}

function observedTags(typed: Plain | undefined, bundle: CertificateBundle): Plain | undefined {
  const observed = userTags(bundle.tags);
  if (canonicalJson(typed ?? {}) === canonicalJson(observed)) return typed;
  return observed;
}

function definedProperty(name: string, value: Plain | undefined): PlainObject {
  return value === undefined ? {} : { [name]: value };
}
