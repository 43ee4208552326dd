import { isUnknown } from "../unknown";
import type { Failure } from "./failures";

export type Bag = Readonly<Record<string, unknown>>;

/** Reads what has the right type and is known; everything else is the shape's affair. */
export type Rule = (inputs: Bag) => Failure[];

/** The property as an object, or `undefined` where it is none or not known. */
export function objectAt(bag: Bag, property: string): Bag | undefined {
  const value = bag[property];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Bag) : undefined;
}

/** The property as a list, or empty. */
export function listAt(bag: Bag, property: string): readonly unknown[] {
  const value = bag[property];
  return Array.isArray(value) ? value : [];
}

/** The value where it is a known text. */
export function knownText(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

export function knownNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function entries(bag: Bag | undefined): [string, unknown][] {
  return bag === undefined ? [] : Object.entries(bag);
}
