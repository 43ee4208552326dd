import { decide, decisionTable } from "../../../provider/lifecycle/decide";
import { refusal, told } from "../../../provider/lifecycle/refusals";
import { isError, KeyVaultCertificateError } from "../../../provider/errors/error";
import { errorTable } from "../../../provider/errors/table";
import {
  issued,
  operation,
  otherRequestId,
  placeholder,
  policy,
  requestId,
  vaultUrl,
  versionOne,
} from "../build/certificate";
import { useFakeTime, useRealTime } from "../build/fake-time";
import { ModelVault } from "../build/model-vault";
import { testRun } from "../build/run";
import { memory, ourTags, situation, strangersTags, wanted } from "../build/situation";

beforeEach(useFakeTime);
afterEach(useRealTime);

/** A situation with a word in it for everything that a refusal may show. */
const s = situation({
  wanted: { policy: policy({ issuerName: "DigiCert" }) },
  certificate: issued({ tags: strangersTags }),
  operation: operation({
    issuerName: "DigiCert",
    status: "Paused",
    statusDetails: "waiting for validation",
    error: { code: "Request rejected", message: "the domain is not validated" },
  }),
  deleted: {
    ...issued({ tags: strangersTags, recoveryLevel: "Recoverable" }),
    deletedOn: 1_767_225_600,
    scheduledPurgeOn: 1_775_001_600,
  },
  conflict: { kind: "beingRecovered", words: "somebody is at it" },
  chain: {
    kind: "unusable",
    refusal: { code: "KVC_CHAIN_WRONG_KEY", details: { csrSpkiSha256: "AB", found: [], more: 0 } },
  },
  memory: memory(),
  progress: { ordered: requestId, followed: otherRequestId, pausedMs: 301_000 },
});

const failing = decisionTable.flatMap(({ reason, code }) => (code === undefined ? [] : [{ reason, code }]));

