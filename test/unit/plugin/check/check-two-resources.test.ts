import { check } from "../../../../provider/plugin/check/check";
import { certificate, certificateMerge, certificateRequest } from "../../../../provider/plugin/kinds";
import type { PlainObject } from "../../../../provider/plugin/plain";
import { unknownValue } from "../../../../provider/plugin/unknown";
import { certificateName, requestId, vaultUrl } from "../../build/certificate";
import { program } from "../../build/model-stack";

const request = (changes: Record<string, unknown> = {}): PlainObject => program(changes).request;
const requestOf = (policy: Record<string, unknown>): PlainObject =>
  request({ policy: { subject: "CN=web.contoso.com", ...policy } });

/** What the class sends for a merge, as `check` gets it. */
const merge = (changes: Record<string, unknown> = {}): PlainObject => {
  const handedOn = { vaultUrl, certificateName, requestId, __mark: "owner=0 incarnation=0 generation=0" };
  return program({}, { ...handedOn, chain: "PEM", ...changes }).merge;
};

/** What is wrong, as `path: reason`. */
const wrong = (news: PlainObject): string[] =>
  check({}, news).failures.map(({ property, reason }) => `${property}: ${reason}`);

const atMerge = (name: string) =>
  `belongs to the CertificateMerge: write ${name} there, so that every update of a request is a new CSR`;
const atRequest = "is not the merge's: write it in the CertificateRequest";
const signer = "is a Certificate's, which needs no CertificateMerge: write a Certificate, or remove it";

describe("check of a CertificateRequest", () => {
  test("gives back what the program wrote, and the ids that a preview can know", () => {
    const { inputs, failures, warnings } = check(
      {},
      request({ reissue: 1, renewal: { daysBeforeExpiry: 30 } }),
    );
    expect({ failures, warnings }).toEqual({ failures: [], warnings: [] });
    expect(inputs).toEqual({
      ...request({ reissue: 1, renewal: { daysBeforeExpiry: 30 } }),
      versionlessId: "https://contoso.vault.azure.net/certificates/web",
      versionlessSecretId: "https://contoso.vault.azure.net/secrets/web",
    });
  });

  test.each<[string, PlainObject, string[]]>([
    ["tags", request({ tags: { a: "b" } }), [`tags: ${atMerge("tags")}`]],
    ["enabled", request({ enabled: false }), [`enabled: ${atMerge("enabled")}`]],
    ["a chain", request({ chain: "PEM" }), [`chain: ${atMerge("chain")}`]],
    [
      "lifetime actions",
      requestOf({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }] }),
      [`policy.lifetimeActions: ${atMerge("lifetimeActions")}`],
    ],
    [
      "an issuer",
      requestOf({ issuerName: "Self" }),
      ['policy.issuerName: is always "Unknown" in a CertificateRequest: remove it'],
    ],
    [
      "a product of an issuer",
      requestOf({ certificateType: "OV-SSL" }),
      ["policy.certificateType: is for an integrated issuer, which a CertificateRequest has not: remove it"],
    ],
    ["a signer", request({ signer: { command: ["a"] } }), [`signer: ${signer}`]],
    [
      "waitForCompletion",
      request({ waitForCompletion: true }),
      ["waitForCompletion: is not a request's, which is done with its CSR: remove it"],
    ],
    [
      "a property that there is not",
      request({ certName: "x" }),
      ["certName: is no property of a CertificateRequest: remove it or correct its spelling"],
    ],
    [
      "a policy that names nobody",
      request({ policy: {} }),
      [
        'policy: names nobody: write a subject such as "CN=www.contoso.com", or at least one of subjectAlternativeNames, or both',
      ],
    ],
    [
      "no policy",
      request({ policy: undefined }),
      ['policy: is missing: it must be a policy, such as { subject: "CN=www.contoso.com" }'],
    ],
    [
      "a size that there is not",
      requestOf({ keySize: 1024 }),
      ["policy.keySize: must be 2048, 3072 or 4096, got 1024"],
    ],
    [
      "a renewal that would come with every up",
      request({ renewal: { daysBeforeExpiry: 400 } }),
      ["renewal.daysBeforeExpiry: must be at most 324 (27 times validityInMonths), got 400"],
    ],
    [
      "adopt without the owner's tag",
      request({ adopt: true, ownershipTag: false }),
      ["adopt: needs the owner's tag: remove ownershipTag: false, or adopt"],
    ],
  ])("refuses %s", (_, news, reasons) => {
    expect(wrong(news)).toEqual(reasons);
  });
});

