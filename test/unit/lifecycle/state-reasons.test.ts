import fc from "fast-check";
import { type StateFacts, stateReason, stateReasons } from "../../../provider/lifecycle/state-reasons";
import { requestId } from "../build/certificate";

const fine: StateFacts = {
  part: "whole",
  status: "completed",
  requestId,
  issuerName: "DigiCert",
  wantedIssuerName: "Self",
  operationError: undefined,
  orderedOn: undefined,
  requestGone: false,
  versionFits: false,
  requestOutdated: false,
  versionOutdated: false,
  onConflict: undefined,
  chainToMerge: false,
  waitForCompletion: undefined,
  signer: false,
  updateUnfinished: false,
  renewalDue: undefined,
  schemaOlder: false,
};
const waiting = { status: "inProgress", issuerName: "Unknown" } as const;
const conflicting = { status: "inProgress", requestOutdated: true } as const;
const request = `request ${requestId} at issuer "DigiCert"`;
const oneNew = "up makes one new request";
const chainFirst = "up merges the chain that is given if it answers the request, else makes one new request";
const madeAnew = "its CertificateRequest has made a new one (pulumi up --refresh)";
const newBeside = "does not give what is wanted now; up makes a new request";
const otherwise = "is in progress and does not give what is wanted now";

describe("the reason of the state for an update", () => {
  test.each<[string, Partial<StateFacts>, string]>([
    [
      "StatusUnknown",
      { status: "Paused" },
      `${request} has the unknown status "Paused"; up looks at it again`,
    ],
    [
      "RequestGone",
      { status: "inProgress", requestGone: true },
      `${request} is no longer in the vault; up makes one new request unless the certificate fits by then`,
    ],
    ["RequestFailed", { status: "failed" }, `${request} failed; ${oneNew}`],
    [
      "RequestFailed",
      { status: "failed", operationError: "Request rejected: no", orderedOn: "2026-01-01T00:00:00.000Z" },
      `${request} of 2026-01-01T00:00:00Z failed (Request rejected: no); ${oneNew}`,
    ],
    [
      "RequestFailed",
      { status: "failed", versionFits: true },
      `${request} failed; up keeps the current version, which is what is wanted`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, versionFits: true },
      `${request} ${otherwise}; up cancels and deletes it, and keeps the current version`,
    ],
    [
      "VersionOutdated",
      { versionOutdated: true },
      'the current version was made for something else; up requests a new version at issuer "Self"',
    ],
    ["RequestFailed", { status: "failed", chainToMerge: true }, `${request} failed; ${chainFirst}`],
    ["RequestCancelled", { status: "canceled" }, `${request} was cancelled; ${oneNew}`],
    [
      "RequestCancelled",
      { status: "cancelled", chainToMerge: true },
      `${request} was cancelled; ${chainFirst}`,
    ],
    [
      "RequestConflicts",
      conflicting,
      `${request} ${otherwise}; up cancels and deletes it, then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, issuerName: "Unknown" },
      `request ${requestId} at issuer "Unknown" ${otherwise}; up deletes it, then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, onConflict: "wait" },
      `${request} ${otherwise}; up waits until it ends, then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, onConflict: "cancel" },
      `${request} ${otherwise}; up cancels it, then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, onConflict: "wait", versionFits: true },
      `${request} ${otherwise}; up waits until it ends, and makes a new request if it was issued`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, issuerName: "Unknown", onConflict: "cancel" },
      `request ${requestId} at issuer "Unknown" ${otherwise}; up deletes it, then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, issuerName: "Unknown", onConflict: "cancel", versionFits: true },
      `request ${requestId} at issuer "Unknown" ${otherwise}; up deletes it, and keeps the current version`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, onConflict: "delete" },
      `${request} ${otherwise}; up deletes it (its issuer may still issue and bill it), then makes a new request`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, onConflict: "fail" },
      `${request} ${otherwise}; up fails, as onConflict says`,
    ],
    [
      "ChainToMerge",
      { ...waiting, chainToMerge: true },
      `request ${requestId} at issuer "Unknown" waits for its chain; up checks and merges the one that is given`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, issuerName: "Unknown", part: "request" },
      `request ${requestId} at issuer "Unknown" ${newBeside}, and deletes that one first if it still waits for its chain`,
    ],
    [
      "RequestConflicts",
      { ...conflicting, issuerName: "Unknown", part: "request", onConflict: "fail" },
      `request ${requestId} at issuer "Unknown" ${newBeside}, or fails, as onConflict says, if that one still waits for its chain`,
    ],
    [
      "RequestGone",
      { part: "merge", requestGone: true },
      `${request} is no longer in the vault; up fails until ${madeAnew}`,
    ],
    [
      "RequestCancelled",
      { part: "merge", status: "cancelled", chainToMerge: true },
      `${request} was cancelled; up merges the chain that is given if it answers the request, else fails until ${madeAnew}`,
    ],
    [
      "SignerToAsk",
      { ...waiting, signer: true },
      `request ${requestId} at issuer "Unknown" waits for its chain; up asks signer.command for it and merges what it gives`,
    ],
    [
      "CreateUnfinished",
      { status: "inProgress", requestId: undefined, requestOutdated: true, chainToMerge: true },
      "the last create did not get to its end and knows of no request; up looks what there is, and makes one request where nothing fits",
    ],
    [
      "RequestUnfinished",
      { status: "inProgress" },
      `${request} is in progress; up goes on with it and makes no other`,
    ],
    [
      "RequestUnfinished",
      { ...waiting, waitForCompletion: true },
      `request ${requestId} at issuer "Unknown" is in progress; up goes on with it and makes no other`,
    ],
    [
      "RequestNotWaitedFor",
      { status: "inProgress", waitForCompletion: false },
      `${request} was in progress when it was last looked at; up looks at it once and does not wait (waitForCompletion: false)`,
    ],
    [
      "UpdateUnfinished",
      { updateUnfinished: true },
      "the last update did not get to its end; up brings the certificate to what the program says",
    ],
    [
      "RenewalDue",
      { renewalDue: "30 days before 2027-05-31, since 2027-05-01" },
      'renewal is due (30 days before 2027-05-31, since 2027-05-01); up requests a new version at issuer "Self", and the current version stays in use until then',
    ],
    [
      "SchemaOlder",
      { schemaOlder: true },
      "the state is of an older release; up rewrites it without a request to the vault",
    ],
  ])("is %s for %j", (reason, facts, message) => {
    expect(stateReason({ ...fine, ...facts })).toEqual({ reason, message });
  });

  test.each<[string, Partial<StateFacts>]>([
    ["the request has completed", {}],
    ["there was never a request", { status: undefined, requestId: undefined }],
    ["a request waits for a chain that there is not", waiting],
    ["a signer is there, and its chain has been merged", { signer: true }],
    ["a chain is given that belongs to no request", { chainToMerge: true }],
    ["a renewal is due and its request waits for its chain", { ...waiting, renewalDue: "since 2027-05-01" }],
    ["the request was made for something else and has completed", { requestOutdated: true }],
  ])("is none where %s", (_, facts) => {
    expect(stateReason({ ...fine, ...facts })).toBeUndefined();
  });

  test("is the most telling one where there are several", () => {
    const all = { updateUnfinished: true, schemaOlder: true, renewalDue: "since 2027-05-01" };
    const reasonOf = (facts: Partial<StateFacts>) => stateReason({ ...fine, ...facts })?.reason;
    expect(reasonOf({ ...all, status: "failed" })).toBe("RequestFailed");
    expect(reasonOf(all)).toBe("UpdateUnfinished");
    expect(reasonOf({ ...all, updateUnfinished: false })).toBe("RenewalDue");
    expect(reasonOf({ ...all, status: "inProgress", requestGone: true })).toBe("RequestGone");
    expect(reasonOf({ ...all, ...conflicting })).toBe("RequestConflicts");
    expect(reasonOf({ ...waiting, requestOutdated: true, chainToMerge: true })).toBe("RequestConflicts");
    expect(reasonOf({ ...waiting, chainToMerge: true, waitForCompletion: true })).toBe("ChainToMerge");
  });

  test("names every row differently", () => {
    expect(new Set(stateReasons.map(({ reason }) => reason)).size).toBe(stateReasons.length);
  });

  test("is one line without a full stop that says what up does, whatever the state", () => {
    const maybe = <T>(...values: T[]) => fc.constantFrom<(T | undefined)[]>(undefined, ...values);
    const some: fc.Arbitrary<StateFacts> = fc.record({
      part: fc.constantFrom("whole", "request", "merge"),
      status: maybe("inProgress", "completed", "failed", "cancelled", "x"),
      requestId: maybe(requestId),
      issuerName: fc.constantFrom("Self", "Unknown", "DigiCert"),
      wantedIssuerName: fc.constantFrom("Self", "Unknown", "DigiCert"),
      operationError: maybe("no"),
      orderedOn: maybe("2026-01-01T00:00:00.000Z"),
      requestGone: fc.boolean(),
      versionFits: fc.boolean(),
      requestOutdated: fc.boolean(),
      versionOutdated: fc.boolean(),
      onConflict: maybe("wait" as const, "cancel" as const, "delete" as const, "fail" as const),
      chainToMerge: fc.boolean(),
      waitForCompletion: maybe(true, false),
      signer: fc.boolean(),
      updateUnfinished: fc.boolean(),
      renewalDue: maybe("since 2027-05-01"),
      schemaOlder: fc.boolean(),
    });
    fc.assert(
      fc.property(some, (facts) => {
        const found = stateReason(facts);
        if (found !== undefined) expect(found.message).toMatch(/^[a-z][^\n]*; up [^\n]*[^.\n]$/);
      }),
    );
  });
});
