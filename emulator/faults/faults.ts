import { ControlError } from "../control/control-error";
import { draw, occasionOf, type Purpose } from "./draw";
import { effectsOf, matcherOf, type Matcher, type ObservedRequest } from "./match";
import { readRule } from "./read-rule";
import { type FaultEffect, type FaultRule, type FaultView } from "./rule";

/** What is to happen to one request. */
export interface Disturbance {
  /** The name of the rule. */
  readonly rule: string;
  readonly effect: FaultEffect;
  readonly when: "before" | "after";
  /** Aborted once the rule is taken away: then nothing waits for it any more. */
  readonly takenAway: AbortSignal;
}

interface Entry {
  readonly rule: FaultRule & { readonly name: string };
  readonly matches: Matcher;
  /** How many requests of each method and path the rule was asked about, after those that it let pass. */
  readonly occasions: Map<string, number>;
  readonly end: AbortController;
  matched: number;
  fired: number;
}

/** Adds, shows and takes away rules. */
export interface FaultControl {
  /** All rules, in the order in which they are tried. */
  list(): readonly FaultView[];
  /** Adds a rule behind the others. @throws ControlError where the rule cannot be understood, or its name is taken. */
  add(rule: FaultRule): FaultView;
  /** Takes a rule away, and lets go on what it delays; nothing happens where there is none of the name. */
  remove(name: string): void;
  /** Takes all rules away, and lets go on what they delay. */
  clear(): void;
}

/** The rules and how often each fired. */
export class Faults implements FaultControl {
  private entries: Entry[] = [];
  private added = 0;

  list(): readonly FaultView[] {
    return this.entries.map(view);
  }

  add(given: FaultRule): FaultView {
    const rule = readRule(given);
    const name = rule.name ?? this.freeName();
    if (this.taken(name)) {
      throw new ControlError(
        `name is "${name}", but there is a rule of that name: remove it first, or take another.`,
      );
    }
    const named = { ...rule, name };
    const counts = { occasions: new Map<string, number>(), matched: 0, fired: 0 };
    const entry = { rule: named, matches: matcherOf(rule), ...counts, end: new AbortController() };
    this.entries.push(entry);
    return view(entry);
  }

  remove(name: string): void {
    this.takeAway((entry) => entry.rule.name === name);
  }

  clear(): void {
    this.takeAway(() => true);
    this.added = 0;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** What is to happen to a request, and counts it; undefined: nothing. */
  decide(request: ObservedRequest): Disturbance | undefined {
    for (const entry of this.entries) {
      const disturbance = ask(entry, request);
      if (disturbance !== undefined) return disturbance;
    }
    return undefined;
  }

  private takeAway(which: (entry: Entry) => boolean): void {
    const ended = this.entries.filter(which);
    this.entries = this.entries.filter((entry) => !which(entry));
    for (const { end } of ended) end.abort();
  }

  private freeName(): string {
    let name: string;
    do name = `fault-${(this.added += 1)}`;
    while (this.taken(name));
    return name;
  }

  private taken(name: string): boolean {
    return this.entries.some(({ rule }) => rule.name === name);
  }
}

const view = ({ rule, matched, fired }: Entry): FaultView => ({ ...rule, matched, fired });

function ask(entry: Entry, request: ObservedRequest): Disturbance | undefined {
  const { rule } = entry;
  if (entry.fired >= (rule.times ?? Infinity) || !entry.matches(request)) return undefined;
  entry.matched += 1;
  if (entry.matched <= (rule.skip ?? 0)) return undefined;
  const chance = chanceOf(entry, request);
  if (chance("share") >= (rule.share ?? 1)) return undefined;
  entry.fired += 1;
  const takenAway = entry.end.signal;
  return { rule: rule.name, effect: effectFor(rule, chance), when: whenFor(rule, chance), takenAway };
}

type Chance = (purpose: Purpose) => number;

/** Draws for this request: by its place among those of its method and path, so that others in between change nothing. */
function chanceOf({ rule, occasions }: Entry, { method, path }: ObservedRequest): Chance {
  const occasion = occasionOf(method, path);
  const count = (occasions.get(occasion) ?? 0) + 1;
  occasions.set(occasion, count);
  return (purpose) => draw(rule.seed ?? 0, `${occasion} ${count}`, purpose);
}

function effectFor(rule: FaultRule, chance: Chance): FaultEffect {
  const effects = effectsOf(rule);
  const index = effects.length === 1 ? 0 : Math.floor(chance("effect") * effects.length);
  return effects[index] ?? {};
}

function whenFor({ when = "before" }: FaultRule, chance: Chance): "before" | "after" {
  if (when !== "either") return when;
  return chance("when") < 0.5 ? "before" : "after";
}
