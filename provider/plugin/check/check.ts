import { renewsItself } from "../../lifecycle/policy";
import { derivedInputs, pickInputs, wantedOf } from "../inputs";
import { kindOf } from "../kinds";
import type { PlainObject } from "../plain";
import { type Failure, shapeFailures } from "./failures";
import { containsUnknown } from "../unknown";
import { ruleFailures } from "./rules";

export interface CheckResult {
  readonly inputs: PlainObject;
  readonly failures: readonly Failure[];
  /** What is allowed and yet worth a line. */
  readonly warnings: readonly string[];
}

/**
 * The inputs as the engine shall keep them, or everything that is wrong with them at once. Reads nothing but its arguments. What the program
 * wrote is kept as written, so that a preview shows no value that nobody typed; added are the documented defaults of the
 * resource itself and the ids that a preview can know. The owner stays the one that the first run gave.
 */
export function check(olds: PlainObject, news: PlainObject): CheckResult {
  const given = Object.fromEntries(Object.entries(news).filter(([name]) => name !== "__urn"));
  const failures = [...shapeFailures(given), ...ruleFailures(given)];
  const owner = olds["__owner"] ?? given["__owner"];
  const enabled = kindOf(given).part === "request" ? {} : { enabled: true };
  const inputs = pickInputs({ ...enabled, ...given, ...(owner === undefined ? {} : { __owner: owner }) });
  if (failures.length > 0) return { inputs, failures, warnings: [] };
  return { inputs: { ...inputs, ...derivedInputs(inputs) }, failures, warnings: warningsOn(inputs) };
}

/** Two who renew: each would issue what the other has issued already. */
function warningsOn(inputs: PlainObject): string[] {
  if (inputs["renewal"] === undefined || containsUnknown(inputs["policy"])) return [];
  const { policy } = wantedOf({ ...inputs, vaultUrl: "https://vault" });
  if (!renewsItself(policy)) return [];
  return [
    'renewal is set beside a lifetime action "AutoRenew" (the default of issuer Self and of integrated issuers), so Key Vault renews by itself too: ' +
      'write policy.lifetimeActions with the action "EmailContacts" to leave it to renewal',
  ];
}
