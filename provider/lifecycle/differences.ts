import { canonicalJson, type Plain } from "./canonical";
import { duration } from "./pace";
import { type IssuerKind, issuerKind } from "./policy";
import { readStatus } from "./status";
import type { Target } from "./wanted";

type Bag = Readonly<Record<string, Plain | undefined>>;

/** The names of the inputs that differ from their echo. */
export function differingInputs(names: readonly string[], echo: Bag, inputs: Bag): string[] {
  return names.filter((name) => canonicalJson(echo[name]) !== canonicalJson(inputs[name]));
}

/**
 * The inputs whose change makes it another object: vault and name, compared as the service does, without case. `undefined` as the new
 * target stands for one that is not known yet: a replacement is never claimed on a guess.
 */
export function replacingInputs(
  old: Target,
  target: { [K in keyof Target]: Target[K] | undefined },
): (keyof Target)[] {
  const replaces: (keyof Target)[] = [];
  if (target.vaultUrl !== undefined && target.vaultUrl !== old.vaultUrl) replaces.push("vaultUrl");
  const name = target.certificateName;
  if (name !== undefined && name.toLowerCase() !== old.certificateName.toLowerCase())
    replaces.push("certificateName");
  return replaces;
}

/** What an update has to do though no input changed, or beside the changed inputs. */
export interface StateReason {
  readonly reason:
    | "RequestUnfinished"
    | "RequestFailed"
    | "RequestCancelled"
    | "ChainToMerge"
    | "UpdateUnfinished"
    | "SchemaOlder"
    | "StatusUnknown";
  /** One line for the preview: what is, and what `pulumi up` will do. */
  readonly message: string;
}

/** What the state says that a state-driven reason can rest on. */
export interface StateFacts {
  readonly status: string | undefined;
  readonly requestId: string | undefined;
  readonly issuerName: string;
  readonly operationError: string | undefined;
  /** Unix milliseconds since when the last request was in progress, where it is known. */
  readonly updatedOn: number | undefined;
  /** A chain is given that has not been merged. */
  readonly chainToMerge: boolean;
  readonly waitForCompletion: boolean | undefined;
  readonly updateUnfinished: boolean;
  readonly schemaOlder: boolean;
}

/** The state-driven reasons, the most telling first; at most one is shown. */
const reasons: readonly ((f: StateFacts, kind: IssuerKind, now: number) => StateReason | undefined)[] = [
  (f) =>
    f.status === undefined || readStatus(f.status) !== undefined
      ? undefined
      : {
          reason: "StatusUnknown",
          message: `the last request has the unknown status "${f.status}"; up looks at it again`,
        },
  (f) =>
    f.status === undefined || readStatus(f.status) !== "failed"
      ? undefined
      : {
          reason: "RequestFailed",
          message: `request ${f.requestId ?? ""} at issuer "${f.issuerName}" failed${f.operationError === undefined ? "" : ` (${f.operationError})`}; up makes one new request`,
        },
  (f) =>
    f.status === undefined || readStatus(f.status) !== "cancelled"
      ? undefined
      : {
          reason: "RequestCancelled",
          message: `request ${f.requestId ?? ""} at issuer "${f.issuerName}" was cancelled; up makes one new request`,
        },
  (f, kind) =>
    inProgress(f) && kind === "manual" && f.chainToMerge
      ? {
          reason: "ChainToMerge",
          message: `request ${f.requestId ?? ""} waits for its chain; up checks and merges the one that is given`,
        }
      : undefined,
  (f, kind, now) =>
    inProgress(f) && (kind === "manual" ? f.waitForCompletion === true : f.waitForCompletion !== false)
      ? {
          reason: "RequestUnfinished",
          message: `request ${f.requestId ?? ""} at issuer "${f.issuerName}" is in progress${f.updatedOn === undefined ? "" : ` for ${duration(now - f.updatedOn)}`}; up goes on with it and makes no other`,
        }
      : undefined,
  (f) =>
    f.updateUnfinished
      ? {
          reason: "UpdateUnfinished",
          message:
            "the last update did not get to its end; up brings the certificate to what the program says",
        }
      : undefined,
  (f) =>
    f.schemaOlder
      ? {
          reason: "SchemaOlder",
          message: "the state is of an older release; up rewrites it without a request to the vault",
        }
      : undefined,
];

const inProgress = (f: StateFacts) => f.status !== undefined && readStatus(f.status) === "inProgress";

/** Why an update is due though the program may not have changed. */
export function stateReason(facts: StateFacts, now: number): StateReason | undefined {
  const kind = issuerKind(facts.issuerName);
  for (const reason of reasons) {
    const found = reason(facts, kind, now);
    if (found !== undefined) return found;
  }
  return undefined;
}
