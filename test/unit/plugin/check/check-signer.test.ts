import { check } from "../../../../provider/plugin/check/check";
import type { PlainObject } from "../../../../provider/plugin/plain";
import { unknownValue } from "../../../../provider/plugin/unknown";
import { withPolicy } from "../../build/inputs";

const command = ["./sign.sh", "--days", "90"];

/** Inputs of a certificate with that signer. */
const signedBy = (signer: unknown, others: Record<string, unknown> = {}, policy = {}): PlainObject =>
  withPolicy({ issuerName: "Unknown", ...policy }, { signer, ...others });

/** What is wrong, as `path: reason`. */
const wrong = (news: PlainObject): string[] =>
  check({}, news).failures.map(({ property, reason }) => `${property}: ${reason}`);

describe("check of a signer", () => {
  test.each<[string, PlainObject, string[]]>([
    [
      "a text",
      signedBy("./sign.sh"),
      [
        'signer: must be an object such as { command: ["./sign.sh"] }, and it is not (not shown, as it may hold a secret)',
      ],
    ],
    [
      "without a command",
      signedBy({}),
      ['signer.command: is missing: it must be a list such as ["./sign.sh", "--days", "90"]'],
    ],
    [
      "with one text for program and arguments",
      signedBy({ command: "./sign.sh --days 90" }),
      [
        'signer.command: must be a list such as ["./sign.sh", "--days", "90"], and it is not (not shown, as it may hold a secret)',
      ],
    ],
    [
      "with an empty command",
      signedBy({ command: [] }),
      ["signer.command: must be the program and its arguments, one item each, and it is empty"],
    ],
    [
      "with an empty program",
      signedBy({ command: [" ", "sign"] }),
      ["signer.command[0]: must be the program, and it is empty"],
    ],
    [
      "with an argument that is a number",
      signedBy({ command: ["a", 90] }),
      ["signer.command[1]: must be text, and it is of another type (not shown, as it may be a secret)"],
    ],
    [
      "with no time",
      signedBy({ command, timeoutSeconds: 0 }),
      ["signer.timeoutSeconds: must be a whole number from 1 to 86400, got 0"],
    ],
    [
      "with a time in words",
      signedBy({ command, timeoutSeconds: "10m" }),
      ['signer.timeoutSeconds: must be a whole number from 1 to 86400, got "10m"'],
    ],
    [
      "with a property that there is not",
      signedBy({ command, cwd: "/tmp" }),
      ["signer.cwd: is no property of signer: remove it or correct its spelling"],
    ],
    [
      "beside a chain",
      signedBy({ command }, { chain: "PEM" }),
      ["chain: must not stand beside signer, which gives the chain: remove one of them"],
    ],
    [
      "that is not to be waited for",
      signedBy({ command }, { waitForCompletion: false }),
      ["waitForCompletion: must not be false beside signer, which is waited for: remove one of them"],
    ],
    [
      "at issuer Self",
      signedBy({ command }, {}, { issuerName: "Self" }),
      [
        'signer: is for a certificate that is signed elsewhere: remove it, or write policy.issuerName "Unknown" in place of "Self"',
      ],
    ],
    [
      "at an integrated issuer",
      signedBy({ command }, {}, { issuerName: "DigiCert" }),
      [
        'signer: is for a certificate that is signed elsewhere: remove it, or write policy.issuerName "Unknown" in place of "DigiCert"',
      ],
    ],
  ])("refuses one %s", (_, news, reasons) => {
    expect(wrong(news)).toEqual(reasons);
  });

  test.each(["KEYVAULT_CERTIFICATE_NAME", "keyvault_certificate_mine"])(
    "refuses a variable %s, which would be taken for one that a signer is told",
    (name) => {
      expect(wrong(signedBy({ command, env: { [name]: "x", OTHER: "y" } }))).toEqual([
        `signer.env.${name}: must not begin with KEYVAULT_CERTIFICATE_, as what a signer is told about the request does: write another name`,
      ]);
    },
  );

  test.each([
    ["a value that is a number", { PIN: 4711 }, "signer.env.PIN"],
    ["a value that is an object", { TOKEN: { token: "4711" } }, "signer.env.TOKEN"],
    ["one text for all", "PIN=4711", "signer.env"],
    ["a list", ["PIN=4711"], "signer.env"],
  ])("shows nothing of an environment that is wrong: %s", (_, env, path) => {
    const { failures } = check({}, signedBy({ command, env }));
    expect(failures.map(({ property }) => property)).toEqual([path]);
    expect(JSON.stringify(failures)).not.toContain("4711");
    expect(failures[0]?.reason).toContain("may");
  });

  test("says everything at once", () => {
    const news = signedBy(
      { command: [], timeoutSeconds: 0, env: { A: 1 } },
      { chain: "PEM", waitForCompletion: false },
    );
    expect(check({}, news).failures.map(({ property }) => property)).toEqual([
      "signer.command",
      "signer.env.A",
      "signer.timeoutSeconds",
      "chain",
      "waitForCompletion",
    ]);
  });

  test.each<[string, PlainObject]>([
    ["a program alone", signedBy({ command: ["./sign.sh"] })],
    ["everything", signedBy({ command, env: { TOKEN: "x" }, timeoutSeconds: 86_400 })],
    ["another case of the issuer", signedBy({ command }, {}, { issuerName: "unknown" })],
    ["waitForCompletion, which it is anyway", signedBy({ command }, { waitForCompletion: true })],
    ["renewal", signedBy({ command }, { renewal: { daysBeforeExpiry: 30 } })],
  ])("takes one with %s", (_, news) => {
    expect(wrong(news)).toEqual([]);
    expect(check({}, news).inputs["signer"]).toEqual(news["signer"]);
    expect(check({}, news).warnings).toEqual([]);
  });

  test.each<[string, PlainObject]>([
    ["it is itself", signedBy(unknownValue)],
    ["its command is", signedBy({ command: unknownValue })],
    ["its program is", signedBy({ command: [unknownValue, "x"] })],
    ["its environment is", signedBy({ command, env: unknownValue })],
    ["a variable is", signedBy({ command, env: { TOKEN: unknownValue } })],
    ["its time is", signedBy({ command, timeoutSeconds: unknownValue })],
    ["the issuer is", signedBy({ command }, {}, { issuerName: unknownValue })],
    ["the policy is", signedBy({ command }, { policy: unknownValue })],
    ["the chain beside it is", signedBy({ command }, { chain: unknownValue })],
    ["waitForCompletion beside it is", signedBy({ command }, { waitForCompletion: unknownValue })],
  ])("has nothing to say while it is not known: %s", (_, news) => {
    expect(wrong(news)).toEqual([]);
  });
});
