import type { CertificateArgs } from "pulumi-keyvault-certificates";

/** The arguments of a certificate as they are written down for a program of another process. */
export type Declared = Omit<CertificateArgs, "tags">;

/** Certificates of a program, by logical name, which is the name in the vault too. */
export type Program = Readonly<Record<string, Declared>>;

/** Issuers of the vault, and what each of them does. A name says how long it takes. */
export const issuers = {
  QuickCA: { durationMs: 200 },
  ContosoCA: { durationMs: 1500 },
  SlowCA: { durationMs: 8000 },
  NeverCA: { outcome: "inProgress" },
} as const;

export type Issuer = keyof typeof issuers | "Unknown";

/** A certificate whose delete leaves nothing, so that whatever is there at the end is left over. */
export function certificate(name: string, issuerName: Issuer, rest: Partial<Declared> = {}): Declared {
  const subject = `CN=${name}.example.com`;
  return {
    policy: { issuerName, subject, keyType: "EC", keyCurveName: "P-256", validityInMonths: 12 },
    purgeOnDelete: true,
    ...rest,
  };
}

/** The same certificate with a policy that takes a new version. */
export function renewedPolicy(declared: Declared): Declared {
  return {
    ...declared,
    policy: { ...(declared.policy as object), validityInMonths: 6 } as Declared["policy"],
  };
}
