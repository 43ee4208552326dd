import fc from "fast-check";
import { check } from "../../../provider/plugin/check/check";
import { diff } from "../../../provider/plugin/diff";
import { certificate } from "../../../provider/plugin/kinds";
import type { PlainObject } from "../../../provider/plugin/plain";
import { stateSchema } from "../../../provider/plugin/state";
import { unknownValue } from "../../../provider/plugin/unknown";
import { somePolicy } from "../build/arbitrary-policy";
import { requestId } from "../build/certificate";
import { inputs, withPolicy } from "../build/inputs";

const now = Date.UTC(2026, 0, 1);
const up = { now, refreshing: false };

/** What the engine keeps of the program's inputs. */
const checked = (changes: Record<string, unknown> = {}): PlainObject => check({}, inputs(changes)).inputs;
const checkedPolicy = (changes: Record<string, unknown>): PlainObject =>
  check({}, withPolicy(changes)).inputs;

/** The outputs of a certificate that was made from these inputs, as they stand in the state. */
function outputs(echo: PlainObject = checked(), changes: Record<string, unknown> = {}): PlainObject {
  return {
    ...echo,
    status: "completed",
    requestId,
    operationError: null,
    certificateId: "https://contoso.vault.azure.net/certificates/web/1",
    __state: { schema: stateSchema, incarnation: "0a1b2c3d" },
    ...changes,
  };
}

describe("a diff of what is equal", () => {
  test("is no change", () => {
    expect(diff(outputs(), checked(), up)).toMatchObject({
      changes: false,
      replaces: [],
      reason: undefined,
      notice: undefined,
      differing: [],
    });
  });

  test("is no change for any inputs and their echo", () => {
    const some = fc.record(
      {
        policy: somePolicy,
        enabled: fc.boolean(),
        tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ maxLength: 5 }), { maxKeys: 3 }),
        reissue: fc.jsonValue({ maxDepth: 2 }),
        adopt: fc.boolean(),
        waitForCompletion: fc.boolean(),
        purgeOnDelete: fc.boolean(),
        ownershipTag: fc.boolean(),
        onConflict: fc.constantFrom("wait", "cancel", "delete", "fail"),
        onSoftDeleted: fc.constantFrom("recover", "purge", "fail"),
        renewal: fc.record({ lifetimePercentage: fc.integer({ min: 1, max: 99 }) }),
      },
      { requiredKeys: ["policy"] },
    );
    fc.assert(
      fc.property(some, fc.boolean(), (changes, refreshing) => {
        const echo = checked(changes);
        const { changes: found, replaces, differing } = diff(outputs(echo), echo, { now, refreshing });
        expect({ found, replaces, differing }).toEqual({ found: false, replaces: [], differing: [] });
      }),
    );
  });

  test("does not depend on the order of keys", () => {
    const turned = Object.fromEntries(Object.entries(checked()).reverse());
    expect(diff(outputs(), turned, up).changes).toBe(false);
  });

  test("takes an absent input and one that is null for the same, as the engine drops nulls", () => {
    expect(diff(outputs(checked(), { chain: null }), checked(), up).changes).toBe(false);
  });
});

const { inputNames } = certificate;

