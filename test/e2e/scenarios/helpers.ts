import type { Emulator, OrderView } from "keyvault-certificates-emulator";
import { concerning, type Diagnostic, type Outcome } from "../stack";
import type { TestVault } from "../vault";

type Behaviour = Parameters<Emulator["control"]["setIssuer"]>[1];

/** Issuers of the vault, each behaving as told. */
export async function addIssuers(
  vault: TestVault,
  behaviours: Readonly<Record<string, Behaviour>>,
): Promise<void> {
  for (const [name, behaviour] of Object.entries(behaviours)) {
    await vault.byHand("PUT", `/certificates/issuers/${name}`, { provider: "Contoso" });
    vault.control.setIssuer(name, behaviour);
  }
}

/** Requests for one certificate that are more than a look. */
export const writes = (outcome: Outcome, name: string): string[] =>
  concerning(outcome, name).filter((line) => !line.startsWith("GET"));

/** What stands in the row of one certificate. */
export const said = (outcome: Outcome, name: string, severity?: string): string[] =>
  outcome.diagnostics
    .filter((line: Diagnostic) => line.resource === name && line.severity === (severity ?? line.severity))
    .map(({ message }) => message);

/** How the orders for one certificate stand, oldest first. */
export const statuses = (vault: TestVault, name: string): string[] =>
  vault.orders(name).map(({ status }) => status);

/** Asks again and again, so that a test acts at a moment and not after a time. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The order for a certificate, as soon as there are that many. */
export const orderOf = (vault: TestVault, name: string, count = 1): Promise<OrderView> =>
  until(() => vault.orders(name)[count - 1]);

/**
 * A call on the vault by hand while an operation of the engine is running. `TestVault.byHand` would take what the engine's plugin
 * asks at the same time for its own; this one stays in the log.
 */
export async function meanwhile(
  vault: TestVault,
  method: string,
  path: string,
  body?: object,
): Promise<void> {
  const { identityEndpoint, identityHeader } = vault.emulator;
  const query = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
  const headers = { "X-IDENTITY-HEADER": identityHeader };
  const reply = await fetch(`${identityEndpoint}?${query.toString()}`, { headers });
  const { access_token: token } = (await reply.json()) as { access_token: string };
  const answer = await fetch(`${vault.url}${path}?api-version=2025-07-01`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
}

/** The CSR of the pending object, armoured. */
export async function csrOf(vault: TestVault, name: string): Promise<string> {
  const { body } = await vault.byHand("GET", `/certificates/${name}/pending`);
  const { csr } = body as unknown as { csr: string };
  return `-----BEGIN CERTIFICATE REQUEST-----\n${csr}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** Merges a chain in the portal, as far as the vault can tell. */
export function mergeByHand(vault: TestVault, name: string, chainPem: string) {
  const x5c = [...chainPem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body]) =>
    (body ?? "").replaceAll(/\s/g, ""),
  );
  return vault.byHand("POST", `/certificates/${name}/pending/merge`, { x5c });
}

/** The body of a create, as the portal would send it for a certificate of its own. */
export const orderBody = (issuer: string, subject: string) => ({
  policy: { issuer: { name: issuer }, x509_props: { subject }, key_props: { kty: "EC", crv: "P-256" } },
});

/** Orders a certificate in the portal, as far as the vault can tell. */
export function orderByHand(vault: TestVault, name: string, issuer: string) {
  return vault.byHand("POST", `/certificates/${name}/create`, orderBody(issuer, `CN=${name}.by.hand`));
}
