import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runSigner } from "../../../provider/signers/run";
import type { Signer, SignerHost, SignerRequest, SignerRun } from "../../../provider/signers/request";

export const csrPem = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";

export const request: SignerRequest = {
  signer: { command: ["./sign.sh"] },
  csrPem,
  vaultUrl: "https://contoso.vault.azure.net",
  certificateName: "web",
  requestId: "0123456789abcdef0123456789abcdef",
  policy: {
    subject: "CN=www.contoso.com",
    subjectAlternativeNames: { dnsNames: ["www.contoso.com", "contoso.com"], ipAddresses: ["10.0.0.1"] },
    validityInMonths: 12,
  },
};

/** A folder for each test, removed after it: commands are started in it. */
export function folderPerTest(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "signers-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** Writes an executable file. Gives its absolute path. */
export function writeProgram(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

export function hostIn(folder: string, env: SignerHost["env"] = process.env): SignerHost {
  return { folder, env, platform: process.platform };
}

/** A command that runs a program of Node, with arguments. */
export function nodeProgram(folder: string, text: string, ...args: string[]): Signer["command"] {
  return [process.execPath, writeProgram(folder, "sign.js", text), ...args];
}

/** Runs a signer with bounds that no test reaches unless it gives its own. Gives the lines of stderr too. */
export function sign(folder: string, signer: Signer, run: Partial<SignerRun> = {}) {
  const lines: string[] = [];
  const chain = runSigner(
    { ...request, signer },
    {
      nowMs: Date.now,
      deadlineMs: Date.now() + 60_000,
      signal: new AbortController().signal,
      onLine: (line) => lines.push(line),
      host: hostIn(folder),
      ...run,
    },
  );
  return { chain, lines };
}

/** Resolves once that process has ended, as a zombie that nobody collects too. The test's own time limit bounds it. */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(5);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      process.platform !== "linux" || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
    );
  } catch {
    return false;
  }
}
