import { factsOf, wantedTags } from "../../../provider/lifecycle/facts";
import { readMark } from "../../../provider/lifecycle/ownership";
import { bundleOf, operationOf } from "../../../provider/lifecycle/seen";
import { issued, operation, otherRequestId, placeholder, policy, requestId } from "../build/certificate";
import { memory, otherGeneration, ourTags, situation, strangersTags, wanted } from "../build/situation";

const ours = ourTags();
const older = ourTags(wanted(), { generation: otherGeneration });

describe("what is seen of a certificate", () => {
  test.each([
    ["unseen", undefined],
    ["absent", "absent" as const],
    ["placeholder", placeholder()],
    ["issued", issued()],
  ])("is %s", (fact, certificate) => {
    expect(factsOf(situation({ certificate })).certificate).toBe(fact);
  });

  test("gives the bundle and the pending object only where there is one", () => {
    expect(bundleOf(situation({ certificate: "absent" }))).toBeUndefined();
    expect(operationOf(situation({ operation: "absent" }))).toBeUndefined();
    expect(bundleOf(situation({ certificate: issued() }))).toEqual(issued());
  });
});

describe("the holder of a certificate", () => {
  test.each([
    ["us", "our mark", ours, undefined],
    ["us", "our mark of another incarnation", ourTags(wanted(), { incarnation: "ffffffff" }), undefined],
    ["us", "no mark, and a state that vouches for it", {}, memory()],
    ["nobody", "no mark and no state", {}, undefined],
    [
      "nobody",
      "a tag of that name that this package did not write",
      { "pulumi-keyvault-certificates": "x" },
      undefined,
    ],
    ["stranger", "another's mark", strangersTags, undefined],
    ["stranger", "another's mark, whatever the state says", strangersTags, memory()],
  ])("is %s: %s", (holder, _, tags, known) => {
    expect(factsOf(situation({ certificate: issued({ tags }), memory: known })).holder).toBe(holder);
  });
});

describe("whether the current version fits", () => {
  test.each([
    [true, "its mark has the wanted generation", issued({ tags: ours }), {}],
    [false, "its mark has another generation", issued({ tags: older }), {}],
    [false, "it is a placeholder", placeholder({ tags: ours }), {}],
    [true, "the state knows it for the wanted one, and it has no mark", issued(), { memory: memory() }],
    [
      false,
      "the state knows it for another, and it has no mark",
      issued(),
      { memory: memory({ generation: otherGeneration }) },
    ],
    [true, "a stranger's was made from the same policy", issued({ tags: strangersTags }), {}],
    [
      false,
      "a stranger's was made from another",
      issued({ tags: strangersTags, policy: policy({ keySize: 4096 }) }),
      {},
    ],
    [
      true,
      "this run's request gave it, whatever its tags say",
      issued({ tags: older }),
      { progress: { completed: true } },
    ],
  ])("is %s: %s", (fits, _, certificate, changes) => {
    expect(factsOf(situation({ certificate, ...changes })).versionFits).toBe(fits);
  });
});

describe("whether the current version fits a request, which is there for its CSR", () => {
  const own = { requestId, generation: memory().generation ?? "", unfinished: false };
  const ofRequest = { wanted: { part: "request" as const }, certificate: issued({ tags: ours }) };
  const gone = memory({ request: { ...own, generation: otherGeneration, csrPem: "CSR" } });
  test.each([
    [true, false, "the state has its CSR", { memory: memory({ request: { ...own, csrPem: "CSR" } }) }],
    [
      false,
      true,
      "the state has that of another request, and the pending object may have it",
      { memory: gone },
    ],
    [false, true, "nothing has been looked at", {}],
    [true, false, "the pending object has it", { operation: operation({ status: "completed" }) }],
    [false, false, "it is nowhere any more", { memory: gone, operation: "absent" as const }],
    [false, false, "the pending object is another's by now", { memory: gone, operation: operation() }],
  ])("is %s, and to be looked at %s: %s", (fits, look, _, changes) => {
    const { versionFits, requestToLookAt } = factsOf(situation({ ...ofRequest, ...changes }));
    expect({ versionFits, requestToLookAt }).toEqual({ versionFits: fits, requestToLookAt: look });
  });
});

