import { pathPattern } from "./path-pattern";
import { needOf } from "./permission";
import { type Endpoint, type FaultEffect, type FaultRule } from "./rule";

/** What a rule can see of a request. */
export interface ObservedRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** It carries a token that the vault accepts. */
  readonly authorized: boolean;
}

/** Whether a request is one that the rule is about. */
export type Matcher = (request: ObservedRequest) => boolean;

/** Builds the matcher of a rule: every condition that the rule states has to hold. */
export function matcherOf(rule: FaultRule): Matcher {
  const conditions = [
    (request: ObservedRequest) => request.endpoint === (rule.endpoint ?? "vault"),
    methodCondition(rule),
    pathCondition(rule),
    queryCondition(rule),
    permissionCondition(rule),
    authorizedCondition(rule),
  ].filter((condition) => condition !== undefined);
  return (request) => conditions.every((condition) => condition(request));
}

function methodCondition({ method }: FaultRule): Matcher | undefined {
  if (method === undefined) return undefined;
  const methods = listOf(method).map((name) => name.toUpperCase());
  return (request) => methods.includes(request.method);
}

function pathCondition({ path }: FaultRule): Matcher | undefined {
  if (path === undefined) return undefined;
  const pattern = pathPattern(path);
  return (request) => pattern.test(request.path);
}

function queryCondition({ query }: FaultRule): Matcher | undefined {
  if (query === undefined) return undefined;
  const wanted = Object.entries(query);
  return (request) => wanted.every(([name, value]) => fits(request.query[name], value));
}

function fits(given: string | undefined, wanted: string | null): boolean {
  if (wanted === null) return given === undefined;
  return given !== undefined && (wanted === "*" || wanted === given);
}

function permissionCondition({ permission }: FaultRule): Matcher | undefined {
  if (permission === undefined) return undefined;
  const permissions: readonly string[] = listOf(permission);
  return ({ authorized, method, path }) =>
    authorized && permissions.includes(needOf(method, path)?.permission ?? "");
}

/** The service refuses access only to those it has recognised. */
function authorizedCondition(rule: FaultRule): Matcher | undefined {
  const refuses = effectsOf(rule).some(({ refuse }) => refuse !== undefined);
  const wanted = rule.authorized ?? (refuses || undefined);
  return wanted === undefined ? undefined : ({ authorized }) => authorized === wanted;
}

/** The effects of a rule, at least one. */
export const effectsOf = ({ effect }: FaultRule): readonly FaultEffect[] => listOf(effect);

function listOf<T extends string | object>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
