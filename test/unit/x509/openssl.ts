import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files given to one run of openssl, by name; and the bytes of the file that it writes, always called `out`. */
export function openssl(
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "x509-test-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    execFileSync("openssl", [...args, "-out", "out"], { cwd: folder, stdio: "pipe" });
    return readFileSync(join(folder, "out"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function pem(label: string, der: Uint8Array, lineBreak = "\n"): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join(lineBreak);
}

/** A PKCS#7 bundle of certificates, made by openssl. */
export function p7b(certificates: readonly Uint8Array[], form: "PEM" | "DER"): Buffer {
  const bundle = certificates.map((der) => pem("CERTIFICATE", der)).join("");
  return openssl(["crl2pkcs7", "-nocrl", "-certfile", "in.pem", "-outform", form], { "in.pem": bundle });
}
