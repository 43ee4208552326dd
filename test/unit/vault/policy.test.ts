import fc from "fast-check";
import { policyFromWire, policyToWire } from "../../../provider/vault/policy";
import { getPolicyRequest, readPolicy, updatePolicyRequest } from "../../../provider/vault/policies";
import { policy, wirePolicy, withMember } from "./harness";

const strings = fc.array(fc.string(), { maxLength: 3 });

/** A record of which every member may be missing, but not all of them. */
function part<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(members, { requiredKeys: [] }).filter((value) => Object.keys(value).length > 0);
}

const trigger = fc.oneof(
  fc.record({ lifetime_percentage: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ days_before_expiry: fc.integer({ min: 1, max: 300 }) }),
);

const wire = fc.record(
  {
    key_props: part({
      exportable: fc.boolean(),
      kty: fc.constantFrom("RSA", "RSA-HSM", "EC", "EC-HSM"),
      key_size: fc.constantFrom(256, 2048, 3072, 4096),
      reuse_key: fc.boolean(),
      crv: fc.constantFrom("P-256", "P-384", "P-521", "P-256K"),
    }),
    secret_props: part({ contentType: fc.constantFrom("application/x-pkcs12", "application/x-pem-file") }),
    x509_props: part({
      subject: fc.string(),
      sans: fc.record(
        { dns_names: strings, emails: strings, upns: strings, uris: strings, ipAddresses: strings },
        { requiredKeys: [] },
      ),
      ekus: strings,
      key_usage: fc.array(fc.constantFrom("digitalSignature", "crlSign", "keyEncipherment")),
      validity_months: fc.integer({ min: 0, max: 1200 }),
    }),
    lifetime_actions: fc.array(
      fc.record({
        trigger,
        action: fc.record({ action_type: fc.constantFrom("AutoRenew", "EmailContacts") }),
      }),
    ),
    issuer: fc.record(
      { name: fc.string(), cty: fc.string(), cert_transparency: fc.boolean() },
      { requiredKeys: ["name"] },
    ),
  },
  { requiredKeys: ["issuer"] },
);

describe("the policy on the wire", () => {
  test("is the same after it was read and written again", () => {
    fc.assert(
      fc.property(wire, (sent) => {
        expect(policyToWire(policyFromWire(sent, "policy"))).toEqual(sent);
      }),
    );
  });

  test("is read from what the service writes, its own additions left aside", () => {
    expect(readPolicy(wirePolicy)).toEqual(policy);
  });

  test("is of issuer Unknown when it names none", () => {
    expect(readPolicy({})).toEqual({ issuerName: "Unknown" });
  });

  test("takes null for a missing member", () => {
    expect(readPolicy({ issuer: { name: "Self" }, x509_props: null, lifetime_actions: null })).toEqual({
      issuerName: "Self",
    });
  });

  test("holds only what is given", () => {
    expect(policyToWire({ keySize: 4096 })).toEqual({ key_props: { key_size: 4096 } });
    expect(policyToWire({ enhancedKeyUsage: [] })).toEqual({ x509_props: { ekus: [] } });
    expect(policyToWire({ subjectAlternativeNames: {} })).toEqual({ x509_props: { sans: {} } });
    expect(policyToWire({ certificateTransparency: false })).toEqual({
      issuer: { cert_transparency: false },
    });
    expect(policyToWire({})).toEqual({});
  });

  test.each([
    ["key_props", "RSA", '"policy.key_props" must be an object, got a string of 3 characters'],
    ["key_props.exportable", "yes", '"policy.key_props.exportable" must be a boolean'],
    ["key_props.kty", 1, '"policy.key_props.kty" must be a string, got 1'],
    ["key_props.key_size", "2048", '"policy.key_props.key_size" must be a number'],
    ["key_props.crv", [], '"policy.key_props.crv" must be a string, got an array'],
    ["secret_props.contentType", {}, '"policy.secret_props.contentType" must be a string, got an object'],
    ["x509_props.subject", true, '"policy.x509_props.subject" must be a string, got true'],
    ["x509_props.ekus", "1.2.3", '"policy.x509_props.ekus" must be an array'],
    ["x509_props.key_usage", [1], '"policy.x509_props.key_usage[0]" must be a string'],
    ["x509_props.validity_months", "12", '"policy.x509_props.validity_months" must be a number'],
    ["x509_props.sans.dns_names", "web.example", '"policy.x509_props.sans.dns_names" must be an array'],
    ["lifetime_actions", {}, '"policy.lifetime_actions" must be an array'],
    [
      "lifetime_actions",
      [{ action: {} }],
      '"policy.lifetime_actions[0].trigger" must be an object, got nothing',
    ],
    [
      "lifetime_actions",
      [{ trigger: {}, action: {} }],
      '"policy.lifetime_actions[0].action.action_type" must be a string',
    ],
    ["issuer.name", 7, '"policy.issuer.name" must be a string'],
    ["issuer.cert_transparency", "no", '"policy.issuer.cert_transparency" must be a boolean'],
  ])("is not read with %s as %j", (path, value, message) => {
    expect(() => readPolicy(withMember(wirePolicy, path, value))).toThrow(message);
  });
});

describe("the requests for a policy", () => {
  test("get it", () => {
    expect(getPolicyRequest("web")).toEqual({
      method: "GET",
      path: "/certificates/web/policy",
      certificateName: "web",
      permission: "get",
      repeatable: true,
    });
  });

  test("patch it with what is to change", () => {
    expect(updatePolicyRequest("web", { validityInMonths: 6 })).toEqual({
      method: "PATCH",
      path: "/certificates/web/policy",
      body: { x509_props: { validity_months: 6 } },
      certificateName: "web",
      permission: "update",
      repeatable: true,
    });
  });
});
