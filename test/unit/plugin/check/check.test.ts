import fc from "fast-check";
import { check } from "../../../../provider/plugin/check/check";
import { pathText } from "../../../../provider/plugin/check/failures";
import { show } from "../../../../provider/plugin/check/show";
import type { PlainObject } from "../../../../provider/plugin/plain";
import { unknownValue } from "../../../../provider/plugin/unknown";
import { somePolicy } from "../../build/arbitrary-policy";
import { inputs, providerText, withPolicy } from "../../build/inputs";
import { owner } from "../../build/situation";

/** What is wrong, as `path: reason`. */
function wrong(news: PlainObject): string[] {
  return check({}, news).failures.map(({ property, reason }) => `${property}: ${reason}`);
}

const action = { action: "AutoRenew", lifetimePercentage: 80 };
const tagsOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));

/** Inputs with one thing wrong, the path that is named, and a part of what is said of it. */
const rows: [string, PlainObject, string, string][] = [
  // Vault and name.
  ["no vault at all", inputs({ vaultUrl: undefined }), "vaultUrl", "pulumi config set keyvault:vaultUrl"],
  [
    "an http vault that is not loopback",
    inputs({ vaultUrl: "http://contoso.vault.azure.net" }),
    "vaultUrl",
    "must start with https://",
  ],
  [
    "a vault that is no URL",
    inputs({ vaultUrl: "contoso" }),
    "vaultUrl",
    "must be a URL such as https://contoso.vault.azure.net",
  ],
  [
    "a vault URL with a path",
    inputs({ vaultUrl: "https://contoso.vault.azure.net/certificates" }),
    "vaultUrl",
    "must end after the host",
  ],
  [
    "a vault URL with a password",
    inputs({ vaultUrl: "https://u:secret@contoso.vault.azure.net" }),
    "vaultUrl",
    "must not hold a user name or password",
  ],
  ["a vault that is no text", inputs({ vaultUrl: 5 }), "vaultUrl", "got 5"],
  ["no name", inputs({ certificateName: undefined }), "certificateName", "is missing"],
  [
    "a name with a dot",
    inputs({ certificateName: "www.contoso" }),
    "certificateName",
    'letters, digits and dashes (the service allows no dots, for example), got "www.contoso"',
  ],
  ["an empty name", inputs({ certificateName: "" }), "certificateName", "1 to 127"],
  ["a name of 128 characters", inputs({ certificateName: "a".repeat(128) }), "certificateName", "1 to 127"],
  [
    "a name with an underscore",
    inputs({ certificateName: "a_b" }),
    "certificateName",
    "letters, digits and dashes",
  ],
  [
    "the name of a list of the service",
    inputs({ certificateName: "Issuers" }),
    "certificateName",
    "a path of the service itself",
  ],
  // The resource's own properties.
  ["an enabled that is a text", inputs({ enabled: "yes" }), "enabled", 'must be true or false, got "yes"'],
  ["an adopt that is a number", inputs({ adopt: 1 }), "adopt", "must be true or false, got 1"],
  [
    "a waitForCompletion that is a text",
    inputs({ waitForCompletion: "no" }),
    "waitForCompletion",
    "true or false",
  ],
  ["a purgeOnDelete that is a text", inputs({ purgeOnDelete: "no" }), "purgeOnDelete", "true or false"],
  [
    "adopt without the owner's tag",
    inputs({ adopt: true, ownershipTag: false }),
    "adopt",
    "needs the owner's tag",
  ],
  ["an ownershipTag that is a text", inputs({ ownershipTag: "no" }), "ownershipTag", "true or false"],
  [
    "a preserveCertificateOrder that is a text",
    inputs({ preserveCertificateOrder: "no" }),
    "preserveCertificateOrder",
    "true or false",
  ],
  ["a property that there is not", inputs({ certName: "x" }), "certName", "is no property of a Certificate"],
  ["tags that are a list", inputs({ tags: ["a"] }), "tags", "must be an object of texts"],
  ["a tag that is a number", inputs({ tags: { team: 5 } }), "tags.team", "must be text, got 5"],
  [
    "15 tags beside the owner's",
    inputs({ tags: tagsOf(15) }),
    "tags",
    "must be at most 14 beside the owner's tag, got 15",
  ],
  [
    "16 tags without the owner's",
    inputs({ ownershipTag: false, tags: tagsOf(16) }),
    "tags",
    "must be at most 15, got 16",
  ],
  [
    "the owner's tag",
    inputs({ tags: { "pulumi-keyvault-certificates": "x" } }),
    "tags.pulumi-keyvault-certificates",
    "remove it",
  ],
  [
    "a timeout that is no duration",
    inputs({ timeouts: { create: "soon" } }),
    "customTimeouts.create",
    'such as "30m" or "1h30m", got "soon"',
  ],
  ["a timeout of nothing", inputs({ timeouts: { delete: "0s" } }), "customTimeouts.delete", 'got "0s"'],
  // The policy.
  ["no policy", inputs({ policy: undefined }), "policy", "is missing"],
  ["a policy that is a text", inputs({ policy: "Self" }), "policy", 'got "Self"'],
  [
    "no issuer",
    withPolicy({ issuerName: undefined }),
    "policy.issuerName",
    '"Self", "Unknown" or the name of an issuer',
  ],
  ["an empty issuer", withPolicy({ issuerName: "" }), "policy.issuerName", 'got ""'],
  ["no subject and no names", withPolicy({ subject: undefined }), "policy", "names nobody"],
  [
    "an empty subject and empty names",
    withPolicy({ subject: "", subjectAlternativeNames: { dnsNames: [] } }),
    "policy",
    "at least one of subjectAlternativeNames",
  ],
  ["a subject without an attribute", withPolicy({ subject: "www.contoso.com" }), "policy.subject", "CN="],
  ["a subject that is a number", withPolicy({ subject: 5 }), "policy.subject", "a distinguished name"],
  [
    "a subject with an e-mail address",
    withPolicy({ subject: "E=a@contoso.com" }),
    "policy.subject",
    "subjectAlternativeNames.emails",
  ],
  [
    "names that are a list",
    withPolicy({ subjectAlternativeNames: ["a"] }),
    "policy.subjectAlternativeNames",
    "an object of name lists",
  ],
  [
    "a kind of names that there is not",
    withPolicy({ subjectAlternativeNames: { dns: ["a"] } }),
    "policy.subjectAlternativeNames.dns",
    "is no property of policy.subjectAlternativeNames",
  ],
  [
    "names that are a text",
    withPolicy({ subjectAlternativeNames: { dnsNames: "a.example" } }),
    "policy.subjectAlternativeNames.dnsNames",
    "a list of names",
  ],
  [
    "a name that is a number",
    withPolicy({ subjectAlternativeNames: { dnsNames: ["a.example", 5] } }),
    "policy.subjectAlternativeNames.dnsNames[1]",
    "got 5",
  ],
  [
    "a DNS name with a port",
    withPolicy({ subjectAlternativeNames: { dnsNames: ["a.example", "b.example:443"] } }),
    "policy.subjectAlternativeNames.dnsNames[1]",
    'write "b.example"',
  ],
  [
    "an IP address among DNS names",
    withPolicy({ subjectAlternativeNames: { dnsNames: ["10.0.0.1"] } }),
    "policy.subjectAlternativeNames.dnsNames[0]",
    "ipAddresses",
  ],
  [
    "an e-mail address without a domain",
    withPolicy({ subjectAlternativeNames: { emails: ["admin"] } }),
    "policy.subjectAlternativeNames.emails[0]",
    "no e-mail address",
  ],
  [
    "a user principal name without a domain",
    withPolicy({ subjectAlternativeNames: { userPrincipalNames: ["me"] } }),
    "policy.subjectAlternativeNames.userPrincipalNames[0]",
    "user@example.com",
  ],
  [
    "a network among addresses",
    withPolicy({ subjectAlternativeNames: { ipAddresses: ["10.0.0.0/8"] } }),
    "policy.subjectAlternativeNames.ipAddresses[0]",
    "is a network",
  ],
  [
    "a relative URI",
    withPolicy({ subjectAlternativeNames: { uniformResourceIdentifiers: ["/web"] } }),
    "policy.subjectAlternativeNames.uniformResourceIdentifiers[0]",
    "no absolute URI",
  ],
  [
    "a key type that there is not",
    withPolicy({ keyType: "DSA" }),
    "policy.keyType",
    'one of RSA, RSA-HSM, EC, EC-HSM, got "DSA"',
  ],
  [
    "a key size that there is not",
    withPolicy({ keySize: 1024 }),
    "policy.keySize",
    "2048, 3072 or 4096, got 1024",
  ],
  [
    "a key size for EC",
    withPolicy({ keyType: "EC", keySize: 2048 }),
    "policy.keySize",
    "is for RSA keys: remove it",
  ],
  [
    "a key size beside a curve",
    withPolicy({ keyCurveName: "P-256", keySize: 2048 }),
    "policy.keySize",
    "is for RSA keys: remove it",
  ],
  [
    "a curve that there is not",
    withPolicy({ keyType: "EC", keyCurveName: "P-255" }),
    "policy.keyCurveName",
    "one of P-256, P-384, P-521, P-256K",
  ],
  [
    "a curve for RSA",
    withPolicy({ keyType: "RSA", keyCurveName: "P-256" }),
    "policy.keyCurveName",
    'is for EC keys: remove it, or write keyType "EC"',
  ],
  [
    "an exportable HSM key",
    withPolicy({ keyType: "EC-HSM", exportable: true }),
    "policy.exportable",
    "a key of an HSM never leaves it",
  ],
  ["an exportable that is a text", withPolicy({ exportable: "no" }), "policy.exportable", "true or false"],
  ["a reuseKey that is a text", withPolicy({ reuseKey: "no" }), "policy.reuseKey", "true or false"],
  [
    "a content type that there is not",
    withPolicy({ contentType: "pem" }),
    "policy.contentType",
    "application/x-pem-file",
  ],
  [
    "a validity of no month",
    withPolicy({ validityInMonths: 0 }),
    "policy.validityInMonths",
    "a whole number from 1 to 1200, got 0",
  ],
  ["a validity of half a month", withPolicy({ validityInMonths: 1.5 }), "policy.validityInMonths", "got 1.5"],
  ["a validity in words", withPolicy({ validityInMonths: "12" }), "policy.validityInMonths", 'got "12"'],
  [
    "a key usage that there is not",
    withPolicy({ keyUsage: ["digitalSignature", "signing"] }),
    "policy.keyUsage[1]",
    "one of digitalSignature",
  ],
  [
    "key usages that are a text",
    withPolicy({ keyUsage: "digitalSignature" }),
    "policy.keyUsage",
    "a list of key usages",
  ],
  [
    "a usage that is no identifier",
    withPolicy({ enhancedKeyUsage: ["serverAuth"] }),
    "policy.enhancedKeyUsage[0]",
    "1.3.6.1.5.5.7.3.1",
  ],
  [
    "a usage that is a number",
    withPolicy({ enhancedKeyUsage: [1.3] }),
    "policy.enhancedKeyUsage[0]",
    "an object identifier",
  ],
  [
    "a certificate type that is a number",
    withPolicy({ certificateType: 5 }),
    "policy.certificateType",
    "a product of the issuer",
  ],
  [
    "a transparency that is a text",
    withPolicy({ certificateTransparency: "no" }),
    "policy.certificateTransparency",
    "true or false",
  ],
  [
    "lifetime actions that are no list",
    withPolicy({ lifetimeActions: action }),
    "policy.lifetimeActions",
    "a list of actions",
  ],
  [
    "a lifetime action that is a text",
    withPolicy({ lifetimeActions: ["AutoRenew"] }),
    "policy.lifetimeActions[0]",
    "an action with",
  ],
  [
    "both triggers of a lifetime action",
    withPolicy({ lifetimeActions: [action, { ...action, daysBeforeExpiry: 30 }] }),
    "policy.lifetimeActions[1]",
    "exactly one of daysBeforeExpiry and lifetimePercentage, got both",
  ],
  [
    "no trigger of a lifetime action",
    withPolicy({ lifetimeActions: [{ action: "AutoRenew" }] }),
    "policy.lifetimeActions[0]",
    "got neither",
  ],
  [
    "an action that there is not",
    withPolicy({ lifetimeActions: [{ ...action, action: "Renew" }] }),
    "policy.lifetimeActions[0].action",
    "one of AutoRenew, EmailContacts",
  ],
  [
    "a percentage of 100",
    withPolicy({ lifetimeActions: [{ ...action, lifetimePercentage: 100 }] }),
    "policy.lifetimeActions[0].lifetimePercentage",
    "from 1 to 99, got 100",
  ],
  [
    "no day before the end",
    withPolicy({ lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 0 }] }),
    "policy.lifetimeActions[0].daysBeforeExpiry",
    "a whole number from 1",
  ],
  [
    "more days than the lifetime has by default",
    withPolicy({ lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 325 }] }),
    "policy.lifetimeActions[0].daysBeforeExpiry",
    "must be at most 324 (27 times validityInMonths), got 325",
  ],
  [
    "more days than the lifetime has",
    withPolicy({ validityInMonths: 1, lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 28 }] }),
    "policy.lifetimeActions[0].daysBeforeExpiry",
    "must be at most 27",
  ],
  [
    "automatic renewal at issuer Unknown",
    withPolicy({ issuerName: "Unknown", lifetimeActions: [action] }),
    "policy.lifetimeActions[0].action",
    'must be "EmailContacts"',
  ],
  [
    "a trigger that there is not",
    withPolicy({ lifetimeActions: [{ ...action, days: 5 }] }),
    "policy.lifetimeActions[0].days",
    "is no property of policy.lifetimeActions[0]",
  ],
  ["a property that a policy has not", withPolicy({ sans: [] }), "policy.sans", "is no property of policy"],
  // The chain.
  ["a chain for Self", inputs({ chain: "PEM" }), "chain", 'write policy.issuerName "Unknown"'],
  ["an empty chain", withPolicy({ issuerName: "Unknown" }, { chain: " " }), "chain", "is no text or empty"],
  ["a chain of no part", withPolicy({ issuerName: "Unknown" }, { chain: [] }), "chain", "certificates"],
  [
    "a chain with an empty part",
    withPolicy({ issuerName: "Unknown" }, { chain: ["PEM", ""] }),
    "chain[1]",
    "is no text or empty",
  ],
  [
    "a chain that is a number",
    withPolicy({ issuerName: "Unknown" }, { chain: 5 }),
    "chain",
    "must be certificates",
  ],
];

