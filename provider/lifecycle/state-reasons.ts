import { issuerKind } from "./policy";
import { readStatus, type RequestStatus } from "./status";
import type { OnConflict, Part } from "./wanted";

/** What the state says that a state-driven reason can rest on. */
export interface StateFacts {
  readonly part: Part;
  readonly status: string | undefined;
  readonly requestId: string | undefined;
  /** Issuer of the last request. */
  readonly issuerName: string;
  /** Issuer that is wanted. */
  readonly wantedIssuerName: string;
  readonly operationError: string | undefined;
  /** When the last request was made: RFC 3339. */
  readonly orderedOn: string | undefined;
  /** The last request was looked for, and is no longer in the vault. */
  readonly requestGone: boolean;
  /** The current version is what is wanted. */
  readonly versionFits: boolean;
  /** The last request was made for something else than what is wanted now. */
  readonly requestOutdated: boolean;
  readonly versionOutdated: boolean;
  readonly onConflict: OnConflict | undefined;
  /** A chain is given that has not been merged. */
  readonly chainToMerge: boolean;
  readonly waitForCompletion: boolean | undefined;
  /** A program is there to have the CSR signed. */
  readonly signer: boolean;
  readonly updateUnfinished: boolean;
  /** The renewal that is due, in words: `30 days before 2027-05-31, since 2027-05-01`. */
  readonly renewalDue: string | undefined;
  readonly schemaOlder: boolean;
}

/** Why an update is due though the program may not have changed. */
export interface StateReason {
  readonly reason: string;
  /** One line for the preview: what is, and what `pulumi up` will do. */
  readonly message: string;
}

/** What an order means to whoever reads a preview. */
export function requestsNewVersion(issuerName: string): string {
  return issuerKind(issuerName) === "manual"
    ? "up makes a new CSR for a new version"
    : `up requests a new version at issuer "${issuerName}"`;
}

interface ReasonRow {
  readonly reason: string;
  readonly when: (f: StateFacts) => boolean;
  readonly says: (f: StateFacts) => string;
}

const is = (status: RequestStatus) => (f: StateFacts) =>
  f.status !== undefined && readStatus(f.status) === status;
const inProgress = is("inProgress");
const manual = (f: StateFacts) => issuerKind(f.issuerName) === "manual";
const waitedFor = (f: StateFacts) =>
  manual(f) ? f.waitForCompletion === true : f.waitForCompletion !== false;
const request = (f: StateFacts) =>
  `request ${f.requestId ?? ""} at issuer "${f.issuerName}"${f.orderedOn === undefined ? "" : ` of ${f.orderedOn.replace(".000Z", "Z")}`}`;
const madeAnew = "its CertificateRequest has made a new one (pulumi up --refresh)";
const mergesIfWaiting = `up merges the chain that is given if it answers the request, else fails until ${madeAnew}`;
const goesOn = (f: StateFacts) => {
  if (f.part === "merge") return mergesIfWaiting;
  if (f.versionFits) return "up keeps the current version, which is what is wanted";
  if (!f.chainToMerge) return "up makes one new request";
  return "up merges the chain that is given if it answers the request, else makes one new request";
};

/** What `up` does about a request in progress that does not fit, before it makes a new one. */
const resolution: Readonly<Record<OnConflict, string>> = {
  wait: "up waits until it ends, then makes a new request",
  cancel: "up cancels it, then makes a new request",
  delete: "up deletes it (its issuer may still issue and bill it), then makes a new request",
  fail: "up fails, as onConflict says",
};

function conflictResolution(f: StateFacts): string {
  // Nobody works on it, so there is nothing to cancel.
  if (manual(f) && (f.onConflict === undefined || f.onConflict === "cancel"))
    return "up deletes it, then makes a new request";
  return f.onConflict === undefined
    ? "up cancels and deletes it, then makes a new request"
    : resolution[f.onConflict];
}

/** What becomes of the request of a `CertificateRequest` whose chain has not been merged, beside a new one. */
const onRequestLeft: Readonly<Record<OnConflict, string>> = {
  wait: "once that one has ended",
  cancel: "and deletes that one first if it still waits for its chain",
  delete: "and deletes that one first if it still waits for its chain",
  fail: "or fails, as onConflict says, if that one still waits for its chain",
};

