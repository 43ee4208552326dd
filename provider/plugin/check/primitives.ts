import { z } from "zod";
import { show } from "./show";

/** A message that says what a value must be and what it is. */
export const must = (demand: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined
    ? `is missing: it must be ${demand}`
    : `must be ${demand}, got ${show(issue.input)}`;

export const text = (demand: string) => z.string({ error: must(demand) });
/** A message that does not show the value. */
export const mustUnshown = (demand: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined
    ? `is missing: it must be ${demand}`
    : `must be ${demand}, and it is not (not shown, as it may hold a secret)`;

/** A text that is shown nowhere, not even where it is none. */
export const secretText = () =>
  z.string({ error: "must be text, and it is of another type (not shown, as it may be a secret)" });
export const flag = () => z.boolean({ error: must("true or false") });
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => {
  const demand = `one of ${values.join(", ")}`;
  return z.enum(values, { error: must(demand) });
};
export const whole = (least: number, most: number) => {
  const error = must(`a whole number from ${least} to ${most}`);
  return z.int({ error }).min(least, { error }).max(most, { error });
};
export const list = <T extends z.ZodType>(item: T, demand: string) => z.array(item, { error: must(demand) });
export const record = <T extends z.ZodRawShape>(shape: T, demand: string) =>
  z.strictObject(shape, { error: must(demand) });
