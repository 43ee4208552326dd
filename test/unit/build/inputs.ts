import type { PlainObject } from "../../../provider/plugin/plain";
import { certificateName, vaultUrl } from "./certificate";
import { owner } from "./situation";

export const providerText =
  'exports.handler = () => require("pulumi-keyvault-certificates/provider").Certificate;';

/** What the class sends for a small certificate, as `check` gets it. `undefined` takes a property away. */
export function inputs(changes: Record<string, unknown> = {}): PlainObject {
  return without({
    __provider: providerText,
    __owner: owner,
    vaultUrl,
    certificateName,
    policy: { issuerName: "Self", subject: "CN=web.contoso.com" },
    ...changes,
  });
}

/** The same with other properties in its policy. */
export function withPolicy(
  changes: Record<string, unknown>,
  others: Record<string, unknown> = {},
): PlainObject {
  return inputs({
    policy: without({ issuerName: "Self", subject: "CN=web.contoso.com", ...changes }),
    ...others,
  });
}

function without(bag: Record<string, unknown>): PlainObject {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined)) as PlainObject;
}
