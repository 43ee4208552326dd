import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs the OpenSSL command line in a folder of its own; `files` are laid there first. */
export function openssl(
  args: readonly string[],
  files: Readonly<Record<string, string | Buffer>> = {},
  output?: string,
): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const printed = execFileSync("openssl", [...args], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    return output === undefined ? printed : readFileSync(join(folder, output), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PEM around base64 DER. */
export const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${(base64.match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;

/** The base64 DER of the first certificate of a PEM text. */
export const base64Of = (text: string): string =>
  (/-----BEGIN CERTIFICATE-----([^-]*)/.exec(text)?.[1] ?? "").replace(/\s/g, "");

export interface TestCa {
  readonly key: string;
  readonly certificate: string;
}

export function createCa(): TestCa {
  const key = openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  const certificate = openssl(
    ["req", "-x509", "-key", "ca.key", "-subj", "/CN=Test CA", "-days", "30", "-out", "ca.pem"],
    { "ca.key": key },
    "ca.pem",
  );
  return { key, certificate };
}

/** Signs a CSR (base64 DER) and gives the certificate in PEM. */
export function signRequest(csr: string, { key, certificate }: TestCa): string {
  return openssl(
    [
      "x509",
      "-req",
      "-in",
      "csr.pem",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-days",
      "10",
      "-out",
      "leaf.pem",
    ],
    { "csr.pem": pem("CERTIFICATE REQUEST", csr), "ca.pem": certificate, "ca.key": key },
    "leaf.pem",
  );
}
