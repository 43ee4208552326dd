import fc from "fast-check";
import {
  differingInputs,
  replacingInputs,
  type StateFacts,
  stateReason,
} from "../../../provider/lifecycle/differences";
import { certificateName, requestId, vaultUrl } from "../build/certificate";

const now = Date.UTC(2026, 0, 1);

const fine: StateFacts = {
  status: "completed",
  requestId,
  issuerName: "DigiCert",
  operationError: undefined,
  updatedOn: undefined,
  chainToMerge: false,
  waitForCompletion: undefined,
  updateUnfinished: false,
  schemaOlder: false,
};
const waiting = { status: "inProgress", issuerName: "Unknown" } as const;

describe("the inputs that differ", () => {
  const names = ["a", "b", "c"];

  test("are those whose values are not equal, whatever the order of their keys", () => {
    const echo = { a: { x: 1, y: 2 }, b: [1, 2], c: "same" };
    expect(differingInputs(names, echo, { a: { y: 2, x: 1 }, b: [2, 1], c: "same" })).toEqual(["b"]);
  });

  test("count an input that came or went", () => {
    expect(differingInputs(names, { a: 1 }, { b: 1 })).toEqual(["a", "b"]);
  });

  test("are none but those that are asked for", () => {
    expect(differingInputs(names, { z: 1 }, { z: 2 })).toEqual([]);
  });
});

describe("the inputs that replace", () => {
  const old = { vaultUrl, certificateName };
  test.each([
    [[], "nothing changes", {}],
    [["vaultUrl"], "the vault changes", { vaultUrl: "https://other.vault.azure.net" }],
    [["certificateName"], "the name changes", { certificateName: "other" }],
    [["vaultUrl", "certificateName"], "both change", { vaultUrl: "https://o.example", certificateName: "o" }],
    [[], "the name changes in case alone", { certificateName: "WEB" }],
    [[], "the vault is not known yet", { vaultUrl: undefined }],
    [[], "the name is not known yet", { certificateName: undefined }],
    [
      ["certificateName"],
      "the vault is not known yet, but the name is",
      { vaultUrl: undefined, certificateName: "o" },
    ],
  ])("are %j where %s", (replaces, _, changes) => {
    expect(replacingInputs(old, { ...old, ...changes })).toEqual(replaces);
  });
});

describe("the reason of the state for an update", () => {
  test.each<[string, Partial<StateFacts>, RegExp]>([
    ["StatusUnknown", { status: "Paused" }, /unknown status "Paused"/],
    [
      "RequestFailed",
      { status: "failed", operationError: "Request rejected: no" },
      new RegExp(
        `request ${requestId} at issuer "DigiCert" failed \\(Request rejected: no\\); up makes one new`,
      ),
    ],
    ["RequestCancelled", { status: "canceled" }, /was cancelled; up makes one new request/],
    ["ChainToMerge", { ...waiting, chainToMerge: true }, /waits for its chain; up checks and merges/],
    ["RequestUnfinished", { status: "inProgress" }, /is in progress; up goes on with it and makes no other/],
    ["RequestUnfinished", { status: "inProgress", updatedOn: now - 65_000 }, /in progress for 1 min 5 s/],
    ["RequestUnfinished", { ...waiting, waitForCompletion: true }, /makes no other/],
    ["UpdateUnfinished", { updateUnfinished: true }, /last update did not get to its end/],
    ["SchemaOlder", { schemaOlder: true }, /rewrites it without a request to the vault/],
  ])("is %s for %j", (reason, facts, message) => {
    const found = stateReason({ ...fine, ...facts }, now);
    expect(found?.reason).toBe(reason);
    expect(found?.message).toMatch(message);
  });

  test.each<[string, Partial<StateFacts>]>([
    ["the request has completed", {}],
    ["there was never a request", { status: undefined, requestId: undefined }],
    ["a request waits for a chain that there is not", waiting],
    ["nobody is to wait for the issuer", { status: "inProgress", waitForCompletion: false }],
    ["a chain is given that belongs to no request", { chainToMerge: true }],
  ])("is none where %s", (_, facts) => {
    expect(stateReason({ ...fine, ...facts }, now)).toBeUndefined();
  });

  test("is the most telling one where there are several", () => {
    const all = { updateUnfinished: true, schemaOlder: true };
    expect(stateReason({ ...fine, ...all, status: "failed" }, now)?.reason).toBe("RequestFailed");
    expect(stateReason({ ...fine, ...all }, now)?.reason).toBe("UpdateUnfinished");
    const chain = { ...fine, ...waiting, chainToMerge: true, waitForCompletion: true };
    expect(stateReason(chain, now)?.reason).toBe("ChainToMerge");
  });

  test("is one line without a full stop, whatever the state", () => {
    const some = fc.record({
      status: fc.option(fc.constantFrom("inProgress", "completed", "failed", "cancelled", "x"), {
        nil: undefined,
      }),
      requestId: fc.option(fc.constant(requestId), { nil: undefined }),
      issuerName: fc.constantFrom("Self", "Unknown", "DigiCert"),
      operationError: fc.option(fc.constant("no"), { nil: undefined }),
      updatedOn: fc.option(fc.constant(now - 1000), { nil: undefined }),
      chainToMerge: fc.boolean(),
      waitForCompletion: fc.option(fc.boolean(), { nil: undefined }),
      updateUnfinished: fc.boolean(),
      schemaOlder: fc.boolean(),
    });
    fc.assert(
      fc.property(some, (facts) => {
        const found = stateReason(facts, now);
        if (found !== undefined) expect(found.message).toMatch(/^[a-z][^\n]*[^.\n]$/);
      }),
    );
  });
});