describe("whether a request fits", () => {
  const certificate = issued({ tags: older });
  const own = placeholder({ tags: ours });
  test.each([
    [true, "this run ordered it", { certificate, progress: { ordered: requestId } }],
    [true, "the state remembers it for what is wanted", { certificate, memory: memory() }],
    [
      false,
      "the state remembers it for something else",
      {
        certificate,
        memory: memory({ request: { requestId, generation: otherGeneration, unfinished: true } }),
      },
    ],
    [true, "its placeholder has our mark", { certificate: own }],
    [
      false,
      "its placeholder has our mark of another generation",
      { certificate: placeholder({ tags: older }) },
    ],
    [true, "its policy is the wanted one, though nobody remembers it", { certificate }],
    [
      false,
      "nobody remembers it, and the stored policy is another",
      { certificate: issued({ tags: older, policy: policy({ keySize: 4096 }) }) },
    ],
    [
      false,
      "nobody remembers it, and its issuer is another",
      { certificate, operation: operation({ issuerName: "DigiCert" }) },
    ],
  ])("is %s: %s", (fits, _, changes) => {
    expect(factsOf(situation({ operation: operation(), ...changes })).requestFits).toBe(fits);
  });

  test("does not ask for the issuer's case", () => {
    const s = situation({ certificate, operation: operation({ issuerName: "SELF" }) });
    expect(factsOf(s)).toMatchObject({ requestFits: true, issuer: "self" });
  });

  test("is ours where this run, the state or a mark says so, and only then", () => {
    const oursIn = (changes: Parameters<typeof situation>[0]) =>
      factsOf(situation({ operation: operation(), ...changes })).requestOurs;
    expect(oursIn({ certificate, progress: { ordered: requestId } })).toBe(true);
    expect(oursIn({ certificate, memory: memory() })).toBe(true);
    expect(oursIn({ certificate: own })).toBe(true);
    expect(oursIn({ certificate })).toBe(false);
    const another = memory({
      request: { requestId: otherRequestId, generation: otherGeneration, unfinished: true },
    });
    expect(oursIn({ certificate, memory: another })).toBe(false);
    expect(oursIn({ certificate: placeholder({ tags: strangersTags }) })).toBe(false);
  });

  test("has the status that its text means, in every spelling", () => {
    const statusOf = (status: string) => factsOf(situation({ operation: operation({ status }) })).request;
    expect(["inProgress", "InProgress", "canceled", "complete", "Paused"].map(statusOf)).toEqual([
      "inProgress",
      "inProgress",
      "cancelled",
      "completed",
      "unknown",
    ]);
  });
});

describe("whether a pending object is to be looked at", () => {
  const unfinished = memory();
  const other = memory({ request: { requestId, generation: otherGeneration, unfinished: true } });
  const ended = memory({ request: { requestId, generation: otherGeneration, unfinished: false } });
  test.each([
    [false, "there is none", { certificate: issued({ tags: older, hasPending: false }), memory: unfinished }],
    [true, "there is but a placeholder", { certificate: placeholder() }],
    [
      true,
      "the state remembers a request that had not ended",
      { certificate: issued({ tags: older }), memory: other },
    ],
    [
      true,
      "also where the version fits: nobody wants that request",
      { certificate: issued({ tags: ours }), memory: other },
    ],
    [
      false,
      "the state remembers one that had ended",
      { certificate: issued({ tags: older }), memory: ended },
    ],
    [false, "it was looked at", { certificate: placeholder(), operation: "absent" as const }],
    [false, "its version was read", { certificate: placeholder(), progress: { completed: true } }],
  ])("is %s: %s", (look, _, changes) => {
    expect(factsOf(situation(changes)).requestToLookAt).toBe(look);
  });
});

describe("what of a version differs from what is wanted", () => {
  test.each([
    [false, "nothing", issued({ tags: ours })],
    [true, "a tag is missing", issued()],
    [true, "a tag is too many", issued({ tags: { ...ours, team: "web" } })],
    [true, "it is disabled", issued({ tags: ours, enabled: false })],
    [false, "a placeholder is always disabled", placeholder({ tags: ours })],
  ])("attributes: %s, where %s", (differ, _, certificate) => {
    expect(factsOf(situation({ certificate })).attributesDiffer).toBe(differ);
  });

  test("a policy that says the same in other words does not", () => {
    const stored = policy({
      subject: "cn=web.contoso.com",
      keyType: "RSA",
      keySize: 2048,
      validityInMonths: 12,
    });
    expect(factsOf(situation({ certificate: issued({ policy: stored }) })).policyDiffers).toBe(false);
  });

  test("a policy that says something else does, and one that was not answered does not", () => {
    const differing = issued({ policy: policy({ validityInMonths: 6 }) });
    expect(factsOf(situation({ certificate: differing })).policyDiffers).toBe(true);
    delete differing.policy;
    expect(factsOf(situation({ certificate: differing })).policyDiffers).toBe(false);
  });
});

describe("the tags that a version should carry", () => {
  test("are the user's and the mark of what is wanted", () => {
    const s = situation({ certificate: issued({ tags: ours }), wanted: { tags: { team: "web" } } });
    expect(wantedTags(s)).toEqual({ team: "web", ...ours });
  });

  test("keep the generation of a version that is not what is wanted", () => {
    const s = situation({ certificate: issued({ tags: older }) });
    expect(readMark(wantedTags(s))?.generation).toBe(otherGeneration);
  });

  test("have no mark where none is to be written, and lose one that there was", () => {
    const given = { certificate: issued({ tags: ours }), wanted: { ownershipTag: false } };
    const s = situation({ ...given, memory: memory() });
    expect(wantedTags(s)).toEqual({});
    expect(factsOf(s).attributesDiffer).toBe(true);
  });

  test.each([
    ["a create", undefined],
    ["a replacement", memory({ tookOver: "ffffffff" })],
  ])("keep the mark that %s finds, as what it replaces may still be to be deleted", (_, known) => {
    const wanted = { ownershipTag: false, tags: { team: "web" } };
    const s = situation({ certificate: issued({ tags: older }), wanted, memory: known });
    expect(readMark(wantedTags(s))).toEqual({ ...readMark(older), incarnation: s.mark.incarnation });
    const full = Object.fromEntries(Array.from({ length: 15 }, (__, n) => [`tag${n}`, ""]));
    expect(wantedTags({ ...s, wanted: { ...s.wanted, tags: full } })).toEqual(full);
  });
});
