import type { SignerHost, SignerRequest } from "./request";

/** Shorter values are words such as "true" or "prod": hiding them would blacken the text and protect nothing. */
const shortestSecret = 6;

/** Names of inherited variables whose values are secrets by any convention in use; the last is what a managed identity's endpoint asks for. */
const secretName =
  /SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|ACCOUNT_?KEY|PRIVATE_?KEY|CONNECTION_?STRING|(^|_)SAS(_|$)|_PWD$|^IDENTITY_HEADER$/i;

/** A name that says where a secret is, not what it is. */
const secretPlace = /(_FILE|_PATH|_URL|_URI|_ENDPOINT|_DIR)$/i;

/**
 * The texts that a command's stderr must not show: each value of `signer.env`, what the caller names, and the inherited values whose
 * names tell that they are secrets.
 */
export function secretsOf({ signer, secrets }: SignerRequest, host: SignerHost): string[] {
  const inherited = Object.entries(host.env)
    .filter(([name]) => secretName.test(name) && !secretPlace.test(name))
    .map(([, value]) => value ?? "");
  return [...Object.values(signer.env ?? {}), ...(secrets ?? []), ...inherited];
}

/** Replaces secrets of at least 6 characters, also where they are written as lines, as JSON or as part of a URL. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  // What stands for a secret is left as it is, also where "secret" is one.
  const anyForm = new RegExp(["[secret]", ...forms].map(literally).join("|"), "g");
  return (text) => text.replaceAll(anyForm, "[secret]");
}

function formsOf(secret: string): string[] {
  const wellFormed = Buffer.from(secret).toString();
  return [
    secret,
    secret.trim(),
    ...secret.split(/[\r\n]+/).map((line) => line.trim()),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(wellFormed),
  ];
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
