import type { z } from "zod";
import type { Part } from "../../lifecycle/wanted";
import { type Kind, kindOf } from "../kinds";
import type { PlainObject } from "../plain";
import { isUnknown } from "../unknown";
import { certificateShape, mergeShape, requestShape } from "./shape";

/** One thing that is wrong: the property's path as the user writes it, and what to write instead. */
export interface Failure {
  /** `policy.lifetimeActions[1].daysBeforeExpiry`. */
  readonly property: string;
  readonly reason: string;
}

type Path = readonly PropertyKey[];

const shapes: Readonly<Record<Part, z.ZodType>> = {
  whole: certificateShape,
  request: requestShape,
  merge: mergeShape,
};

const saying = (reason: (path: string) => string, ...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [path, reason(path)]));
const signerOfCertificate = saying(
  () => "is a Certificate's, which needs no CertificateMerge: write a Certificate, or remove it",
  "signer",
);

/** What a reader may look for in one resource and finds in the other, or in a `Certificate`. */
const elsewhere: Readonly<Record<Part, Readonly<Record<string, string>>>> = {
  whole: {},
  request: {
    ...saying(
      (path) =>
        `belongs to the CertificateMerge: write ${path.replace("policy.", "")} there, so that every update of a request is a new CSR`,
      ...["tags", "enabled", "chain", "policy.lifetimeActions"],
    ),
    ...saying(() => 'is always "Unknown" in a CertificateRequest: remove it', "policy.issuerName"),
    ...saying(
      () => "is for an integrated issuer, which a CertificateRequest has not: remove it",
      ...["policy.certificateType", "policy.certificateTransparency"],
    ),
    ...saying(() => "is not a request's, which is done with its CSR: remove it", "waitForCompletion"),
    ...signerOfCertificate,
  },
  merge: {
    ...saying(
      () => "is not the merge's: write it in the CertificateRequest",
      ...["policy", "reissue", "renewal", "adopt", "preserveCertificateOrder"],
      ...["purgeOnDelete", "onConflict", "onSoftDeleted"],
    ),
    ...saying(() => "is not a merge's, which waits for nothing: remove it", "waitForCompletion"),
    ...signerOfCertificate,
  },
};

/** Everything that is wrong with the shape of the inputs. What is not known yet is never wrong. */
export function shapeFailures(inputs: PlainObject): Failure[] {
  const { part, className } = kindOf(inputs);
  const result = shapes[part].safeParse(inputs, { reportInput: true });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) =>
    passesUnknown(inputs, issue.path) ? [] : failuresOf(issue, { part, className }),
  );
}

function failuresOf(
  issue: z.core.$ZodIssue,
  { part, className }: Pick<Kind, "part" | "className">,
): Failure[] {
  if (issue.code !== "unrecognized_keys") return [{ property: pathText(issue.path), reason: issue.message }];
  return issue.keys.map((key) => {
    const property = pathText([...issue.path, key]);
    const owner = issue.path.length === 0 ? `a ${className}` : pathText(issue.path);
    const reason = `is no property of ${owner}: remove it or correct its spelling`;
    return { property, reason: elsewhere[part][property] ?? reason };
  });
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
