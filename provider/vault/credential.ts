import { readFile } from "node:fs/promises";
import type * as AzureIdentity from "@azure/identity" with { "resolution-mode": "import" };
import { type AssertionSource, type CompletePlan, type Environment, planCredential } from "./credential-plan";
import { parseJson } from "./json";
import { createSend, type Send } from "./send";
import { type TokenCredential } from "./tokens";
import { isLoopbackHost } from "./url";

/** What is used of `@azure/identity`. */
export type Identity = Pick<
  typeof AzureIdentity,
  | "DefaultAzureCredential"
  | "ClientCertificateCredential"
  | "ClientSecretCredential"
  | "ClientAssertionCredential"
  | "ManagedIdentityCredential"
>;

/**
 * The credential that an environment describes: see `planCredential`. `@azure/identity`, which takes a tenth of a
 * second to load, is loaded with the first token; mistakes in the environment are reported then too.
 *
 * @param environment default: that of the process, read with the first token
 */
export function defaultCredential(environment: Environment = process.env): TokenCredential {
  let made: Promise<TokenCredential> | undefined;
  async function make(): Promise<TokenCredential> {
    const plan = planCredential(environment);
    if (plan.kind === "incomplete") throw new Error(plan.reason);
    return credentialOf(plan, await import("@azure/identity"), createSend());
  }
  return {
    async getToken(scopes, options) {
      made ??= make();
      let credential: TokenCredential;
      try {
        credential = await made;
      } catch (error) {
        // What the environment lacks may be there the next time.
        made = undefined;
        throw error;
      }
      return credential.getToken(scopes, options);
    },
  };
}

/** The credential of a plan. `send` fetches the assertions of a federated one. */
export function credentialOf(plan: CompletePlan, identity: Identity, send: Send): TokenCredential {
  const options = {
    ...(plan.authorityHost !== undefined && { authorityHost: plan.authorityHost }),
    additionallyAllowedTenants: [...plan.additionallyAllowedTenants],
  };
  switch (plan.kind) {
    case "default": {
      const { tenantId } = plan;
      return new identity.DefaultAzureCredential({ ...options, ...(tenantId !== undefined && { tenantId }) });
    }
    case "clientCertificate": {
      const { certificatePath, certificatePassword } = plan;
      const certificate = {
        certificatePath,
        ...(certificatePassword !== undefined && { certificatePassword }),
      };
      return new identity.ClientCertificateCredential(plan.tenantId, plan.clientId, certificate, options);
    }
    case "clientSecret":
      return new identity.ClientSecretCredential(plan.tenantId, plan.clientId, plan.clientSecret, options);
    case "federated": {
      const { source } = plan;
      const assertion = () => readAssertion(source, send);
      return new identity.ClientAssertionCredential(plan.tenantId, plan.clientId, assertion, options);
    }
    case "managedIdentity": {
      const { clientId } = plan;
      const { authorityHost } = options;
      return new identity.ManagedIdentityCredential({
        ...(authorityHost !== undefined && { authorityHost }),
        ...(clientId !== undefined && { clientId }),
      });
    }
  }
}

/** The assertion, new from its source. @throws Error with the source, never with the assertion */
export async function readAssertion(source: AssertionSource, send: Send): Promise<string> {
  switch (source.from) {
    case "value":
      return source.assertion;
    case "file":
      return (await readFile(source.path, "utf8")).trim();
    case "request":
      return requestAssertion(source, send);
  }
}

async function requestAssertion(source: AssertionSource & { from: "request" }, send: Send): Promise<string> {
  const url = URL.parse(source.url);
  if (url === null || (url.protocol !== "https:" && !isLoopbackHost(url.hostname))) {
    throw new Error("the OIDC request URL must be an https URL");
  }
  url.searchParams.set("audience", source.audience);
  const outcome = await send({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: "GET",
    headers: { accept: "application/json", authorization: `Bearer ${source.token}` },
  });
  if (outcome.kind === "fault") throw new Error(`the OIDC request URL gave no token: ${outcome.reason}`);
  const { value } = (parseJson(outcome.text) ?? {}) as { value?: unknown };
  if (outcome.status !== 200 || typeof value !== "string") {
    throw new Error(`the OIDC request URL gave no token: it answered ${outcome.status}`);
  }
  return value;
}
