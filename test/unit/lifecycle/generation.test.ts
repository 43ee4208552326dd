import fc from "fast-check";
import { effectivePolicy } from "../../../provider/lifecycle/policy";
import {
  generationInForce,
  generationOf,
  nextGeneration,
  rememberedGeneration,
} from "../../../provider/lifecycle/generation";
import type { Memory } from "../../../provider/lifecycle/situation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { somePolicy } from "../build/arbitrary-policy";
import { issued, policy, requestId } from "../build/certificate";
import { memory, otherGeneration, ourTags, situation, strangersTags, wanted } from "../build/situation";

const generation = (changes: Partial<Wanted>) => generationOf(wanted(changes));
const base = generation({});

describe("the generation of what is wanted", () => {
  test("is 16 hexadecimal digits", () => {
    expect(base).toMatch(/^[0-9a-f]{16}$/);
  });

  test("is pinned: the tags of certificates that are in use hold it", () => {
    expect(base).toBe("39820f40d125c357");
  });

  test.each<[string, Partial<Wanted>]>([
    [
      "lifetime actions",
      { policy: policy({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }] }) },
    ],
    [
      "the order in which properties are written",
      { policy: { subject: "CN=web.contoso.com", issuerName: "Self" } },
    ],
    ["another spelling of the subject", { policy: policy({ subject: "cn=web.contoso.com" }) }],
    ["another case of the issuer", { policy: policy({ issuerName: "SELF" }) }],
    ["an explicit default", { policy: policy({ keyType: "RSA", keySize: 2048, validityInMonths: 12 }) }],
    ["an explicit default of the resource", { preserveCertificateOrder: false }],
    ["tags", { tags: { team: "web" } }],
    ["the enabled flag", { enabled: false }],
    ["a chain", { chain: "PEM" }],
    ["adopt", { adopt: true }],
    ["waitForCompletion", { waitForCompletion: false }],
    ["the ownership tag", { ownershipTag: false }],
    ["the vault and the name", { vaultUrl: "https://other.vault.azure.net", certificateName: "other" }],
  ])("does not change with %s", (_, changes) => {
    expect(generation(changes)).toBe(base);
  });

  test.each<[string, Partial<Wanted>]>([
    ["the issuer", { policy: policy({ issuerName: "DigiCert" }) }],
    ["the subject", { policy: policy({ subject: "CN=other" }) }],
    ["a name", { policy: policy({ subjectAlternativeNames: { dnsNames: ["a.example"] } }) }],
    ["the key type", { policy: policy({ keyType: "EC" }) }],
    ["the key size", { policy: policy({ keySize: 4096 }) }],
    ["the curve", { policy: policy({ keyCurveName: "P-384" }) }],
    ["exportable", { policy: policy({ exportable: false }) }],
    ["reuseKey", { policy: policy({ reuseKey: true }) }],
    ["the content type", { policy: policy({ contentType: "application/x-pem-file" }) }],
    ["the validity", { policy: policy({ validityInMonths: 6 }) }],
    ["the key usages", { policy: policy({ keyUsage: ["digitalSignature"] }) }],
    ["the usages", { policy: policy({ enhancedKeyUsage: [] }) }],
    ["the certificate type", { policy: policy({ certificateType: "OV-SSL" }) }],
    ["transparency", { policy: policy({ certificateTransparency: false }) }],
    ["reissue", { reissue: 1 }],
    ["reissue to zero", { reissue: 0 }],
    ["preserveCertificateOrder", { preserveCertificateOrder: true }],
  ])("changes with %s", (_, changes) => {
    expect(generation(changes)).not.toBe(base);
  });

  test("changes with any change of reissue, deep in it too, but not with the order of its keys", () => {
    const of = (reissue: Wanted["reissue"]) => generation({ reissue });
    expect(of({ a: 1, b: [1, 2] })).toBe(of({ b: [1, 2], a: 1 }));
    expect(of({ a: 1, b: [1, 2] })).not.toBe(of({ a: 1, b: [2, 1] }));
    expect(of("1")).not.toBe(of(1));
  });

  test("is the same exactly where all that a version is made from is the same", () => {
    fc.assert(
      fc.property(somePolicy, somePolicy, (a, b) => {
        const [left, right] = [a, b].map((some) =>
          JSON.stringify({ ...effectivePolicy(some), lifetimeActions: undefined }),
        );
        const same = left === right;
        expect(generation({ policy: a }) === generation({ policy: b })).toBe(same);
      }),
    );
  });
});

