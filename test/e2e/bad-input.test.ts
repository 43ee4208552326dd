import { certificates, ecPolicy } from "./programs";
import { type Outcome, useEngine } from "./stack";

const engine = useEngine();

/** One program that is wrong in every place: the property, and a word of what to write instead. */
const wrong: readonly [property: string, remedy: string][] = [
  ["certificateName", "no dots"],
  ["policy", "names nobody: write a subject"],
  ["policy.keySize", "remove it, the curve says the size"],
  ["policy.lifetimeActions[0]", "exactly one of daysBeforeExpiry and lifetimePercentage, got both"],
  ["policy.validityInMonths", "a whole number"],
  ["policy.keyUsage[0]", "one of digitalSignature"],
  ["tags.pulumi-keyvault-certificates", "remove it"],
  ["colour", "is no property of a Certificate: remove it or correct its spelling"],
];

describe("a program with bad input", () => {
  let preview: Outcome;
  let up: Outcome;

  beforeAll(async () => {
    const bad = {
      certificateName: "www.contoso.com",
      colour: "red",
      policy: {
        ...ecPolicy("Self", ""),
        keySize: 2048,
        validityInMonths: 1.5,
        keyUsage: ["signing" as "digitalSignature"],
        lifetimeActions: [{ action: "AutoRenew" as const, daysBeforeExpiry: 30, lifetimePercentage: 80 }],
      },
      tags: { "pulumi-keyvault-certificates": "mine" },
    };
    const stack = await engine().stack("bad-input", certificates({ bad }));
    preview = await stack.preview();
    up = await stack.up();
  });

  test.each(wrong)("is told in one preview what is wrong with %s, and what to write", (property, remedy) => {
    const about = preview.diagnostics.filter(
      ({ severity, message }) => severity === "error" && message.includes(` has a problem: ${property}: `),
    );
    expect(about).toHaveLength(1);
    expect(about[0]?.resource).toBe("bad");
    expect(about[0]?.message).toContain(remedy);
  });

  test("is told nothing else", () => {
    const ofInput = preview.diagnostics.filter(({ message }) => message.includes("has a problem"));
    expect(ofInput).toHaveLength(wrong.length);
  });

  test("fails in the preview as in the up, and nothing is asked of the vault", () => {
    expect(preview.ok).toBe(false);
    expect(up.ok).toBe(false);
    expect([...preview.requests, ...up.requests]).toEqual([]);
  });
});

describe("a program with a vault that is reached by plain http", () => {
  test("is told so, unless the vault is on this machine", async () => {
    const vaultUrl = "http://contoso.vault.azure.net";
    const stack = await engine().stack("plain-http", certificates({ elsewhere: { vaultUrl } }));
    const preview = await stack.preview();
    expect(preview.ok).toBe(false);
    expect(preview.text).toContain("vaultUrl: must start with https:// (http:// only on loopback)");
    expect((await stack.preview(certificates({ here: { vaultUrl: engine().vault.url } }))).ok).toBe(true);
  });
});
