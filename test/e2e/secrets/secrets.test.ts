import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestAuthority } from "../authority";
import { useEngine } from "../stack";
import { Helper, overheardIdentity } from "./helpers";
import { give, writeProject } from "./program";

const engine = useEngine();

const password = "planted-password-0815";
const pin = "planted-pin-4711";
const keyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const keyLines = keyPem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));

/** What the state backend keeps of all stacks and of their history, as it stands on the disk. */
function stateOnDisk(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")).join("\n");
}

/** Which of the secrets a text has, as lines or in one piece. */
const found = (text: string, secrets: readonly string[]) => secrets.filter((secret) => text.includes(secret));

describe("secrets of a program and of its identity", () => {
  let verbose: string;
  let mistaken: string;
  let state: string;
  let tokens: string[];
  let header: string;

  beforeAll(async () => {
    const { vault, workbench } = engine();
    const authority = await TestAuthority.create();
    const ca = await Helper.start((_, body) => authority.sign(body));
    const identity = await overheardIdentity(vault.emulator.identityEndpoint);
    ({ tokens } = identity);
    header = vault.emulator.identityHeader;
    const folder = workbench.newFolder("secrets");
    writeProject(folder);
    const { stack } = await engine().projectStack(folder);
    const { workspace } = stack;
    workspace.envVars = { ...workspace.envVars, IDENTITY_ENDPOINT: identity.helper.url };
    await stack.setConfig("secrets:caPassword", { value: password, secret: true });

    const up = async (options: { logToStdErr?: boolean; logVerbosity?: number } = {}) => {
      let text = "";
      const keep = (part: string) => void (text += part);
      const shown = { color: "never", continueOnError: true, onOutput: keep, onError: keep } as const;
      const error: unknown = await stack.up({ ...shown, ...options }).catch((reason: unknown) => reason);
      return error instanceof Error ? `${text}\n${error.message}` : text;
    };
    give(folder, { caUrl: ca.url, plainSecret: pin });
    verbose = await up({ logToStdErr: true, logVerbosity: 9 });
    give(folder, { caUrl: ca.url, plainSecret: pin, chain: keyPem });
    mistaken = await up();
    state = stateOnDisk(join(workbench.folder, "state"));
    for (const helper of [ca, identity.helper]) helper.close();
  });

  test("are used: a certificate was signed with them, one was not, and a key given for a chain was refused", () => {
    expect(tokens.length).toBeGreaterThan(0);
    expect(engine().vault.orders("signed")).toMatchObject([{ status: "completed" }]);
    expect(engine().vault.orders("refused")).toMatchObject([{ status: "inProgress" }]);
    expect(verbose).toContain("KVC_SIGNER_FAILED");
    expect(mistaken).toContain("chain holds a private key, which must never leave its holder");
    expect(engine().vault.orders("mistaken")).toEqual([]);
  });

  test("are in no file of the state in clear, where the environment of a signer is encrypted", () => {
    expect(state).toContain("CN=signed.example.com");
    expect(state).toContain("KVC_SIGNER_FAILED");
    expect(state).toMatch(/"env":\s*\{\s*"4dabf18193072939515e22adb298388d":[^}]*"ciphertext":/);
    expect(found(state, [password, pin, header, ...tokens, ...keyLines])).toEqual([]);
  });

  test("are not shown: a signer's own words come without them, and a refusal without the key", () => {
    const shown = verbose.split("\n").filter((line) => !line.startsWith('{"time":'));
    expect(shown.join("\n")).toContain("signing with [secret] [secret] [secret]");
    expect(
      found(`${shown.join("\n")}\n${mistaken}`, [password, pin, header, ...tokens, ...keyLines]),
    ).toEqual([]);
  });

  test("do not get into the engine's most verbose log, but for the properties that the engine itself writes there", () => {
    const log = verbose.split("\n").filter((line) => line.startsWith('{"time":'));
    expect(log.join("\n")).toContain(`CA_PASSWORD={${password}}`);
    expect(found(log.join("\n"), [header, ...tokens])).toEqual([]);
    const properties =
      /"msg":"(Unmarshaling property for RPC|Marshaling property for RPC|RegisterResource RPC finished|eventSink::Debug\(<\{%reset%\}>RegisterResource RPC finished)/;
    const others = log.filter((line) => !properties.test(line));
    expect(found(others.join("\n"), [password, pin])).toEqual([]);
  });
});
