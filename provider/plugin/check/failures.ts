import type { z } from "zod";
import { isUnknown } from "../unknown";
import { certificateShape } from "./shape";

/** One thing that is wrong: the property's path as the user writes it, and what to write instead. */
export interface Failure {
  /** `policy.lifetimeActions[1].daysBeforeExpiry`. */
  readonly property: string;
  readonly reason: string;
}

type Path = readonly PropertyKey[];

/** Everything that is wrong with the shape of the inputs. What is not known yet is never wrong. */
export function shapeFailures(inputs: unknown): Failure[] {
  const result = certificateShape.safeParse(inputs, { reportInput: true });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => (passesUnknown(inputs, issue.path) ? [] : failuresOf(issue)));
}

function failuresOf(issue: z.core.$ZodIssue): Failure[] {
  if (issue.code !== "unrecognized_keys") return [{ property: pathText(issue.path), reason: issue.message }];
  return issue.keys.map((key) => ({
    property: pathText([...issue.path, key]),
    reason: `is no property of ${issue.path.length === 0 ? "a certificate" : pathText(issue.path)}: remove it or correct its spelling`,
  }));
}

/** `policy.subjectAlternativeNames.dnsNames[0]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function passesUnknown(inputs: unknown, path: Path): boolean {
  let value = inputs;
  for (const part of path) {
    if (isUnknown(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return isUnknown(value);
}
