export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the assertion of a federated identity comes from, each time anew. */
export type AssertionSource =
  | { readonly from: "file"; readonly path: string }
  /** A pipeline's endpoint in the form of GitHub's: GET with `audience`, answers `{"value"}`. */
  | { readonly from: "request"; readonly url: string; readonly token: string; readonly audience: string }
  | { readonly from: "value"; readonly assertion: string };

type Method =
  /** The chain of DefaultAzureCredential, which reads AZURE_* itself. */
  | { readonly kind: "default"; readonly tenantId?: string }
  | {
      readonly kind: "clientCertificate";
      readonly tenantId: string;
      readonly clientId: string;
      readonly certificatePath: string;
      readonly certificatePassword?: string;
    }
  | {
      readonly kind: "clientSecret";
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly kind: "federated";
      readonly tenantId: string;
      readonly clientId: string;
      readonly source: AssertionSource;
    }
  | { readonly kind: "managedIdentity"; readonly clientId?: string }
  | { readonly kind: "incomplete"; readonly reason: string };

export type CredentialPlan = Method & {
  /** Absent: the public cloud's, or what AZURE_AUTHORITY_HOST says. */
  readonly authorityHost?: string;
  readonly additionallyAllowedTenants: readonly string[];
};

/** A plan that can be carried out. */
export type CompletePlan = Exclude<CredentialPlan, { readonly kind: "incomplete" }>;

/**
 * Which credential an environment describes. AZURE_* come first, as they are those of `@azure/identity`; without
 * them, the ARM_* that pipelines set for the azure-native provider, in that provider's order: default credential,
 * client certificate, client secret, OIDC, managed identity. A method that is asked for and lacks something is an
 * incomplete plan, never a reason to try the next one. Pure.
 */
export function planCredential(environment: Environment): CredentialPlan {
  const of = (name: string): string | undefined => (environment[name] === "" ? undefined : environment[name]);
  const authority = authorityHostOf(of);
  const method = authority.problem === undefined ? methodOf(of) : incomplete(authority.problem);
  return {
    ...method,
    ...(authority.host !== undefined && { authorityHost: authority.host }),
    additionallyAllowedTenants: listOf(of("ARM_AUXILIARY_TENANT_IDS")),
  };
}

type Lookup = (name: string) => string | undefined;

// AZURE_TENANT_ID is not among them: alone it chooses no credential.
const azureNames = [
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZURE_TOKEN_CREDENTIALS",
] as const;

function methodOf(of: Lookup): Method {
  const tenantId = of("ARM_TENANT_ID");
  const chain: Method = { kind: "default", ...(tenantId !== undefined && { tenantId }) };
  if (azureNames.some((name) => of(name) !== undefined)) return { kind: "default" };
  if (isTrue(of("ARM_USE_DEFAULT_AZURE_CREDENTIAL"))) return chain;
  if (of("ARM_CLIENT_CERTIFICATE_PATH") !== undefined) return clientCertificate(of);
  if (of("ARM_CLIENT_SECRET") !== undefined) return clientSecret(of);
  if (isTrue(of("ARM_USE_OIDC"))) return federated(of);
  if (isTrue(of("ARM_USE_MSI"))) return managedIdentity(of("ARM_CLIENT_ID"));
  return chain;
}

function clientCertificate(of: Lookup): Method {
  const certificatePassword = of("ARM_CLIENT_CERTIFICATE_PASSWORD");
  return withIdentity(of, "ARM_CLIENT_CERTIFICATE_PATH", (identity) => ({
    kind: "clientCertificate",
    ...identity,
    certificatePath: of("ARM_CLIENT_CERTIFICATE_PATH") ?? "",
    ...(certificatePassword !== undefined && { certificatePassword }),
  }));
}

function clientSecret(of: Lookup): Method {
  return withIdentity(of, "ARM_CLIENT_SECRET", (identity) => ({
    kind: "clientSecret",
    ...identity,
    clientSecret: of("ARM_CLIENT_SECRET") ?? "",
  }));
}

function federated(of: Lookup): Method {
  const source = assertionSource(of);
  if (source === undefined) {
    return incomplete(
      "ARM_USE_OIDC is set without ARM_OIDC_TOKEN_FILE_PATH, ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN, or ARM_OIDC_TOKEN",
    );
  }
  return withIdentity(of, "ARM_USE_OIDC", (identity) => ({ kind: "federated", ...identity, source }));
}

// A fixed token comes last: it lives for minutes, and a wait for a CA may outlive it.
function assertionSource(of: Lookup): AssertionSource | undefined {
  const path = of("ARM_OIDC_TOKEN_FILE_PATH");
  if (path !== undefined) return { from: "file", path };
  const url = of("ARM_OIDC_REQUEST_URL") ?? of("ACTIONS_ID_TOKEN_REQUEST_URL");
  const token = of("ARM_OIDC_REQUEST_TOKEN") ?? of("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url !== undefined && token !== undefined) {
    return { from: "request", url, token, audience: of("ARM_OIDC_AUDIENCE") ?? "api://AzureADTokenExchange" };
  }
  const assertion = of("ARM_OIDC_TOKEN");
  return assertion === undefined ? undefined : { from: "value", assertion };
}

function managedIdentity(clientId: string | undefined): Method {
  return { kind: "managedIdentity", ...(clientId !== undefined && { clientId }) };
}

function withIdentity(
  of: Lookup,
  asked: string,
  make: (identity: { tenantId: string; clientId: string }) => Method,
): Method {
  const tenantId = of("ARM_TENANT_ID");
  const clientId = of("ARM_CLIENT_ID");
  if (tenantId === undefined) return incomplete(`${asked} is set without ARM_TENANT_ID`);
  if (clientId === undefined) return incomplete(`${asked} is set without ARM_CLIENT_ID`);
  return make({ tenantId, clientId });
}

function incomplete(reason: string): Method {
  return { kind: "incomplete", reason };
}

const authorityHosts: Readonly<Record<string, string | undefined>> = {
  public: undefined,
  azurepubliccloud: undefined,
  azurecloud: undefined,
  usgovernment: "https://login.microsoftonline.us",
  usgov: "https://login.microsoftonline.us",
  azureusgovernment: "https://login.microsoftonline.us",
  azureusgovernmentcloud: "https://login.microsoftonline.us",
  china: "https://login.chinacloudapi.cn",
  azurechinacloud: "https://login.chinacloudapi.cn",
};

function authorityHostOf(of: Lookup): { host?: string; problem?: string } {
  if (of("AZURE_AUTHORITY_HOST") !== undefined) return {};
  const arm = of("ARM_ENVIRONMENT");
  // AZURE_ENVIRONMENT is a name that programs use for their own purposes ("staging"): an unknown value is not ours.
  const cloud = (arm ?? of("AZURE_ENVIRONMENT") ?? "public").toLowerCase();
  if (arm !== undefined && !Object.hasOwn(authorityHosts, cloud)) {
    return { problem: `ARM_ENVIRONMENT must be public, usgovernment or china, got "${arm}"` };
  }
  const host = Object.hasOwn(authorityHosts, cloud) ? authorityHosts[cloud] : undefined;
  return host === undefined ? {} : { host };
}

/** A JSON array, as azure-native reads it, or names with commas or semicolons between them. */
function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .replaceAll(/[[\]"]/g, "")
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value?.toLowerCase() === "true";
}