describe("check", () => {
  test.each(rows)("refuses %s", (_, news, path, part) => {
    const { failures } = check({}, news);
    expect(failures.map(({ property }) => property)).toEqual([path]);
    expect(failures[0]?.reason).toContain(part);
  });

  test.each(rows)("says of %s in a sentence what to write, without a full stop", (_, news) => {
    for (const { reason } of check({}, news).failures) expect(reason).toMatch(/^[a-z"][^\n]{8,}[^.\n]$/);
  });

  test("says everything that is wrong in one run", () => {
    const news = inputs({
      vaultUrl: "http://contoso.vault.azure.net",
      certificateName: "www.contoso",
      enabled: "yes",
      tags: { team: 5, "pulumi-keyvault-certificates": "x" },
      timeouts: { create: "soon" },
      purge: true,
      policy: {
        issuerName: "Unknown",
        keyType: "EC",
        keySize: 2048,
        keyUsage: ["signing"],
        subjectAlternativeNames: {},
        lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 30, lifetimePercentage: 80 }],
      },
    });
    expect(
      check({}, news)
        .failures.map(({ property }) => property)
        .sort(),
    ).toEqual([
      "certificateName",
      "customTimeouts.create",
      "enabled",
      "policy",
      "policy.keySize",
      "policy.keyUsage[0]",
      "policy.lifetimeActions[0]",
      "policy.lifetimeActions[0].action",
      "purge",
      "tags.pulumi-keyvault-certificates",
      "tags.team",
      "vaultUrl",
    ]);
  });

  test.each<[string, PlainObject]>([
    ["the least", inputs()],
    [
      "names and no subject",
      withPolicy({ subject: undefined, subjectAlternativeNames: { dnsNames: ["a.example"] } }),
    ],
    ["a loopback vault by http", inputs({ vaultUrl: "http://127.0.0.1:8443" })],
    ["15 tags without the owner's", inputs({ ownershipTag: false, tags: tagsOf(15) })],
    ["14 tags beside the owner's", inputs({ tags: tagsOf(14) })],
    ["a chain at issuer Unknown", withPolicy({ issuerName: "Unknown" }, { chain: ["PEM", "PEM"] })],
    [
      "a chain at an integrated issuer, which may fail",
      withPolicy({ issuerName: "DigiCert" }, { chain: "PEM" }),
    ],
    ["any reissue", inputs({ reissue: { a: [1, null] } })],
    ["all timeouts", inputs({ timeouts: { create: "1h30m", update: "40s", delete: "1d" } })],
    [
      "the most days before the end",
      withPolicy({ lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 324 }] }),
    ],
    ["a curve and no key type", withPolicy({ keyCurveName: "P-384" })],
    [
      "mail at issuer Unknown",
      withPolicy({ issuerName: "Unknown", lifetimeActions: [{ ...action, action: "EmailContacts" }] }),
    ],
  ])("takes %s", (_, news) => {
    expect(wrong(news)).toEqual([]);
  });

  test("takes every policy that the service takes", () => {
    fc.assert(fc.property(somePolicy, (policy) => expect(wrong(inputs({ policy }))).toEqual([])));
  });
});

