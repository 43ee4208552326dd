import { ControlError } from "../control/control-error";
import { isObject } from "../vault/request";
import { knownPermissions } from "./permission";
import { knownRefusals, type FaultEffect, type FaultRule } from "./rule";

/** What a member must be, as a test and in words. */
type Demand = readonly [test: (value: unknown) => boolean, words: string];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isCount = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  return (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
};
const isOneOf = (known: readonly string[]) => (value: unknown) => known.some((item) => item === value);
const oneOrMore = (test: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) ? value.length > 0 && value.every(test) : test(value);
const isTextOrNullByName = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((item) => item === null || typeof item === "string");

const ruleDemands: Readonly<Record<keyof FaultRule, Demand>> = {
  name: [isText, "a text that is not empty"],
  endpoint: [isOneOf(["vault", "identity"]), "vault or identity"],
  method: [oneOrMore(isText), "a method such as POST, or a list of them"],
  path: [(value) => isText(value) && value.startsWith("/"), "a path that begins with a slash"],
  query: [isTextOrNullByName, "an object of texts and nulls"],
  permission: [oneOrMore(isOneOf(knownPermissions)), `one or a list of ${knownPermissions.join(", ")}`],
  authorized: [(value) => typeof value === "boolean", "true or false"],
  skip: [isCount(0), "a whole number from 0"],
  times: [isCount(1), "a whole number from 1"],
  share: [(value) => typeof value === "number" && value >= 0 && value <= 1, "a number from 0 to 1"],
  seed: [Number.isSafeInteger, "a whole number"],
  when: [isOneOf(["before", "after", "either"]), "before, after or either"],
  effect: [oneOrMore(isObject), "an object, or a list of them"],
};

const isPace = (value: unknown): boolean =>
  isObject(value) && isCount(1)(value["bytes"]) && isCount(0)(value["everyMs"]);

const effectDemands: Readonly<Record<keyof FaultEffect, Demand>> = {
  status: [isCount(200, 599), "a status from 200 to 599"],
  body: [() => true, "anything"],
  refuse: [isOneOf(knownRefusals), `one of ${knownRefusals.join(", ")}`],
  reset: [(value) => value === true, "true"],
  delayMs: [isCount(0, 2 ** 31 - 1), "a whole number of milliseconds"],
  headers: [isTextOrNullByName, "an object of texts and nulls"],
  contentType: [isText, "a text that is not empty"],
  truncateAt: [isCount(0), "a whole number from 0"],
  padTo: [isCount(0), "a whole number from 0"],
  dribble: [isPace, "{bytes, everyMs}, whole numbers"],
};

/** A rule as it came, by method call or as JSON, once it is known to be one. Members that are null count as absent. */
export function readRule(given: unknown): FaultRule {
  if (!isObject(given)) throw new ControlError("A fault rule must be an object.");
  // The members were tested by name, one by one.
  const rule = read(given, ruleDemands, "") as unknown as FaultRule;
  if (!("effect" in rule)) throw new ControlError("effect is missing: it says what happens.");
  const effects = oneOrSeveral(rule.effect);
  const checked = effects.map((effect, index) =>
    readEffect(effect, effects.length > 1 ? `effect[${index}].` : "effect."),
  );
  requireVault(rule, checked);
  return { ...rule, effect: checked.length === 1 ? (checked[0] ?? {}) : checked };
}

/** The identity endpoint has callers without permissions, and other refusals. */
function requireVault(
  { endpoint, permission, authorized }: FaultRule,
  effects: readonly FaultEffect[],
): void {
  if (endpoint !== "identity") return;
  const refuse = effects.find((effect) => effect.refuse !== undefined)?.refuse;
  const given = Object.entries({ permission, authorized, refuse }).filter(([, value]) => value !== undefined);
  const [first] = given.map(([name]) => name);
  if (first !== undefined)
    throw new ControlError(`${first} is about the vault: take away endpoint "identity".`);
}

const oneOrSeveral = (effect: FaultRule["effect"]): readonly FaultEffect[] =>
  Array.isArray(effect) ? (effect as readonly FaultEffect[]) : [effect as FaultEffect];

function readEffect(given: object, where: string): FaultEffect {
  const effect = read(given, effectDemands, where) as FaultEffect;
  const place = where.slice(0, -1);
  if (Object.keys(effect).length === 0) throw new ControlError(`${place} is empty: nothing would happen.`);
  const answers = (["status", "refuse", "reset"] as const).filter((name) => effect[name] !== undefined);
  if (answers.length > 1) {
    throw new ControlError(`${place} has ${answers.join(" and ")}, but a request can have one answer only.`);
  }
  if (effect.body !== undefined && effect.status === undefined) {
    throw new ControlError(`${where}body needs ${where}status: without it the reply is the vault's own.`);
  }
  return effect;
}

function read(given: object, demands: Readonly<Record<string, Demand>>, where: string): object {
  const members = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  for (const [name, value] of members) {
    const demand = Object.hasOwn(demands, name) ? demands[name] : undefined;
    if (demand === undefined) {
      const known = Object.keys(demands).join(", ");
      throw new ControlError(`${where}${name} is not a member of a fault rule; known here: ${known}.`);
    }
    const [test, words] = demand;
    if (!test(value))
      throw new ControlError(`${where}${name} is ${JSON.stringify(value)}, but must be ${words}.`);
  }
  return structuredClone(Object.fromEntries(members));
}
