import { createHash } from "node:crypto";
import type { Emulator } from "keyvault-certificates-emulator";
import type { PluginClient, Properties } from "./plugin-client";

/** The text that every state of a `Certificate` holds, for ever. */
export const providerText =
  'exports.handler = () => require("pulumi-keyvault-certificates/provider").Certificate;';

export function urnOf(name: string): string {
  return `urn:pulumi:test::project::pulumi-nodejs:dynamic/keyvault:Certificate::${name}`;
}

/** The inputs that the class `Certificate` sends for a program that declares this much. */
export function certificate({ url }: Emulator, name: string, more: Properties = {}): Properties {
  return {
    __provider: providerText,
    __urn: urnOf(name),
    __owner: createHash("sha256").update(name).digest("hex").slice(0, 16),
    vaultUrl: url,
    certificateName: name,
    policy: policy("Self"),
    ...more,
  };
}

/** An elliptic key: made at once. */
export function policy(issuerName: string, more: Properties = {}): Properties {
  return { issuerName, subject: "CN=www.example.com", keyType: "EC", ...more };
}

/** A resource as the engine knows it. */
export interface Resource {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What the engine does for a new resource: check, then create with the checked inputs. */
export async function createResource(rpc: PluginClient, news: Properties): Promise<Resource> {
  const inputs = await checked(rpc, news);
  return { inputs, ...(await rpc.create(inputs)) };
}

/** Checked inputs of a program without mistakes. */
export async function checked(
  rpc: PluginClient,
  news: Properties,
  olds: Properties = {},
): Promise<Properties> {
  const { inputs, failures } = await rpc.check(news, olds);
  expect(failures).toEqual([]);
  return inputs;
}

/** The managed identity of the emulator. */
export function identityOf({ identityEndpoint, identityHeader }: Emulator): Record<string, string> {
  return { IDENTITY_ENDPOINT: identityEndpoint, IDENTITY_HEADER: identityHeader };
}

/** Makes an issuer of the vault, as an operator would have done before. */
export async function registerIssuer(emulator: Emulator, name: string): Promise<void> {
  const token = new URL(emulator.identityEndpoint);
  token.search = new URLSearchParams({
    resource: "https://vault.azure.net",
    "api-version": "2019-08-01",
  }).toString();
  const identity = await fetch(token, { headers: { "X-IDENTITY-HEADER": emulator.identityHeader } });
  const { access_token: bearer } = (await identity.json()) as { access_token: string };
  const reply = await fetch(`${emulator.url}/certificates/issuers/${name}?api-version=2025-07-01`, {
    method: "PUT",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify({ provider: "Test" }),
  });
  expect(reply.status).toBe(200);
}
