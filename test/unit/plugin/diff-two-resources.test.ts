import { check } from "../../../provider/plugin/check/check";
import { diff } from "../../../provider/plugin/diff";
import { generationOf } from "../../../provider/lifecycle/generation";
import { wantedOf } from "../../../provider/plugin/inputs";
import { certificateMerge, certificateRequest } from "../../../provider/plugin/kinds";
import type { PlainObject } from "../../../provider/plugin/plain";
import { chainMark, stateSchema } from "../../../provider/plugin/state";
import { unknownValue } from "../../../provider/plugin/unknown";
import { certificateName, otherRequestId, requestId, vaultUrl } from "../build/certificate";
import { program } from "../build/model-stack";

const now = Date.UTC(2026, 0, 1);
const up = { now, refreshing: false };

/** What the engine keeps of a request's inputs, and of a merge's. */
const request = (changes: Record<string, unknown> = {}): PlainObject =>
  check({}, program(changes).request).inputs;
const merge = (changes: Record<string, unknown> = {}): PlainObject => {
  const handedOn = { vaultUrl, certificateName, requestId, __mark: "owner=0 incarnation=0 generation=0" };
  return check({}, program({}, { ...handedOn, chain: "PEM", ...changes }).merge).inputs;
};
const policy = (changes: Record<string, unknown>) => ({
  policy: { subject: "CN=web.contoso.com", ...changes },
});

const hidden = { schema: stateSchema, incarnation: "0a1b2c3d" };
const generation = (inputs: PlainObject) => generationOf(wantedOf(inputs));

/** The outputs of a request whose CSR is out, as they stand in the state. */
function requested(echo: PlainObject = request(), changes: Record<string, unknown> = {}): PlainObject {
  const state = { ...hidden, ordered: generation(echo), ...(changes["__state"] as object | undefined) };
  const outputs = { status: "inProgress", requestId, csrPem: "CSR", version: null };
  return { ...echo, ...outputs, ...changes, __state: state };
}

/** The outputs of a request whose version a refresh has seen. */
const seen = (echo: PlainObject, changes: Record<string, unknown> = {}): PlainObject =>
  requested(echo, {
    status: "completed",
    version: "1",
    __state: { generation: generation(echo) },
    ...changes,
  });

/** The outputs of a merge that is done. */
function merged(echo: PlainObject = merge(), changes: Record<string, unknown> = {}): PlainObject {
  const done = { generation: "0".repeat(16), mergedChain: chainMark(echo["chain"]) };
  const state = { ...hidden, ...done, ...(changes["__state"] as object | undefined) };
  return { ...echo, status: "completed", version: "1", ...changes, __state: state };
}

/** The outputs of a merge whose chain was refused. */
const unmerged = (echo: PlainObject = merge(), changes: Record<string, unknown> = {}): PlainObject =>
  merged(echo, {
    status: "inProgress",
    __state: { mergedChain: undefined, generation: undefined },
    ...changes,
  });

const quiet = { changes: false, replaces: [], reason: undefined, notice: undefined, differing: [] };

describe("a diff of a CertificateRequest", () => {
  test("is no change where nothing differs, whether its chain has been merged or not", () => {
    expect(diff(requested(), request(), up)).toEqual(quiet);
    expect(diff(seen(request()), request(), up)).toEqual(quiet);
    expect(diff(seen(request()), request(), { now, refreshing: true })).toEqual(quiet);
  });

  const other: Record<(typeof certificateRequest.inputNames)[number], unknown> = {
    __provider: "exports.handler = undefined;",
    __owner: "feedfacefeedface",
    vaultUrl: "https://other.vault.azure.net",
    certificateName: "other",
    policy: { subject: "CN=other" },
    preserveCertificateOrder: true,
    reissue: 2,
    adopt: true,
    purgeOnDelete: true,
    ownershipTag: false,
    onConflict: "wait",
    onSoftDeleted: "fail",
    renewal: { lifetimePercentage: 80 },
    timeouts: { delete: "1h" },
    versionlessId: "https://other.vault.azure.net/certificates/web",
    versionlessSecretId: "https://other.vault.azure.net/secrets/web",
  };
  test.each(certificateRequest.inputNames.filter((name) => name !== "__provider"))(
    "finds a difference in %s",
    (name) => {
      const found = diff(requested(), { ...request(), [name]: other[name] } as PlainObject, up);
      expect(found).toMatchObject({ changes: undefined, differing: [name] });
      expect(found.replaces).toEqual(["vaultUrl", "certificateName"].filter((target) => target === name));
    },
  );

  test.each([
    ["a policy", policy({ keySize: 4096 }), true],
    ["reissue", { reissue: 2 }, true],
    ["the order of the chain", { preserveCertificateOrder: true }, true],
    ["a default, written out", policy({ keySize: 2048 }), false],
    ["what only a delete reads", { purgeOnDelete: true }, false],
    ["what is not known yet", { reissue: unknownValue }, false],
  ])("tells a new CSR from every other change: %s", (_, changes, makesOne) => {
    const { notice } = diff(seen(request()), request(changes), up);
    const expected = /^up makes a new CSR for a new version; the current version stays in use until then$/;
    if (makesOne) expect(notice).toMatch(expected);
    else expect(notice).toBeUndefined();
  });

  test("does not claim that a request still waits, which the merge may have answered since", () => {
    const { reason, notice } = diff(requested(), request({ reissue: 2 }), up);
    expect(reason?.reason).toBe("RequestConflicts");
    expect(notice).not.toContain("in progress");
    expect(notice).toContain(
      "up makes a new request, and deletes that one first if it still waits for its chain",
    );
  });

  test("promises no CSR that is gone, where the program goes back to the version that there is", () => {
    const asked = { ordered: generation(request({ reissue: 2 })), generation: generation(request()) };
    const olds = requested(request({ reissue: 2 }), { version: "1", __state: asked });
    expect(diff(olds, request(), up).notice).toContain("up makes a new request");
    const gone = { ...olds, __state: { ...hidden, ...asked, requestGone: true } } as PlainObject;
    expect(diff(gone, request(), up).notice).toContain("up makes one new request unless");
  });

  test("renews by the dates that a refresh has seen, and not while that request waits", () => {
    const echo = request({ renewal: { daysBeforeExpiry: 30 } });
    const dates = { notBefore: "2025-01-20T00:00:00.000Z", expiresOn: "2026-01-20T00:00:00.000Z" };
    const { changes, reason } = diff(seen(echo, dates), echo, up);
    expect({ changes, reason: reason?.reason }).toEqual({ changes: true, reason: "RenewalDue" });
    expect(diff(requested(echo, dates), echo, up)).toEqual(quiet);
  });

  test("says that its request is gone, and makes a new one", () => {
    const olds = requested(request(), { __state: { requestGone: true } });
    const { changes, notice } = diff(olds, request(), up);
    expect(changes).toBe(true);
    expect(notice).toContain("up makes one new request unless");
  });
});

