import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a stack may have written what it must not: its folders, and all that it printed. */
export interface Searched {
  readonly folder: string;
  readonly transcript: string;
}

/** Secrets that are planted for no other purpose than to be looked for afterwards. */
export class Planted {
  /** A secret of the stack's configuration, given to each certificate. */
  readonly configuration = `planted-${randomBytes(18).toString("hex")}`;
  /** A secret of a signer's environment. */
  readonly environment = `planted-${randomBytes(18).toString("hex")}`;
  /** A private key that somebody puts into a chain by mistake. PEM. */
  readonly privateKeyPem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    format: "pem",
    type: "pkcs8",
  }) as string;

  /**
   * One line for each place that shows a planted secret or one of the tokens. The secret itself is not repeated. File by file: the vaults of other
   * trials answer in this same process, and must not stand still for seconds.
   */
  async search(places: readonly Searched[], tokens: readonly string[]): Promise<string[]> {
    const secrets = [
      ...inEveryForm("a secret of the configuration", this.configuration),
      ...inEveryForm("a secret of a signer's environment", this.environment),
      // Any line of it is too much.
      ...this.privateKeyPem
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("-"))
        .flatMap((line) => inEveryForm("a private key", line)),
      ...tokens.flatMap((token) => inEveryForm("a bearer token", token)),
    ];
    const shown = (where: string, text: string) =>
      [...new Set(secrets.filter(({ form }) => text.includes(form)).map(({ what }) => what))].map(
        (what) => `${where} shows ${what}`,
      );
    const found: string[] = [];
    for (const { folder, transcript } of places) {
      found.push(...shown("the output", transcript));
      for (const path of await filesOf(folder))
        found.push(...shown(path.slice(folder.length + 1), await readFile(path, "utf8")));
    }
    return found;
  }
}

const inEveryForm = (what: string, secret: string) =>
  [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString("base64"),
  ].map((form) => ({ what, form }));

/** The path of every file under the folder; what a symbolic link leads to is not the stack's. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
