import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names the file that holds the program's certificates, as JSON. */
export const declaredVariable = "CHAOS_CERTIFICATES";

const program = `
const { readFileSync } = require("node:fs");
const { Config } = require("@pulumi/pulumi");
const { Certificate } = require("pulumi-keyvault-certificates");
const planted = new Config("chaos").requireSecret("planted");
const declared = JSON.parse(readFileSync(process.env.${declaredVariable}, "utf8"));
for (const [name, args] of Object.entries(declared)) new Certificate(name, { ...args, tags: { planted } });
`;

/** Writes a Pulumi project whose program declares the certificates of that file, each with a secret of the configuration as a tag. */
export function writeProject(folder: string, name: string): void {
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write("Pulumi.yaml", `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`);
  write("package.json", JSON.stringify({ name, main: "index.js" }));
  write("index.js", program);
  symlinkSync(join(__dirname, "..", "..", "..", "node_modules"), join(folder, "node_modules"));
}