describe("a diff of inputs", () => {
  const other: Record<(typeof inputNames)[number], unknown> = {
    __provider: "exports.handler = undefined;",
    __owner: "feedfacefeedface",
    vaultUrl: "https://other.vault.azure.net",
    certificateName: "other",
    policy: { issuerName: "Self", subject: "CN=other" },
    enabled: false,
    tags: { team: "web" },
    preserveCertificateOrder: true,
    chain: "PEM",
    signer: { command: ["./sign.sh"] },
    reissue: 2,
    adopt: true,
    waitForCompletion: true,
    purgeOnDelete: true,
    ownershipTag: false,
    onConflict: "wait",
    onSoftDeleted: "fail",
    renewal: { lifetimePercentage: 80 },
    timeouts: { delete: "1h" },
    versionlessId: "https://other.vault.azure.net/certificates/web",
    versionlessSecretId: "https://other.vault.azure.net/secrets/web",
  };

  test.each(inputNames)("finds a difference in %s, and leaves it to the engine to show where", (name) => {
    const found = diff(outputs(), { ...checked(), [name]: other[name] } as PlainObject, up);
    expect(found.differing).toEqual([name]);
    expect(found.changes).toBeUndefined();
  });

  test.each(inputNames.filter((name) => !["__provider", "__owner"].includes(name)))(
    "finds that %s was taken away or added",
    (name) => {
      const echo = { ...checked(), [name]: other[name] } as PlainObject;
      const without = Object.fromEntries(Object.entries(echo).filter(([key]) => key !== name));
      // Vault, name and policy are never absent from checked inputs.
      if (["vaultUrl", "certificateName", "policy"].includes(name)) return;
      expect(diff(outputs(echo), without, up).differing).toEqual([name]);
      expect(diff(outputs(without), echo, up).differing).toEqual([name]);
    },
  );

  test.each([
    ["the vault", { vaultUrl: "https://other.vault.azure.net" }, ["vaultUrl"]],
    ["the name", { certificateName: "other" }, ["certificateName"]],
    [
      "both",
      { vaultUrl: "https://other.vault.azure.net", certificateName: "other" },
      ["vaultUrl", "certificateName"],
    ],
  ])("replaces where %s changes", (_, changes, replaces) => {
    expect(diff(outputs(), checked(changes), up)).toMatchObject({ changes: undefined, replaces });
  });

  test.each([
    ["a final slash", { vaultUrl: "https://contoso.vault.azure.net/" }],
    ["upper case in the host", { vaultUrl: "https://Contoso.Vault.Azure.Net" }],
    ["upper case in the scheme", { vaultUrl: "HTTPS://contoso.vault.azure.net" }],
    ["the port of https", { vaultUrl: "https://contoso.vault.azure.net:443" }],
    ["a final dot", { vaultUrl: "https://contoso.vault.azure.net./" }],
    ["upper case in the name", { certificateName: "WEB" }],
  ])("never replaces for %s, in either direction", (_, changes) => {
    expect(diff(outputs(), checked(changes), up)).toMatchObject({ changes: undefined, replaces: [] });
    expect(diff(outputs(checked(changes)), checked(), up)).toMatchObject({
      changes: undefined,
      replaces: [],
    });
  });

  test.each(["vaultUrl", "certificateName"])(
    "never replaces on a guess, where %s is not known yet",
    (name) => {
      const found = diff(outputs(), checked({ [name]: unknownValue }), up);
      expect(found).toMatchObject({ changes: undefined, replaces: [] });
    },
  );

  test("replaces for a known name though the vault is not known yet", () => {
    const news = checked({ vaultUrl: unknownValue, certificateName: "other" });
    expect(diff(outputs(), news, up).replaces).toEqual(["certificateName"]);
  });

  test("never replaces for a policy", () => {
    const news = checkedPolicy({ issuerName: "DigiCert", keyType: "EC" });
    expect(diff(outputs(), news, up)).toMatchObject({ changes: undefined, replaces: [] });
  });

  test("says that up requests a new version, and where, exactly where it does", () => {
    const notice = (news: PlainObject) => diff(outputs(), news, up).notice;
    expect(notice(checkedPolicy({ keySize: 4096 }))).toMatch(/requests a new version at issuer "Self"/);
    expect(notice(checked({ reissue: 2 }))).toMatch(/new version/);
    expect(notice(checkedPolicy({ keySize: 2048 }))).toBeUndefined();
    expect(notice(checked({ tags: { a: "b" } }))).toBeUndefined();
    expect(notice(checked({ reissue: unknownValue }))).toBeUndefined();
    expect(notice(checked({ certificateName: "other", reissue: 2 }))).toBeUndefined();
  });
});

