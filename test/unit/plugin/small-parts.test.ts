import fc from "fast-check";
import { unknownValue as unknownOfTheSdk } from "@pulumi/pulumi/runtime/rpc";
import { identityEnvironment } from "../../../provider/plugin/configuration";
import { parseDuration } from "../../../provider/plugin/durations";
import { engineAddress } from "../../../provider/plugin/engine-address";
import { engineLog } from "../../../provider/plugin/engine-log";
import { InitError } from "../../../provider/plugin/init-error";
import {
  derivedInputs,
  pickInputs,
  renewalIn,
  targetOf,
  timeoutMs,
  wantedOf,
} from "../../../provider/plugin/inputs";
import { certificate } from "../../../provider/plugin/kinds";
import { demandNode } from "../../../provider/plugin/node-version";
import { containsUnknown, isUnknown, unknownValue } from "../../../provider/plugin/unknown";
import { Urns } from "../../../provider/plugin/urns";
import { inputs, providerText, withPolicy } from "../build/inputs";

describe("the unknown value", () => {
  test("is the one of the engine's protocol", () => {
    expect(unknownValue).toBe(unknownOfTheSdk);
  });

  test("is found wherever it stands, and only where it is the whole value", () => {
    expect(isUnknown(unknownValue)).toBe(true);
    expect(isUnknown(`${unknownValue}/x`)).toBe(false);
    expect(containsUnknown({ a: [{ b: unknownValue }] })).toBe(true);
    expect(containsUnknown({ a: [`x${unknownValue}`], b: null, c: undefined })).toBe(false);
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(containsUnknown(value)).toBe(false)));
  });
});

describe("a duration of customTimeouts", () => {
  test.each([
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["40s", 40_000],
    ["1.5h", 5_400_000],
    ["1d", 86_400_000],
    ["250ms", 250],
    ["5µs", 0.005],
    ["1h0m0s", 3_600_000],
  ])("%s is %i ms", (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 6);
  });

  test.each(["", "5", "m", "5 m", "5M", "-5m", "0s", "5mm", "5m ", "1h-5m", "NaNs", "1e3s", "five minutes"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test("is the sum of its parts", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(59), fc.integer({ min: 1, max: 59 }), (h, m, s) => {
        expect(parseDuration(`${h}h${m}m${s}s`)).toBe(((h * 60 + m) * 60 + s) * 1000);
      }),
    );
  });

  // Go has U+00B5 and U+03BC for micro, and lets a number begin or end with its point: the engine takes all of them.
  test.each([["5μs"], [".5h"], ["5.m"], ["+5m"]])("%s is one for the engine, and so for us", (text) => {
    expect(parseDuration(text)).toBeDefined();
  });
});

describe("the URNs of a process", () => {
  const remember = (urns: Urns, owner: unknown, urn: unknown) =>
    urns.remember({ given: owner, pinned: owner, urn });

  test("are those of the last check of an owner", () => {
    const urns = new Urns();
    expect(urns.wasChecked("a")).toBe(false);
    remember(urns, "a", "urn:1");
    remember(urns, "b", "urn:2");
    remember(urns, "a", "urn:3");
    expect([urns.of("a"), urns.of("b"), urns.of("c")]).toEqual(["urn:3", "urn:2", undefined]);
    expect([urns.wasChecked("a"), urns.wasChecked("c")]).toEqual([true, false]);
  });

  test("know of a check though it had no URN", () => {
    const urns = new Urns();
    remember(urns, "a", undefined);
    expect([urns.wasChecked("a"), urns.of("a")]).toEqual([true, undefined]);
  });

  test("know nothing of what has no owner", () => {
    const urns = new Urns();
    remember(urns, undefined, "urn:1");
    expect([urns.wasChecked(undefined), urns.of(undefined), urns.pinnedFor(undefined)]).toEqual([
      false,
      undefined,
      undefined,
    ]);
  });

  test("go with the owner that a resource has had from its first run, found by the one that its class gives now", () => {
    const urns = new Urns();
    urns.remember({ given: "renamed", pinned: "first", urn: "urn:2" });
    expect([urns.pinnedFor("renamed"), urns.pinnedFor("first")]).toEqual(["first", undefined]);
    expect([urns.of("first"), urns.wasChecked("renamed")]).toEqual(["urn:2", false]);
  });
});