describe("what check gives back", () => {
  test("is what the program wrote, the defaults of the resource, and the ids that a preview can know", () => {
    const vaultUrl = "https://Contoso.vault.azure.net:443/";
    expect(check({}, inputs({ vaultUrl, reissue: 1 })).inputs).toEqual({
      ...inputs({ vaultUrl, reissue: 1 }),
      enabled: true,
      versionlessId: "https://contoso.vault.azure.net/certificates/web",
      versionlessSecretId: "https://contoso.vault.azure.net/secrets/web",
    });
  });

  test("keeps what is disabled", () => {
    expect(check({}, inputs({ enabled: false })).inputs["enabled"]).toBe(false);
  });

  test("has no URN, which would show as a change after an alias", () => {
    const { inputs: checked, failures } = check({}, inputs({ __urn: "urn:pulumi:dev::p::t::web" }));
    expect(failures).toEqual([]);
    expect(checked).not.toHaveProperty("__urn");
  });

  test("has the owner that the first run gave", () => {
    expect(check({}, inputs()).inputs["__owner"]).toBe(owner);
    expect(check({ __owner: "feedfacefeedface" }, inputs()).inputs["__owner"]).toBe("feedfacefeedface");
  });

  test("has the provider's text as it came", () => {
    expect(check({}, inputs()).inputs["__provider"]).toBe(providerText);
  });

  test("has no derived id where something is wrong", () => {
    expect(check({}, inputs({ vaultUrl: "http://contoso" })).inputs).not.toHaveProperty("versionlessId");
  });

  test("is the same for the same, and is not changed by another check", () => {
    fc.assert(
      fc.property(someInputs, (news) => {
        const before = structuredClone(news);
        const once = check({}, news);
        expect(check({}, news)).toEqual(once);
        expect(check(once.inputs, once.inputs)).toEqual(once);
        expect(news).toEqual(before);
      }),
    );
  });
});