describe("a diff of a CertificateMerge", () => {
  test("is no change where nothing differs", () => {
    expect(diff(merged(), merge(), up)).toEqual(quiet);
    expect(diff(merged(), merge(), { now, refreshing: true })).toEqual(quiet);
  });

  const other: Record<(typeof certificateMerge.inputNames)[number], unknown> = {
    __provider: "exports.handler = undefined;",
    __owner: "feedfacefeedface",
    vaultUrl: "https://other.vault.azure.net",
    certificateName: "other",
    requestId: otherRequestId,
    __mark: "owner=1 incarnation=1 generation=1",
    ownershipTag: false,
    chain: "other",
    enabled: false,
    tags: { team: "web" },
    lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }],
    timeouts: { update: "1h" },
    versionlessId: "https://other.vault.azure.net/certificates/web",
    versionlessSecretId: "https://other.vault.azure.net/secrets/web",
  };
  test.each(certificateMerge.inputNames.filter((name) => name !== "__provider"))(
    "finds a difference in %s",
    (name) => {
      const found = diff(merged(), { ...merge(), [name]: other[name] } as PlainObject, up);
      expect(found).toMatchObject({
        changes: undefined,
        differing: [name],
        reason: undefined,
        notice: undefined,
      });
      expect(found.replaces).toEqual(["vaultUrl", "certificateName"].filter((target) => target === name));
    },
  );

  test("says in a preview of a new CSR no more than that it changes: the rest is not known", () => {
    const news = merge({ requestId: unknownValue, __mark: unknownValue, chain: unknownValue });
    for (const olds of [merged(), unmerged(), unmerged(merge(), { __state: { requestGone: true } })])
      expect(diff(olds, news, up)).toMatchObject({
        changes: undefined,
        replaces: [],
        reason: undefined,
        notice: undefined,
      });
  });

  test.each([
    [
      "ChainToMerge",
      "its chain was refused, and the program is the same",
      unmerged(),
      "up checks and merges the one that is given",
    ],
    [
      "RequestGone",
      "its request is gone",
      unmerged(merge(), { __state: { requestGone: true } }),
      "up fails until its CertificateRequest has made a new one (pulumi up --refresh)",
    ],
    [
      "RequestCancelled",
      "its request was cancelled",
      unmerged(merge(), { status: "cancelled" }),
      "else fails until its CertificateRequest has made a new one (pulumi up --refresh)",
    ],
    [
      "UpdateUnfinished",
      "its last update did not get to its end",
      merged(merge(), { __state: { wanted: "0".repeat(16) } }),
      "up brings the certificate to what the program says",
    ],
    [
      "UpdateUnfinished",
      "its last update did not get to its end, and the chain was for another request",
      merged(merge(), { __state: { wanted: "0".repeat(16), mergedChain: "0".repeat(16) } }),
      "up merges the chain that is given if it answers the request, else fails until its CertificateRequest has made a new one (pulumi up --refresh)",
    ],
    [
      "SchemaOlder",
      "its state is of an older release",
      merged(merge(), { __state: { schema: stateSchema - 1 } }),
      "up rewrites it",
    ],
  ])("is a change for %s: %s", (reason, _, olds, words) => {
    const found = diff(olds, merge(), up);
    expect(found).toMatchObject({ changes: true, differing: [], reason: { reason } });
    expect(found.notice).toContain(words);
    expect(diff(olds, merge(), { now, refreshing: true })).toEqual(quiet);
  });
});