/** The same where the current version is what is wanted, and no new request is made; but a request that is waited for may replace it. */
function keeping(f: StateFacts, does: string): string {
  return f.onConflict === "wait"
    ? "up waits until it ends, and makes a new request if it was issued"
    : does.replace("then makes a new request", "and keeps the current version");
}

/** The reasons, the most telling first: one is shown. */
export const stateReasons: readonly ReasonRow[] = [
  {
    reason: "StatusUnknown",
    when: (f) => f.status !== undefined && readStatus(f.status) === undefined,
    says: (f) => `${request(f)} has the unknown status "${f.status ?? ""}"; up looks at it again`,
  },
  {
    // A create that never heard of its request, whether there is one or not.
    reason: "CreateUnfinished",
    when: (f) => inProgress(f) && f.requestId === undefined,
    says: () =>
      "the last create did not get to its end and knows of no request; up looks what there is, and makes one request where nothing fits",
  },
  {
    reason: "RequestGone",
    when: (f) => f.requestGone,
    says: (f) =>
      `${request(f)} is no longer in the vault; ${f.part === "merge" ? `up fails until ${madeAnew}` : f.versionFits ? "up keeps the current version, which is what is wanted" : "up makes one new request unless the certificate fits by then"}`,
  },
  {
    reason: "RequestFailed",
    when: is("failed"),
    says: (f) =>
      `${request(f)} failed${f.operationError === undefined ? "" : ` (${f.operationError})`}; ${goesOn(f)}`,
  },
  {
    reason: "RequestCancelled",
    when: is("cancelled"),
    says: (f) => `${request(f)} was cancelled; ${goesOn(f)}`,
  },
  {
    reason: "RequestConflicts",
    when: (f) => inProgress(f) && f.requestOutdated,
    says: (f) => {
      // Its chain is merged by another resource, after its own state was written: as a rule it is no longer in progress.
      if (f.part === "request")
        return `${request(f)} does not give what is wanted now; up makes a new request, ${onRequestLeft[f.onConflict ?? "delete"]}`;
      const does = conflictResolution(f);
      return `${request(f)} is in progress and does not give what is wanted now; ${f.versionFits ? keeping(f, does) : does}`;
    },
  },
  {
    reason: "ChainToMerge",
    when: (f) => inProgress(f) && manual(f) && f.chainToMerge,
    says: (f) => `${request(f)} waits for its chain; up checks and merges the one that is given`,
  },
  {
    reason: "SignerToAsk",
    when: (f) => inProgress(f) && manual(f) && f.signer,
    says: (f) => `${request(f)} waits for its chain; up asks signer.command for it and merges what it gives`,
  },
  {
    reason: "RequestUnfinished",
    when: (f) => inProgress(f) && waitedFor(f),
    says: (f) => `${request(f)} is in progress; up goes on with it and makes no other`,
  },
  {
    reason: "RequestNotWaitedFor",
    when: (f) => inProgress(f) && !manual(f),
    says: (f) =>
      `${request(f)} was in progress when it was last looked at; up looks at it once and does not wait (waitForCompletion: false)`,
  },
  {
    reason: "UpdateUnfinished",
    when: (f) => f.updateUnfinished,
    says: (f) =>
      `the last update did not get to its end; ${f.part === "merge" && f.chainToMerge ? mergesIfWaiting : "up brings the certificate to what the program says"}`,
  },
  {
    reason: "VersionOutdated",
    when: (f) => f.versionOutdated && !inProgress(f),
    says: (f) => `the current version was made for something else; ${requestsNewVersion(f.wantedIssuerName)}`,
  },
  {
    reason: "RenewalDue",
    when: (f) => f.renewalDue !== undefined && !inProgress(f),
    says: (f) =>
      `renewal is due (${f.renewalDue ?? ""}); ${requestsNewVersion(f.wantedIssuerName)}, and the current version stays in use until then`,
  },
  {
    reason: "SchemaOlder",
    when: (f) => f.schemaOlder,
    says: () => "the state is of an older release; up rewrites it without a request to the vault",
  },
];

/** Why an update is due though the program may not have changed; `undefined` where the state asks for nothing. */
export function stateReason(facts: StateFacts): StateReason | undefined {
  const row = stateReasons.find(({ when }) => when(facts));
  return row === undefined ? undefined : { reason: row.reason, message: row.says(facts) };
}