describe("the environment of an identity", () => {
  const config = (values: Record<string, string>) => ({ get: (key: string) => values[key] });

  test("is the process's own where the stack says nothing", () => {
    expect(identityEnvironment(undefined, { ARM_CLIENT_ID: "a" })).toEqual({ ARM_CLIENT_ID: "a" });
    expect(identityEnvironment(config({}), { ARM_CLIENT_ID: "a" })).toEqual({ ARM_CLIENT_ID: "a" });
  });

  test.each([
    ["azure-native:clientId", "ARM_CLIENT_ID"],
    ["azure-native:tenantId", "ARM_TENANT_ID"],
    ["azure-native:clientSecret", "ARM_CLIENT_SECRET"],
    ["azure-native:clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH"],
    ["azure-native:clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD"],
    ["azure-native:useOidc", "ARM_USE_OIDC"],
    ["azure-native:oidcToken", "ARM_OIDC_TOKEN"],
    ["azure-native:oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"],
    ["azure-native:oidcAudience", "ARM_OIDC_AUDIENCE"],
    ["azure-native:useMsi", "ARM_USE_MSI"],
    ["azure-native:environment", "ARM_ENVIRONMENT"],
  ])("has %s of the stack as %s, over the process's own", (key, variable) => {
    const environment = identityEnvironment(config({ [key]: "of the stack" }), {
      [variable]: "own",
      PATH: "/bin",
    });
    expect(environment).toEqual({ [variable]: "of the stack", PATH: "/bin" });
  });
});

describe("the engine's address", () => {
  test.each([
    ["127.0.0.1:40123", ["node", "plugin.js", "127.0.0.1:40123"]],
    ["127.0.0.1:40123", ["node", "plugin.js", "--logtostderr", "-v=9", "127.0.0.1:40123"]],
    ["127.0.0.1:40123", ["node", "plugin.js", "127.0.0.1:40123", "--tracing"]],
    ["[::1]:40123", ["node", "plugin.js", "[::1]:40123"]],
    ["localhost:1", ["node", "plugin.js", "localhost:1"]],
    [undefined, ["node", "plugin.js"]],
    [undefined, ["node", "127.0.0.1:40123"]],
    [undefined, ["node", "jest", "test/unit"]],
    [undefined, ["node", "plugin.js", "example.com:443"]],
    [undefined, ["node", "plugin.js", "127.0.0.1"]],
  ])("is %s for %j", (address, argv) => {
    expect(engineAddress(argv)).toBe(address);
  });
});

describe("the engine's log", () => {
  const line = { severity: "info", message: "hello", urn: undefined, ephemeral: true } as const;

  test("is silent where there is no engine", async () => {
    await expect(engineLog(undefined)(line)).resolves.toBeUndefined();
  });

  test("is silent where the address is none", async () => {
    await expect(engineLog("no address at all")(line)).resolves.toBeUndefined();
  });
});

describe("the Node that the plugin runs on", () => {
  test.each(["22.19.0", "22.20.1", "23.0.0", "24.21.0", "100.0.0"])("may be %s", (version) => {
    expect(() => demandNode(version)).not.toThrow();
  });

  test.each(["20.19.5", "22.18.9", "22.9.0", "18.20.8"])(
    "must not be %s, and the remedy is said",
    (version) => {
      expect(() => demandNode(version)).toThrow(
        `needs Node 22.19 or newer, and the Pulumi engine runs it with Node ${version}; install a newer Node`,
      );
    },
  );

  test("is the one that runs, by default", () => {
    expect(() => demandNode()).not.toThrow();
  });
});

