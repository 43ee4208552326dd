import { derivedInputs, pickInputs } from "../inputs";
import type { PlainObject } from "../plain";
import { type Failure, shapeFailures } from "./failures";
import { ruleFailures } from "./rules";

export interface CheckResult {
  readonly inputs: PlainObject;
  readonly failures: readonly Failure[];
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
  const inputs = pickInputs({ enabled: true, ...given, ...(owner === undefined ? {} : { __owner: owner }) });
  if (failures.length > 0) return { inputs, failures };
  return { inputs: { ...inputs, ...derivedInputs(inputs) }, failures };
}
