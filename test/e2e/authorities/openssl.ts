import { execFileSync, spawnSync } from "node:child_process";

/** Why there is no OpenSSL of version 3 or newer on PATH; undefined where there is. */
export function opensslMissing(): string | undefined {
  const { stdout, error } = spawnSync("openssl", ["version"], { encoding: "utf8" });
  if (error !== undefined) return "there is no openssl on PATH";
  const major = Number(/^OpenSSL (\d+)\./.exec(stdout)?.[1] ?? 0);
  return major >= 3 ? undefined : `OpenSSL 3 or newer is needed, openssl on PATH is ${stdout.trim()}`;
}

/** Runs openssl and gives what it prints. */
export function openssl(args: readonly string[], input: string | Buffer = ""): string {
  return execFileSync("openssl", args, { input, encoding: "utf8", stdio: "pipe" });
}

/** A CSR for host names with a new key, the first name as the common name. PEM. `extensions` as in `basicConstraints=CA:TRUE`. */
export function newCsr(dnsNames: readonly string[], extensions: readonly string[] = []): string {
  const names = dnsNames.map((name) => `DNS:${name}`).join(",");
  return openssl([
    ..."req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null".split(" "),
    ...["-subj", `/CN=${dnsNames[0] ?? ""}`],
    ...[`subjectAltName=${names}`, ...extensions].flatMap((extension) => ["-addext", extension]),
  ]);
}

/** The certificates of a PEM bundle, in their order. */
export function certificatesOf(chain: string): string[] {
  return chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
