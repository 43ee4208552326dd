import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { userAgent } from "../../../provider/vault/user-agent";

const provider = join(__dirname, "../../../provider");
const files = readdirSync(join(provider, "vault")).filter((file) => file.endsWith(".ts"));

/** What a file's compiled form loads when it is itself loaded: its imports that are not of types only. */
function loads(path: string): string[] {
  const source = readFileSync(path, "utf8");
  return [...source.matchAll(/^import (?!type )([^;]*?)\s*from "([^"]+)"/gms)]
    .filter(([, names]) => names !== undefined && !/^\{(\s*type [^,}]+,?)+\s*\}$/.test(names))
    .map(([, , from]) => from ?? "");
}

function loadsInAll(path: string, found = new Set<string>()): Set<string> {
  for (const from of loads(path)) {
    if (from.startsWith(".")) loadsInAll(`${join(path, "..", from)}.ts`, found);
    else found.add(from);
  }
  return found;
}

describe("the files of vault/", () => {
  test("load undici in send.ts only", () => {
    const loading = files.filter((file) => loads(join(provider, "vault", file)).includes("undici"));
    expect(loading).toEqual(["send.ts"]);
  });

  test("name @azure/identity in credential.ts only, and load it with the first token", () => {
    const naming = files.filter((file) =>
      readFileSync(join(provider, "vault", file), "utf8").includes('"@azure/identity"'),
    );
    expect(naming).toEqual(["credential.ts"]);
    expect([...loadsInAll(join(provider, "vault/credential.ts"))]).not.toContain("@azure/identity");
  });

  test.each([
    "url.ts",
    "model.ts",
    "policy.ts",
    "certificates.ts",
    "pending.ts",
    "challenge.ts",
    "conflict.ts",
  ])("load nothing from outside with %s, which checks and decisions use", (file) => {
    expect([...loadsInAll(join(provider, "vault", file))]).toEqual([]);
  });

  test("load undici with client.ts, so that these tests would see it", () => {
    expect([...loadsInAll(join(provider, "vault/client.ts"))]).toContain("undici");
  });
});

describe("the user agent", () => {
  test("has the version of package.json", () => {
    const { version } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as {
      version: string;
    };
    expect(userAgent).toBe(`pulumi-keyvault-certificates/${version}`);
  });
});