describe("check of what is not known yet", () => {
  test("has nothing to say, wherever it stands", () => {
    fc.assert(
      fc.property(someInputs, fc.nat(), (news, at) => {
        const paths = pathsOf(news);
        const path = paths[at % paths.length] ?? [];
        expect({ path, wrong: wrong(withUnknown(news, path)) }).toEqual({ path, wrong: [] });
      }),
      { numRuns: 500 },
    );
  });

  test("gives exactly the unknown value for an id of which a part is unknown", () => {
    for (const name of ["vaultUrl", "certificateName"]) {
      const { inputs: checked } = check({}, inputs({ [name]: unknownValue }));
      expect(checked).toMatchObject({ versionlessId: unknownValue, versionlessSecretId: unknownValue });
    }
    const { inputs: checked } = check({}, inputs({ policy: unknownValue }));
    expect(checked["versionlessId"]).toBe("https://contoso.vault.azure.net/certificates/web");
  });

  test("counts tags without the owner's, where it is not known whether there is one", () => {
    expect(wrong(inputs({ tags: tagsOf(15), ownershipTag: unknownValue }))).toEqual([]);
  });

  test("still says what is wrong beside it", () => {
    const news = withPolicy(
      { subject: unknownValue, keyType: "DSA" },
      { vaultUrl: unknownValue, enabled: "yes" },
    );
    expect(check({}, news).failures.map(({ property }) => property)).toEqual(["policy.keyType", "enabled"]);
  });

  test("does not take a text that only contains the unknown value for unknown", () => {
    expect(wrong(inputs({ certificateName: `${unknownValue}.web` }))).toHaveLength(1);
  });
});