describe("check of a CertificateMerge", () => {
  test("gives back what the class sent, enabled, and the ids that a preview can know", () => {
    const { inputs, failures, warnings } = check({}, merge({ tags: { team: "web" } }));
    expect({ failures, warnings }).toEqual({ failures: [], warnings: [] });
    expect(inputs).toEqual({
      ...merge({ tags: { team: "web" } }),
      enabled: true,
      versionlessId: "https://contoso.vault.azure.net/certificates/web",
      versionlessSecretId: "https://contoso.vault.azure.net/secrets/web",
    });
  });

  test.each<[string, PlainObject, string[]]>([
    [
      "no chain",
      merge({ chain: undefined }),
      ["chain: is missing: it must be the signed chain, leaf and intermediates"],
    ],
    [
      "an empty chain",
      merge({ chain: [] }),
      ["chain: must be certificates as PEM, base64 DER or PKCS#7 text, and it is no text or empty"],
    ],
    [
      "an empty part of a chain",
      merge({ chain: ["PEM", ""] }),
      ["chain[1]: must be certificates as PEM, base64 DER or PKCS#7 text, and it is no text or empty"],
    ],
    [
      "no request",
      merge({ requestId: undefined, __mark: undefined }),
      [
        "requestId: is missing: it must be the output requestId of a CertificateRequest",
        "__mark: is missing: it must be the mark of a CertificateRequest",
      ],
    ],
    ...["policy", "reissue", "renewal", "adopt", "purgeOnDelete", "onConflict", "onSoftDeleted"].map(
      (name): [string, PlainObject, string[]] => [
        name,
        merge({ [name]: { subject: "CN=a", daysBeforeExpiry: 1 } }),
        [`${name}: ${atRequest}`],
      ],
    ),
    ["a signer", merge({ signer: { command: ["a"] } }), [`signer: ${signer}`]],
    [
      "an action that nobody can do",
      merge({ lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }] }),
      [
        'lifetimeActions[0].action: must be "EmailContacts" for issuer "Unknown": Key Vault cannot ask it for a new version',
      ],
    ],
    [
      "an action without a trigger",
      merge({ lifetimeActions: [{ action: "EmailContacts" }] }),
      ["lifetimeActions[0]: must have exactly one of daysBeforeExpiry and lifetimePercentage, got neither"],
    ],
    [
      "an action with two triggers",
      merge({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9, lifetimePercentage: 80 }] }),
      ["lifetimeActions[0]: must have exactly one of daysBeforeExpiry and lifetimePercentage, got both"],
    ],
    [
      "lifetime actions that are no list",
      merge({ lifetimeActions: { action: "EmailContacts" } }),
      ['lifetimeActions: must be a list of actions, got {"action":"EmailContacts"}'],
    ],
    [
      "the owner's tag",
      merge({ tags: { "pulumi-keyvault-certificates": "x" } }),
      ["tags.pulumi-keyvault-certificates: is the tag in which this resource keeps its owner: remove it"],
    ],
    [
      "a property that there is not",
      merge({ chains: "x" }),
      ["chains: is no property of a CertificateMerge: remove it or correct its spelling"],
    ],
  ])("refuses %s", (_, news, reasons) => {
    expect(wrong(news)).toEqual(reasons);
  });

  test("refuses a private key in the chain, and shows nothing of it", () => {
    const key =
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----\n";
    const { failures } = check({}, merge({ chain: ["PEM", key] }));
    expect(failures).toMatchObject([
      { property: "", reason: expect.stringMatching(/^chain\[1\] holds a private key/) as string },
    ]);
    expect(JSON.stringify(failures)).not.toContain("MIIEvQIBADAN");
  });

  test("counts one tag less beside the owner's, and as many as there are without", () => {
    const tags = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`tag${index}`, "x"]));
    expect(wrong(merge({ tags }))).toEqual(["tags: must be at most 14 beside the owner's tag, got 15"]);
    expect(wrong(merge({ tags, ownershipTag: false }))).toEqual([]);
  });
});

describe("check of a certificate in two resources", () => {
  const own: ReadonlySet<string> = new Set(["__mark", "requestId", "lifetimeActions"]);
  test.each([
    ["CertificateRequest", certificateRequest, request()],
    ["CertificateMerge", certificateMerge, merge()],
  ] as const)(
    "tells of every property of a Certificate that a %s has not where it is, or why not",
    (_, kind, news) => {
      const names: readonly string[] = kind.inputNames;
      const missing = certificate.inputNames.filter((name) => !names.includes(name) && !own.has(name));
      expect(missing).not.toHaveLength(0);
      for (const name of missing) {
        const { failures } = check({}, { ...news, [name]: "x" });
        const found = failures.find(({ property }) => property === name);
        expect(found?.reason).toMatch(/CertificateMerge|CertificateRequest|a request's|a merge's/);
        expect(found?.reason).not.toContain("spelling");
      }
    },
  );

  test.each([
    "vaultUrl",
    "certificateName",
    "requestId",
    "__mark",
    "ownershipTag",
    "chain",
    "tags",
    "enabled",
    "lifetimeActions",
  ])("has nothing to say of a merge whose %s is not known yet", (name) => {
    expect(wrong(merge({ [name]: unknownValue }))).toEqual([]);
  });

  test("has nothing to say of what a preview of the first up sends", () => {
    const news = merge({ requestId: unknownValue, __mark: unknownValue, chain: unknownValue });
    const { inputs, failures } = check({}, news);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ versionlessSecretId: "https://contoso.vault.azure.net/secrets/web" });
    expect(wrong(merge({ chain: [unknownValue, "PEM"] }))).toEqual([]);
    expect(
      wrong(merge({ lifetimeActions: [{ action: unknownValue, daysBeforeExpiry: unknownValue }] })),
    ).toEqual([]);
  });

  test.each(["vaultUrl", "certificateName", "policy", "reissue", "renewal", "ownershipTag"])(
    "has nothing to say of a request whose %s is not known yet",
    (name) => {
      expect(wrong(request({ [name]: unknownValue }))).toEqual([]);
    },
  );

  test("keeps the owner that the first run gave, of each", () => {
    const olds = { __owner: "feedfacefeedface" };
    expect(check(olds, request()).inputs["__owner"]).toBe("feedfacefeedface");
    expect(check(olds, merge()).inputs["__owner"]).toBe("feedfacefeedface");
  });
});
