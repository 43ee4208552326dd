import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const program = `
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { Certificate } = require("pulumi-keyvault-certificates");
const { caUrl, plainSecret, chain } = JSON.parse(readFileSync(__dirname + "/given.json", "utf8"));
const declare = (name, more) => new Certificate(name, {
  policy: { issuerName: "Unknown", subject: "CN=" + name + ".example.com", keyType: "EC" },
  signer: {
    command: [process.execPath, __dirname + "/sign.js"],
    env: { CA_URL: caUrl, CA_PASSWORD: new pulumi.Config().requireSecret("caPassword"), CA_PIN: plainSecret, ...more },
  },
});
exports.signed = declare("signed", {});
exports.refused = declare("refused", { REFUSE: "yes" });
if (chain !== undefined) {
  const policy = { issuerName: "Unknown", subject: "CN=mistaken.example.com", keyType: "EC" };
  new Certificate("mistaken", { policy, chain });
}
`;

// It says what it was given, as a script with \`set -x\` does.
const signer = `
const { CA_URL, CA_PASSWORD, CA_PIN, IDENTITY_HEADER } = process.env;
console.error("signing with", CA_PASSWORD, CA_PIN, IDENTITY_HEADER);
if (process.env.REFUSE) process.exit(3);
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", async () => {
  const reply = await fetch(CA_URL, { method: "POST", body: Buffer.concat(chunks) });
  console.log(await reply.text());
});
`;

/** Writes the project of two certificates with a signer that talks, and that refuses one of them, in an empty folder. */
export function writeProject(folder: string): void {
  const options = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
  writeFileSync(join(folder, "Pulumi.yaml"), `name: secrets\n${options}`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "secrets", main: "index.js" }));
  writeFileSync(join(folder, "index.js"), program);
  writeFileSync(join(folder, "sign.js"), signer);
  symlinkSync(join(__dirname, "..", "..", "..", "node_modules"), join(folder, "node_modules"));
}

/** What the program is given besides the stack's configuration. */
export interface Given {
  readonly caUrl: string;
  /** A secret that the program does not declare as one. */
  readonly plainSecret: string;
  /** Of a third certificate. */
  readonly chain?: string;
}

export function give(folder: string, given: Given): void {
  writeFileSync(join(folder, "given.json"), JSON.stringify(given));
}
