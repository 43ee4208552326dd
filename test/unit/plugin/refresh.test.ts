import fc from "fast-check";
import { policyDifferences } from "../../../provider/lifecycle/policy";
import type { PlainObject } from "../../../provider/plugin/plain";
import { observedInputs } from "../../../provider/plugin/refresh";
import type { CertificatePolicy } from "../../../provider/vault/model";
import { somePolicy } from "../build/arbitrary-policy";
import { issued, placeholder, policy } from "../build/certificate";
import { inputs, withPolicy } from "../build/inputs";
import { ourTags } from "../build/situation";

/** What the service answers for a policy that was written so: with everything that it fills in. */
const answered = policy({
  subject: "CN=web.contoso.com",
  keyType: "RSA",
  keySize: 2048,
  exportable: true,
  reuseKey: false,
  contentType: "application/x-pkcs12",
  validityInMonths: 12,
  keyUsage: ["digitalSignature", "keyEncipherment"],
  enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
  lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }],
});

const observed = (echo: PlainObject, changes: Parameters<typeof issued>[0] = {}) =>
  observedInputs(echo, issued({ tags: ourTags(), policy: answered, ...changes }));

describe("the inputs as the vault has them", () => {
  test("are what the user wrote where that means the same", () => {
    const echo = inputs({ enabled: true, tags: {} });
    expect(observed(echo)).toEqual(echo);
    const spelled = withPolicy(
      { issuerName: "SELF", subject: "cn = web.contoso.com", keySize: 2048 },
      { enabled: true },
    );
    expect(observed(spelled)).toEqual(spelled);
  });

  test("show nothing that the service added: neither defaults nor the owner's tag", () => {
    expect(observed(inputs({ enabled: true }))).not.toHaveProperty("tags");
    expect(observed(inputs({ enabled: true }))["policy"]).toEqual(inputs()["policy"]);
  });

  test("show what drifted, and of a policy only what drifted", () => {
    const echo = withPolicy({ subject: "cn=web.contoso.com" }, { enabled: true, tags: { team: "web" } });
    const drifted = observed(echo, {
      enabled: false,
      tags: { ...ourTags(), team: "other" },
      policy: { ...answered, validityInMonths: 24 },
    });
    expect(drifted).toEqual({
      ...echo,
      enabled: false,
      tags: { team: "other" },
      policy: { issuerName: "Self", subject: "cn=web.contoso.com", validityInMonths: 24 },
    });
  });

  test("have no property that somebody took out of the policy", () => {
    const echo = withPolicy({ certificateType: "OV-SSL" }, { enabled: true });
    expect(observed(echo)["policy"]).not.toHaveProperty("certificateType");
  });

  test("show that every tag is gone", () => {
    expect(observed(inputs({ enabled: true, tags: { team: "web" } }))["tags"]).toEqual({});
  });

  test("do not take a placeholder for disabled", () => {
    const echo = inputs({ enabled: true });
    expect(observedInputs(echo, placeholder({ tags: ourTags(), policy: answered }))).toEqual(echo);
  });

  test("keep the policy where the vault answered none", () => {
    const echo = inputs({ enabled: true });
    const bundle = issued({ tags: ourTags() });
    delete bundle.policy;
    expect(observedInputs(echo, bundle)).toEqual(echo);
  });

  test("keep everything that the vault does not know of", () => {
    const echo = inputs({ enabled: true, adopt: true, reissue: 1, chain: "PEM", timeouts: { create: "5m" } });
    expect(observed(echo)).toEqual(echo);
  });

  test("mean the policy of the vault, whatever the two are, and stay so when they are observed again", () => {
    fc.assert(
      fc.property(somePolicy, somePolicy, (typed, stored) => {
        const echo = inputs({ policy: typed, enabled: true });
        const once = observed(echo, { policy: stored });
        expect(policyDifferences(once["policy"] as unknown as CertificatePolicy, stored)).toEqual([]);
        expect(observed(once, { policy: stored })).toEqual(once);
        expect(observed(echo, { policy: typed })).toEqual(echo);
      }),
    );
  });
});
