import fc from "fast-check";
import { effectivePolicy } from "../../../provider/lifecycle/policy";
import { generationOf, type Wanted } from "../../../provider/lifecycle/wanted";
import { somePolicy } from "../build/arbitrary-policy";
import { policy } from "../build/certificate";
import { wanted } from "../build/situation";

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