describe("check of a chain that holds a private key", () => {
  const key =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----\n";

  test.each<[string, PlainObject]>([
    ["alone", withPolicy({ issuerName: "Unknown" }, { chain: key })],
    ["in a list", withPolicy({ issuerName: "Unknown" }, { chain: ["PEM", key] })],
    ["behind certificates", withPolicy({ issuerName: "Unknown" }, { chain: `PEM\n${key}` })],
    ["beside an empty part", withPolicy({ issuerName: "Unknown" }, { chain: ["", key] })],
    ["for issuer Self", inputs({ chain: key })],
    ["in a list for issuer Self", inputs({ chain: ["PEM", key] })],
    ["in an object", withPolicy({ issuerName: "Unknown" }, { chain: { pem: key } })],
    ["in a list in a list", withPolicy({ issuerName: "Unknown" }, { chain: [["PEM", key]] })],
  ])("refuses it %s, and shows nothing of it", (_, news) => {
    const { failures } = check({}, news);
    expect(failures).not.toHaveLength(0);
    expect(JSON.stringify(failures)).not.toContain("MIIEvQIBADAN");
  });

  test("says where it is, and that it must not be used any more", () => {
    const { failures } = check({}, withPolicy({ issuerName: "Unknown" }, { chain: ["PEM", key] }));
    expect(failures).toEqual([
      {
        property: "",
        reason: expect.stringMatching(/^chain\[1\] holds a private key.*disclosed$/) as string,
      },
    ]);
  });
});