describe("an init error", () => {
  test("has what the SDK looks for, and its cause", () => {
    const cause = new Error("certificate: no");
    const error = new InitError("id", { __provider: providerText, status: "failed" }, cause);
    expect(error).toMatchObject({
      id: "id",
      reasons: ["certificate: no"],
      message: "certificate: no",
      cause,
    });
    expect(error.properties).toEqual({ __provider: providerText, status: "failed" });
    expect(error).not.toHaveProperty("code");
  });
});

describe("inputs", () => {
  test("are picked by name from what the state holds", () => {
    expect(Object.keys(pickInputs({ ...inputs(), thumbprint: "AB", __state: {} })).sort()).toEqual(
      Object.keys(inputs()).sort(),
    );
    expect(new Set(certificate.inputNames).size).toBe(certificate.inputNames.length);
  });

  test("name a target in one spelling, and leave an unknown one alone", () => {
    expect(targetOf(inputs({ vaultUrl: "https://Contoso.vault.azure.net:443/" }))).toEqual({
      vaultUrl: "https://contoso.vault.azure.net",
      certificateName: "web",
    });
    expect(targetOf(inputs({ vaultUrl: unknownValue })).vaultUrl).toBe(unknownValue);
  });

  test("give ids of the target's one spelling", () => {
    expect(derivedInputs(inputs({ vaultUrl: "https://CONTOSO.vault.azure.net/" }))).toEqual({
      versionlessId: "https://contoso.vault.azure.net/certificates/web",
      versionlessSecretId: "https://contoso.vault.azure.net/secrets/web",
    });
  });

  test("ask for what they say, and for the documented defaults", () => {
    expect(wantedOf(inputs())).toEqual({
      part: "whole",
      signer: undefined,
      renewal: undefined,
      vaultUrl: "https://contoso.vault.azure.net",
      certificateName: "web",
      policy: { issuerName: "Self", subject: "CN=web.contoso.com" },
      enabled: true,
      tags: {},
      preserveCertificateOrder: undefined,
      chain: undefined,
      reissue: undefined,
      adopt: false,
      waitForCompletion: undefined,
      onConflict: undefined,
      onSoftDeleted: "recover",
      ownershipTag: true,
    });
    const said = {
      enabled: false,
      tags: { a: "b" },
      preserveCertificateOrder: true,
      chain: ["PEM"],
      reissue: { a: 1 },
      adopt: true,
      waitForCompletion: false,
      ownershipTag: false,
      onConflict: "wait",
      onSoftDeleted: "purge",
    };
    expect(wantedOf(inputs(said))).toMatchObject(said);
  });

  test.each([
    ["none", inputs(), undefined],
    ["days", inputs({ renewal: { daysBeforeExpiry: 30 } }), { daysBeforeExpiry: 30 }],
    ["a share", inputs({ renewal: { lifetimePercentage: 80 } }), { lifetimePercentage: 80 }],
    ["what is not known yet", inputs({ renewal: unknownValue }), undefined],
    ["days that are not known yet", inputs({ renewal: { daysBeforeExpiry: unknownValue } }), undefined],
    ["null", inputs({ renewal: null }), undefined],
  ])("have a renewal of %s", (_, given, renewal) => {
    expect(renewalIn(given)).toEqual(renewal);
  });

  const hour = 3_600_000;
  test.each([
    ["create", true, undefined, hour],
    ["update", true, undefined, hour],
    ["delete", true, undefined, hour / 6],
    ["create", false, undefined, hour / 6],
    ["delete", false, undefined, hour / 6],
    ["create", true, { create: "2h" }, 2 * hour],
    ["update", false, { create: "2h" }, hour / 6],
    ["delete", false, { delete: "30s" }, 30_000],
  ] as const)(
    "allow a %s (integrated issuer: %s) with timeouts %j %i ms",
    (call, integrated, timeouts, ms) => {
      expect(timeoutMs(withPolicy({}, { timeouts }), call, integrated)).toBe(ms);
    },
  );
});