describe("the generation that an update is to reach", () => {
  const other = otherGeneration;
  const remembering = (current: string | undefined, unfinished: string | undefined): Memory =>
    memory({
      generation: current,
      request: unfinished === undefined ? undefined : { requestId, generation: unfinished, unfinished: true },
    });

  test.each<[string, string, string | undefined, string | undefined, boolean]>([
    [base, "there is no version yet", undefined, undefined, false],
    [base, "there is no version, and so none that is due", undefined, undefined, true],
    [base, "the version was never renewed", base, undefined, false],
    [`${base}.1`, "it is due for the first time", base, undefined, true],
    [`${base}.2`, "it was renewed once and is due again", `${base}.1`, undefined, true],
    [`${base}.3`, "it was renewed three times and is not due", `${base}.3`, undefined, false],
    [`${base}.1`, "its renewal is under way", base, `${base}.1`, false],
    [`${base}.1`, "its renewal is under way, and it is still due", base, `${base}.1`, true],
    [base, "something else is wanted now", `${other}.4`, undefined, true],
    [base, "something else is wanted now, and the old one's renewal is under way", other, `${other}.1`, true],
    [
      `${base}.2`,
      "something else is current, and what is wanted was being renewed",
      other,
      `${base}.2`,
      false,
    ],
  ])("is %s where %s", (...[generation, , current, unfinished, due]) => {
    expect(nextGeneration(wanted(), remembering(current, unfinished), due)).toBe(generation);
  });

  test("never repeats, and grows by one for each renewal", () => {
    let current = base;
    for (let count = 1; count < 50; count += 1) {
      current = nextGeneration(wanted(), remembering(current, undefined), true);
      expect(current).toBe(`${base}.${count}`);
    }
  });

  test("stays the same after a crash of the run that ordered it, so that it is not ordered twice", () => {
    fc.assert(
      fc.property(fc.nat(999), (renewed) => {
        const current = generationOf(wanted(), renewed);
        const ordered = nextGeneration(wanted(), remembering(current, undefined), true);
        for (const due of [true, false])
          expect(nextGeneration(wanted(), remembering(current, ordered), due)).toBe(ordered);
        // Nothing of the order was kept: the state is the one before.
        expect(nextGeneration(wanted(), remembering(current, undefined), true)).toBe(ordered);
      }),
    );
  });

  test.each<[string, string, string | undefined, string | undefined]>([
    [other, "it is that of the version", other, undefined],
    [other, "a request is under way", base, other],
    [base, "there has been nothing yet", undefined, undefined],
  ])("is, for a look that wants nothing new, %s where %s", (generation, _, current, unfinished) => {
    expect(rememberedGeneration(wanted(), remembering(current, unfinished))).toBe(generation);
  });
});

describe("the generation that a version must have", () => {
  const day = 86_400;
  const now = 1_800_000_000;
  const renewal = { daysBeforeExpiry: 30 };
  const due = generationOf(wanted(), 2);
  const seen = (daysLeft: number, tags = ourTags(wanted(), { generation: `${base}.1` })) =>
    issued({ version: "v2", tags, notBefore: now - 60 * day, expiresOn: now + daysLeft * day });
  const inForce = (daysLeft: number, known: string | undefined, tags?: Record<string, string>) => {
    const bundle = tags === undefined ? seen(daysLeft) : seen(daysLeft, tags);
    const s = situation({
      wanted: { renewal },
      memory: memory({ version: known, generation: `${base}.1` }),
      startedAt: now * 1000,
      certificate: bundle,
    });
    return generationInForce({ ...s, mark: { ...s.mark, generation: due } }, bundle);
  };

  test("is its own where the vault has a younger one than the state knows, which is not due", () => {
    expect(inForce(90, "v1")).toBe(`${base}.1`);
  });

  test.each<[string, number, string | undefined, Record<string, string> | undefined]>([
    ["the younger one is due as well", 10, "v1", undefined],
    ["it is the very version of the state", 90, "v2", undefined],
    ["the state knows no version", 90, undefined, undefined],
    ["it is somebody else's", 90, "v1", strangersTags],
  ])("is the one that is due where %s", (_, daysLeft, known, tags) => {
    expect(inForce(daysLeft, known, tags)).toBe(due);
  });
});
