import type { Environment } from "../vault/credential-plan";

/** Reads a value of the stack's configuration; secrets come decrypted. */
export interface Configuration {
  get(key: string): string | undefined;
}

/**
 * Configuration of azure-native that names an identity, and the environment variable that means the same. A pipeline that is signed in for
 * azure-native by configuration needs no second sign-in for this package.
 * @see https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
 */
const variableOf: Readonly<Record<string, string>> = {
  "azure-native:clientId": "ARM_CLIENT_ID",
  "azure-native:tenantId": "ARM_TENANT_ID",
  "azure-native:clientSecret": "ARM_CLIENT_SECRET",
  "azure-native:clientCertificatePath": "ARM_CLIENT_CERTIFICATE_PATH",
  "azure-native:clientCertificatePassword": "ARM_CLIENT_CERTIFICATE_PASSWORD",
  "azure-native:useOidc": "ARM_USE_OIDC",
  "azure-native:oidcToken": "ARM_OIDC_TOKEN",
  "azure-native:oidcTokenFilePath": "ARM_OIDC_TOKEN_FILE_PATH",
  "azure-native:oidcAudience": "ARM_OIDC_AUDIENCE",
  "azure-native:useMsi": "ARM_USE_MSI",
  "azure-native:environment": "ARM_ENVIRONMENT",
};

/** The environment that says who this is: the process's own, and over it what the stack's configuration says. */
export function identityEnvironment(
  configuration: Configuration | undefined,
  environment: Environment,
): Environment {
  const configured = Object.entries(variableOf).flatMap(([key, variable]) => {
    const value = configuration?.get(key);
    return value === undefined ? [] : [[variable, value] as const];
  });
  return { ...environment, ...Object.fromEntries(configured) };
}