describe("a diff of the state", () => {
  const unknownIssuer = checkedPolicy({ issuerName: "Unknown" });
  const rows: [string, PlainObject, PlainObject][] = [
    ["StatusUnknown", outputs(checked(), { status: "Paused" }), checked()],
    ["RequestFailed", outputs(checked(), { status: "failed" }), checked()],
    ["RequestCancelled", outputs(checked(), { status: "cancelled" }), checked()],
    [
      "RequestGone",
      outputs(checked(), {
        status: "inProgress",
        __state: { schema: stateSchema, incarnation: "0", requestGone: true },
      }),
      checked(),
    ],
    [
      "RequestConflicts",
      outputs(checked(), {
        status: "inProgress",
        __state: { schema: stateSchema, incarnation: "0", ordered: "f".repeat(16), issuer: "DigiCert" },
      }),
      checked(),
    ],
    [
      "RenewalDue",
      outputs(checked({ renewal: { daysBeforeExpiry: 30 } }), {
        notBefore: "2025-01-20T00:00:00.000Z",
        expiresOn: "2026-01-20T00:00:00.000Z",
      }),
      checked({ renewal: { daysBeforeExpiry: 30 } }),
    ],
    [
      "ChainToMerge",
      outputs({ ...unknownIssuer, chain: "PEM" }, { status: "inProgress" }),
      { ...unknownIssuer, chain: "PEM" },
    ],
    ["RequestUnfinished", outputs(checked(), { status: "inProgress" }), checked()],
    [
      "UpdateUnfinished",
      outputs(checked(), {
        __state: { schema: stateSchema, incarnation: "0", wanted: checked({ enabled: false }) },
      }),
      checked(),
    ],
    [
      "SchemaOlder",
      outputs(checked(), { __state: { schema: stateSchema - 1, incarnation: "0" } }),
      checked(),
    ],
  ];

  test.each(rows)("is a change, though no input differs, for %s", (reason, olds, news) => {
    const found = diff(olds, news, up);
    expect(found.reason?.reason).toBe(reason);
    expect(found).toMatchObject({ changes: true, replaces: [], differing: [] });
    expect(found.notice).toBe(found.reason?.message);
  });

  test.each(rows)(
    "keeps the changed paths in sight where an input differs too, and says why, for %s",
    (reason, olds, news) => {
      const found = diff(olds, { ...news, tags: { team: "web" } }, up);
      expect(found.changes).toBeUndefined();
      expect(found.reason?.reason).toBe(reason);
    },
  );

  test.each(rows)("has nothing to say in a refresh, for %s", (_, olds, news) => {
    expect(diff(olds, news, { now, refreshing: true })).toMatchObject({
      changes: false,
      reason: undefined,
      notice: undefined,
    });
    const drifted = diff({ ...olds, tags: { team: "web" } }, news, { now, refreshing: true });
    expect(drifted).toMatchObject({ changes: undefined, notice: undefined });
  });

  test("shows the issuer's words for a failure", () => {
    const operationError = { code: "Request rejected", message: "the domain is not validated" };
    const found = diff(outputs(checked(), { status: "failed", operationError }), checked(), up);
    expect(found.notice).toContain("failed (Request rejected: the domain is not validated)");
  });

  test("says that a replacement comes first: identity is decided before the state", () => {
    const olds = outputs(checked(), { status: "failed" });
    expect(diff(olds, checked({ certificateName: "other" }), up)).toMatchObject({
      changes: undefined,
      replaces: ["certificateName"],
    });
  });

  test("has no chain to merge while the chain is not known yet", () => {
    const news = { ...unknownIssuer, chain: ["PEM", unknownValue] };
    expect(diff(outputs(unknownIssuer, { status: "inProgress" }), news, up).reason).toBeUndefined();
  });

  test("is content with a request that waits for a chain", () => {
    expect(diff(outputs(unknownIssuer, { status: "inProgress" }), unknownIssuer, up).changes).toBe(false);
  });

  test("is not changed by the diff, and the same for the same", () => {
    const olds = outputs(checked(), { status: "failed" });
    const before = structuredClone(olds);
    expect(diff(olds, checked(), up)).toEqual(diff(olds, checked(), up));
    expect(olds).toEqual(before);
  });
});
