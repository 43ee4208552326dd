import { z } from "zod";
import { lifetimeActions, policy, requestPolicy } from "./policy-shape";
import { flag, must, oneOf, record, mustUnshown, secretText, text, whole } from "./primitives";

/**
 * The shape of the inputs, property by property. What concerns two properties at once is in `rules.ts`: zod runs an object's own
 * refinements only once its shape is right, and the user is to see everything in one run.
 */

/** What the engine may send besides what the user wrote: `check` takes it apart itself. */
const hidden = {
  __provider: z.string().optional(),
  __owner: z.string().optional(),
  versionlessId: z.string().optional(),
  versionlessSecretId: z.string().optional(),
  timeouts: z.record(z.string(), z.unknown()).optional(),
};

const target = {
  vaultUrl: text(
    "the vault's URL: the argument vaultUrl, the configuration value keyvault:vaultUrl (`pulumi config set keyvault:vaultUrl https://…`), or the environment variable AZURE_KEYVAULT_URL",
  ),
  certificateName: text("1 to 127 letters, digits and dashes").regex(/^[0-9a-zA-Z-]{1,127}$/, {
    error: must("1 to 127 letters, digits and dashes (the service allows no dots, for example)"),
  }),
};

/** What is asked of the vault for a new version, and how it is kept. */
const ordering = {
  preserveCertificateOrder: flag().optional(),
  reissue: z.unknown().optional(),
  adopt: flag().optional(),
  purgeOnDelete: flag().optional(),
  ownershipTag: flag().optional(),
  onConflict: oneOf(["wait", "cancel", "delete", "fail"]).optional(),
  onSoftDeleted: oneOf(["recover", "purge", "fail"]).optional(),
  renewal: record(
    { daysBeforeExpiry: whole(1, 32_400).optional(), lifetimePercentage: whole(1, 99).optional() },
    "an object with daysBeforeExpiry or lifetimePercentage",
  ).optional(),
};

const attributes = {
  enabled: flag().optional(),
  tags: z.record(z.string(), text("text"), { error: must("an object of texts") }).optional(),
};

/** Arguments and environment of a signer may hold passwords: none of it is ever shown. */
const signer = z.strictObject(
  {
    command: z
      .array(secretText(), { error: mustUnshown('a list such as ["./sign.sh", "--days", "90"]') })
      .min(1, { error: "must be the program and its arguments, one item each, and it is empty" }),
    env: z.record(z.string(), secretText(), { error: mustUnshown("an object of texts") }).optional(),
    timeoutSeconds: whole(1, 86_400).optional(),
  },
  { error: mustUnshown('an object such as { command: ["./sign.sh"] }') },
);

export const certificateShape = record(
  {
    ...hidden,
    ...target,
    policy,
    ...ordering,
    ...attributes,
    chain: z.unknown().optional(),
    signer: signer.optional(),
    waitForCompletion: flag().optional(),
  },
  "an object",
);

export const requestShape = record({ ...hidden, ...target, policy: requestPolicy, ...ordering }, "an object");

export const mergeShape = record(
  {
    ...hidden,
    ...target,
    requestId: text("the output requestId of a CertificateRequest"),
    __mark: text("the mark of a CertificateRequest"),
    ownershipTag: flag().optional(),
    // That there must be one is said by its rule.
    chain: z.unknown().optional(),
    ...attributes,
    lifetimeActions: lifetimeActions.optional(),
  },
  "an object",
);
