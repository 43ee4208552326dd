import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Planted } from "./planted";

describe("the search for planted secrets", () => {
  const planted = new Planted();
  const token = "q1w2e3r4t5";
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keyvault-planted-"));
    mkdirSync(join(folder, "state"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const search = (transcript: string) => planted.search([{ folder, transcript }], [token]);

  test("finds nothing where nothing is", async () => {
    writeFileSync(join(folder, "state", "dev.json"), "{}");
    expect(await search("all is well")).toEqual([]);
  });

  test("finds a secret of the configuration in a file, and says in which", async () => {
    writeFileSync(join(folder, "state", "dev.json"), JSON.stringify({ tags: planted.configuration }));
    expect(await search("")).toEqual([`${join("state", "dev.json")} shows a secret of the configuration`]);
  });

  test("finds a token and a signer's secret in the output, in base64 too", async () => {
    const encoded = Buffer.from(planted.environment).toString("base64");
    expect(await search(`Bearer ${token}, ${encoded}`)).toEqual([
      "the output shows a secret of a signer's environment",
      "the output shows a bearer token",
    ]);
  });

  test("finds a private key by any one of its lines, and does not repeat it", async () => {
    const [, line = ""] = planted.privateKeyPem.split("\n");
    const found = await search(`refused: ${line}`);
    expect(found).toEqual(["the output shows a private key"]);
    expect(found.join("")).not.toContain(line);
  });
});