describe("a path in words", () => {
  test.each([
    [[], ""],
    [["policy"], "policy"],
    [["policy", "lifetimeActions", 1, "daysBeforeExpiry"], "policy.lifetimeActions[1].daysBeforeExpiry"],
    [["chain", 0], "chain[0]"],
  ])("of %j is %s", (path, text) => {
    expect(pathText(path)).toBe(text);
  });
});

describe("a value in a message", () => {
  test("is cut short before it is long", () => {
    expect(show("a")).toBe('"a"');
    expect(show({ a: [1] })).toBe('{"a":[1]}');
    expect(show("x".repeat(500))).toHaveLength(78);
  });
});

const someInputs: fc.Arbitrary<PlainObject> = fc
  .record(
    {
      policy: somePolicy as unknown as fc.Arbitrary<PlainObject>,
      enabled: fc.boolean(),
      tags: fc.constantFrom({}, { team: "web" }, tagsOf(14)),
      preserveCertificateOrder: fc.boolean(),
      reissue: fc.constantFrom(1, "a", { a: [1] }),
      adopt: fc.boolean(),
      waitForCompletion: fc.boolean(),
      purgeOnDelete: fc.boolean(),
      ownershipTag: fc.constant(true),
      timeouts: fc.constantFrom({}, { create: "5m" }),
      vaultUrl: fc.constantFrom("https://contoso.vault.azure.net", "https://Contoso.vault.azure.net:443/"),
    },
    { requiredKeys: ["policy"] },
  )
  .map((some) => inputs(some));

type Path = (string | number)[];

/** Every part of the inputs, from the policy as a whole to the last name; not the hidden ones, which are always known. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const entries = Array.isArray(value)
    ? value.map((part, index) => [index, part] as const)
    : Object.entries(value);
  const parts = entries.filter(([key]) => !String(key).startsWith("__") && key !== "timeouts");
  return [...own, ...parts.flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

function withUnknown<T>(value: T, [first, ...rest]: Path): T {
  if (first === undefined) return unknownValue as T;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<
    string | number,
    unknown
  >;
  copy[first] = withUnknown(copy[first], rest);
  return copy as T;
}
