import { ServiceError } from "../vault/errors";
import type { ObservedRequest } from "./match";
import { needOf, type Need } from "./permission";
import type { Refusal } from "./rule";

const nobody = "00000000-0000-0000-0000-000000000000";
const caller = `appid=${nobody};oid=${nobody};iss=https://sts.windows.net/${nobody}/`;
const vault = "emulator;location=local";
const vaultResource = `/subscriptions/${nobody}/resourcegroups/emulator/providers/microsoft.keyvault/vaults/emulator`;

const forbidden = (innererror: string | undefined, ...lines: string[]): ServiceError =>
  new ServiceError(403, "Forbidden", lines.join("\r\n"), innererror);

/**
 * The service's 403s for a caller that it knows. The texts are on record, most of them for keys and secrets; inner code
 * and frame of the one by Azure Policy are assumed.
 */
export const accessRefusals: Readonly<
  Record<Exclude<Refusal, "Throttled">, (request: ObservedRequest) => ServiceError>
> = {
  ForbiddenByRbac: (request) =>
    forbidden(
      "ForbiddenByRbac",
      "Caller is not authorized to perform action on resource.",
      "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
      `Caller: ${caller}`,
      `Action: '${need(request).action}'`,
      `Resource: '${resourceOf(request.path)}'`,
      "Assignment: (not found)",
      "DenyAssignmentId: null",
      "DecisionReason: 'DeniedWithNoValidRBAC' ",
      `Vault: ${vault}`,
      "",
    ),
  ForbiddenByPolicy: (request) =>
    forbidden(
      "ForbiddenByPolicy",
      `The user, group or application '${caller}' does not have ${need(request).permission.replace("/", " ")} permission on key vault '${vault}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    ),
  ForbiddenByFirewall: () =>
    forbidden(
      "ForbiddenByFirewall",
      "Client address is not authorized and caller is not a trusted service.",
      "Client address: 127.0.0.1",
      `Caller: ${caller}`,
      `Vault: ${vault}`,
    ),
  ForbiddenByConnection: () =>
    forbidden(
      "ForbiddenByConnection",
      "Public network access is disabled and request is not from a trusted service nor via an approved private link.",
      `Caller: ${caller}`,
      `Vault: ${vault}`,
    ),
  DisallowedByAzurePolicy: ({ path }) =>
    forbidden(
      undefined,
      JSON.stringify({
        message: `Certificate '${nameIn(path)}' was disallowed by policy.`,
        policyIdentifiers: {
          policyAssignment: { name: "emulator", id: `${vaultResource}/policyassignments/emulator` },
          policyDefinition: { name: "emulator", id: "/policydefinitions/emulator" },
        },
      }),
    ),
};

/** Of what is no operation of the vault, nothing is known: it is said to need reading. */
const need = ({ method, path }: ObservedRequest): Need =>
  needOf(method, path) ?? {
    permission: "certificates/get",
    action: "Microsoft.KeyVault/vaults/certificates/read",
  };

/** The vault itself, or an object in it; a deleted one is still named as a live one. */
function resourceOf(path: string): string {
  const [, kind = "", name = ""] = path.toLowerCase().split("/");
  return name === "" ? vaultResource : `${vaultResource}/${kind.replace(/^deleted/, "")}/${name}`;
}

const nameIn = (path: string): string => path.split("/")[2] ?? "";
