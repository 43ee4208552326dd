import { z } from "zod";
import type { KeyUsageType } from "../../vault/model";
import { show } from "./show";

/**
 * The shape of the inputs, property by property. What concerns two properties at once is in `rules.ts`: zod runs an object's own
 * refinements only once its shape is right, and the user is to see everything in one run.
 */
const must = (demand: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined
    ? `is missing: it must be ${demand}`
    : `must be ${demand}, got ${show(issue.input)}`;

const text = (demand: string) => z.string({ error: must(demand) });
const flag = () => z.boolean({ error: must("true or false") });
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => {
  const demand = `one of ${values.join(", ")}`;
  return z.enum(values, { error: must(demand) });
};
const whole = (least: number, most: number) => {
  const error = must(`a whole number from ${least} to ${most}`);
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const list = <T extends z.ZodType>(item: T, demand: string) => z.array(item, { error: must(demand) });
const record = <T extends z.ZodRawShape>(shape: T, demand: string) =>
  z.strictObject(shape, { error: must(demand) });

export const keyUsages: readonly [KeyUsageType, ...KeyUsageType[]] = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

const lifetimeAction = record(
  {
    action: oneOf(["AutoRenew", "EmailContacts"]),
    daysBeforeExpiry: whole(1, 32_400).optional(),
    lifetimePercentage: whole(1, 99).optional(),
  },
  "an action with daysBeforeExpiry or lifetimePercentage",
);

const names = () => list(text("a name"), "a list of names").optional();

const policy = record(
  {
    issuerName: text('"Self", "Unknown" or the name of an issuer of the vault').min(1, {
      error: must('"Self", "Unknown" or the name of an issuer of the vault'),
    }),
    subject: text('a distinguished name such as "CN=www.contoso.com"').optional(),
    subjectAlternativeNames: record(
      {
        dnsNames: names(),
        emails: names(),
        userPrincipalNames: names(),
        ipAddresses: names(),
        uniformResourceIdentifiers: names(),
      },
      "an object of name lists, such as { dnsNames: [...] }",
    ).optional(),
    keyType: oneOf(["RSA", "RSA-HSM", "EC", "EC-HSM"]).optional(),
    keySize: z.literal([2048, 3072, 4096], { error: must("2048, 3072 or 4096") }).optional(),
    keyCurveName: oneOf(["P-256", "P-384", "P-521", "P-256K"]).optional(),
    exportable: flag().optional(),
    reuseKey: flag().optional(),
    contentType: oneOf(["application/x-pkcs12", "application/x-pem-file"]).optional(),
    validityInMonths: whole(1, 1200).optional(),
    keyUsage: list(oneOf(keyUsages), "a list of key usages").optional(),
    enhancedKeyUsage: list(
      text('an object identifier such as "1.3.6.1.5.5.7.3.1"'),
      "a list of object identifiers",
    ).optional(),
    lifetimeActions: list(lifetimeAction, "a list of actions").optional(),
    certificateType: text("a product of the issuer").optional(),
    certificateTransparency: flag().optional(),
  },
  'a policy, such as { issuerName: "Self", subject: "CN=www.contoso.com" }',
);

/** What the engine may send besides what the user wrote: `check` takes it apart itself. */
const hidden = {
  __provider: z.string().optional(),
  __owner: z.string().optional(),
  versionlessId: z.string().optional(),
  versionlessSecretId: z.string().optional(),
  timeouts: z.record(z.string(), z.unknown()).optional(),
};

export const certificateShape = record(
  {
    ...hidden,
    vaultUrl: text(
      "the vault's URL: the argument vaultUrl, the configuration value keyvault:vaultUrl (`pulumi config set keyvault:vaultUrl https://…`), or the environment variable AZURE_KEYVAULT_URL",
    ),
    certificateName: text("1 to 127 letters, digits and dashes").regex(/^[0-9a-zA-Z-]{1,127}$/, {
      error: must("1 to 127 letters, digits and dashes (the service allows no dots, for example)"),
    }),
    policy,
    enabled: flag().optional(),
    tags: z.record(z.string(), text("text"), { error: must("an object of texts") }).optional(),
    preserveCertificateOrder: flag().optional(),
    chain: z.unknown().optional(),
    reissue: z.unknown().optional(),
    adopt: flag().optional(),
    waitForCompletion: flag().optional(),
    purgeOnDelete: flag().optional(),
    ownershipTag: flag().optional(),
    onConflict: oneOf(["wait", "cancel", "delete", "fail"]).optional(),
    onSoftDeleted: oneOf(["recover", "purge", "fail"]).optional(),
    renewal: record(
      { daysBeforeExpiry: whole(1, 32_400).optional(), lifetimePercentage: whole(1, 99).optional() },
      "an object with daysBeforeExpiry or lifetimePercentage",
    ).optional(),
  },
  "an object",
);
