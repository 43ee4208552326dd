import { createHash } from "node:crypto";
import type { SignerHost, SignerRequest } from "./request";

/**
 * What a command is told in its environment, a row for each variable: its name after the prefix, and its value. All of them are
 * always set, empty where there is nothing to tell, so that none is ever inherited from a signer around this one. Lists are one item a line.
 */
const told: Readonly<Record<string, (request: SignerRequest) => string>> = {
  VAULT_URL: ({ vaultUrl }) => vaultUrl,
  NAME: ({ certificateName }) => certificateName,
  REQUEST_ID: ({ requestId }) => requestId,
  IDEMPOTENCY_KEY: idempotencyKey,
  SUBJECT: ({ policy }) => policy.subject ?? "",
  DNS_NAMES: ({ policy }) => lines(policy.subjectAlternativeNames?.dnsNames),
  EMAILS: ({ policy }) => lines(policy.subjectAlternativeNames?.emails),
  USER_PRINCIPAL_NAMES: ({ policy }) => lines(policy.subjectAlternativeNames?.userPrincipalNames),
  IP_ADDRESSES: ({ policy }) => lines(policy.subjectAlternativeNames?.ipAddresses),
  UNIFORM_RESOURCE_IDENTIFIERS: ({ policy }) =>
    lines(policy.subjectAlternativeNames?.uniformResourceIdentifiers),
  VALIDITY_IN_MONTHS: ({ policy }) => policy.validityInMonths?.toString() ?? "",
};

/** What the names of all variables that a signer is told begin with. `signer.env` cannot set one of them. */
export const signerVariablePrefix = "KEYVAULT_CERTIFICATE_";

/** The whole names, in the order of the documentation: `KEYVAULT_CERTIFICATE_VAULT_URL`, … */
export const signerVariables: readonly string[] = Object.keys(told).map(
  (name) => signerVariablePrefix + name,
);

/** The engine hands the plugin the stack's configuration here, its secrets decrypted: not for a program that needs one value of it. */
const withheld = ["PULUMI_CONFIG"];

/**
 * 32 hexadecimal digits that are the same for every attempt at one request, and for no other request. A signer that hands them
 * to its CA, or keeps its result under them, orders once, however often it is asked.
 */
export function idempotencyKey({
  vaultUrl,
  certificateName,
  requestId,
}: Pick<SignerRequest, "vaultUrl" | "certificateName" | "requestId">): string {
  const request = [vaultUrl.toLowerCase(), certificateName.toLowerCase(), requestId].join("\n");
  return createHash("sha256").update(request).digest("hex").slice(0, 32);
}

/**
 * The environment of a command: everything that this process has (PATH, HOME, proxies, the credentials of a pipeline), but
 * PULUMI_CONFIG; over it `signer.env`; over that the variables about the request. On Windows names are the same in any case.
 */
export function signerEnvironment(request: SignerRequest, host: SignerHost): Record<string, string> {
  const own = Object.entries(told).map(
    ([name, tell]) => [signerVariablePrefix + name, tell(request)] as const,
  );
  const layers = [Object.entries(host.env), Object.entries(request.signer.env ?? {}), own];
  const identity = (name: string) => (host.platform === "win32" ? name.toUpperCase() : name);
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of layers.flat()) {
    if (value !== undefined) merged.set(identity(name), [name, value]);
  }
  for (const name of withheld) {
    if (request.signer.env?.[name] === undefined) merged.delete(name);
  }
  return Object.fromEntries(merged.values());
}

function lines(items: readonly string[] | undefined): string {
  return (items ?? []).join("\n");
}