describe("the refusal of a row that fails", () => {
  test.each(failing)("$reason says where, what was found and what to do, and ends in $code", ({ code }) => {
    const error = refusal(code, s, testRun(new ModelVault([])));
    expect(error.code).toBe(code);
    expect(isError(error, code)).toBe(true);
    expect(error.retryable).toBe(errorTable[code].retryable);
    expect(error.message).toMatch(/^certificate "web" in vault https:\/\/contoso\.vault\.azure\.net: \S/);
    expect(error.message.endsWith(`; ${error.remedy} [${code}]`)).toBe(true);
    expect(error.remedy).not.toBe("");
    expect(error.message).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test.each([
    ["KVC_REQUEST_FAILED", `request ${requestId}`],
    ["KVC_REQUEST_FAILED", '"Request rejected: the domain is not validated"'],
    ["KVC_REQUEST_FAILED", 'status details: "waiting for validation"'],
    ["KVC_REQUEST_FAILED", 'issuer "DigiCert"'],
    ["KVC_STATUS_UNKNOWN", 'got "Paused"'],
    ["KVC_REQUEST_IN_PROGRESS", "it belongs to this resource"],
    ["KVC_NOT_OURS", "another resource (owner feedfacefeedface)"],
    ["KVC_ALREADY_EXISTS", `version ${versionOne}`],
    ["KVC_SOFT_DELETED", "deleted on 2026-01-01T00:00:00.000Z"],
    ["KVC_SOFT_DELETED_NOT_OURS", "deleted on 2026-01-01T00:00:00.000Z"],
    ["KVC_SOFT_DELETED_NOT_OURS", "another resource (owner feedfacefeedface)"],
    ["KVC_CANNOT_PURGE", "protected (Recoverable) until 2026-04-01T00:00:00.000Z"],
    ["KVC_BUSY_TOO_LONG", "was to end a recovery, but it has not after 5 min 1 s"],
    ["KVC_NOT_CANCELLED", `request ${requestId} at issuer "DigiCert" was to be cancelled`],
    ["KVC_REQUEST_GONE", "in its place stands"],
    ["KVC_NAME_TAKEN", '"somebody is at it"'],
    ["KVC_CONFLICT_UNKNOWN", '"somebody is at it"'],
    ["KVC_CHAIN_WITHOUT_REQUEST", `current version (${versionOne})`],
    ["KVC_NOT_SETTLING", "last: VanishedAfterOrder"],
  ] as const)("%s shows %s", (code, shown) => {
    expect(refusal(code, s, testRun(new ModelVault([]))).message).toContain(shown);
  });

  test("names the property of customTimeouts that gives more time, and how long it was", async () => {
    const run = testRun(new ModelVault([]), { option: "update", timeoutMs: 90_000 });
    await jest.advanceTimersByTimeAsync(90_000);
    const { message } = refusal("KVC_TIMED_OUT", s, run);
    expect(message).toContain(`request ${requestId} at issuer "DigiCert" was to end within 1 min 30 s`);
    expect(message).toContain("customTimeouts.update");
  });

  test("of a chain has the code that the chain's own judgement found", () => {
    const chain = { kind: "unusable", refusal: { code: "KVC_CHAIN_EMPTY", details: {} } } as const;
    const error = refusal("KVC_CHAIN_WRONG_KEY", { ...s, chain }, testRun(new ModelVault([])));
    expect(error.code).toBe("KVC_CHAIN_EMPTY");
  });

  test.each([
    ["another change of the pending request", { conflict: { kind: "pendingConflict", words: "" } }],
    ["a recovery", { conflict: { kind: "beingRecovered", words: "" } }],
    ["a recovery", { conflict: undefined, progress: { nameChange: "recovered" } }],
    ["a purge", { conflict: { kind: "beingDeleted", words: "" }, progress: { nameChange: "purged" } }],
    ["a deletion", { conflict: { kind: "beingDeleted", words: "" } }],
  ] as const)("of a name that stays busy says that it was with %s", (what, changes) => {
    const run = testRun(new ModelVault([]));
    const { message } = refusal("KVC_BUSY_TOO_LONG", situation(changes), run);
    expect(message).toContain(`was to end ${what}, but`);
  });

  test.each([
    [
      "another request",
      { operation: operation({ requestId: otherRequestId, issuerName: "DigiCert" }) },
      `in its place stands request ${otherRequestId} at issuer "DigiCert" (inProgress)`,
    ],
    [
      "another version",
      { operation: "absent", certificate: issued() },
      `in its place stands version ${versionOne}, which is not what is wanted`,
    ],
    ["nothing", { operation: "absent", certificate: "absent" }, "gone from the vault; find out"],
    [
      "its own placeholder",
      { operation: "absent", certificate: placeholder() },
      "gone from the vault; find out",
    ],
  ] as const)("of a request that is gone names what took its place: %s", (_, changes, words) => {
    const gone = situation({ memory: memory(), progress: { followed: requestId }, ...changes });
    const { message } = refusal("KVC_REQUEST_GONE", gone, testRun(new ModelVault([])));
    expect(message).toContain(`request ${requestId} at issuer "Self"`);
    expect(message).toContain(words);
  });

  test("finds a request's id in what was ordered, and then in the state, where no request was seen", () => {
    const ordered = situation({ progress: { ordered: "b".repeat(32) } });
    expect(refusal("KVC_REQUEST_GONE", ordered, testRun(new ModelVault([]))).message).toContain(
      "b".repeat(32),
    );
    const remembered = situation({ memory: memory() });
    expect(refusal("KVC_REQUEST_GONE", remembered, testRun(new ModelVault([]))).message).toContain(requestId);
  });

  test("is not built for a code that no row fails with", () => {
    expect(() => refusal("KVC_THROTTLED", s, testRun(new ModelVault([])))).toThrow(TypeError);
    expect(() => refusal(undefined, s, testRun(new ModelVault([])))).toThrow(TypeError);
  });

  test("never claims that a request belongs to nobody where its placeholder has our tag", () => {
    const own = situation({ certificate: placeholder({ tags: ourTags(wanted()) }), operation: operation() });
    const { message } = refusal("KVC_REQUEST_IN_PROGRESS", own, testRun(new ModelVault([])));
    expect(message).toContain("belongs to this resource");
    expect(message).toContain(vaultUrl);
    expect(decide(own).action).toBe("wait");
  });
});

describe("what a run was ended by", () => {
  const refused = { reason: "it has no Bearer challenge" };

  test("names the certificate also where it was met in what concerns the whole vault", () => {
    const cause = new Error("the cause");
    const error = new KeyVaultCertificateError("KVC_CHALLENGE_REFUSED", { vaultUrl }, refused, { cause });
    const named = told(error, s);
    expect(named.message).toBe(
      error.message.replace(/^vault /, `certificate "${s.wanted.certificateName}" in vault `),
    );
    expect(named).toMatchObject({ code: error.code, details: refused, cause });
  });

  test("stays as it is where it names its certificate", () => {
    const where = { vaultUrl, certificateName: "other" };
    const error = new KeyVaultCertificateError("KVC_CHALLENGE_REFUSED", where, refused);
    expect(told(error, s)).toBe(error);
  });
});
