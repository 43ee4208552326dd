import type { PulumiFn } from "@pulumi/pulumi/automation";
import type * as pulumi from "@pulumi/pulumi";
import { Certificate, type CertificateArgs, type CertificatePolicyArgs } from "pulumi-keyvault-certificates";

/** A policy with a key that is made at once. */
export function ecPolicy(
  issuerName: string,
  subject: string,
  rest: Partial<CertificatePolicyArgs> = {},
): CertificatePolicyArgs {
  return { issuerName, subject, keyType: "EC", keyCurveName: "P-256", ...rest };
}

/** One certificate of a program, by its arguments, and the options of its resource. */
export type Declared = Omit<CertificateArgs, "policy"> & {
  readonly policy?: pulumi.Input<CertificatePolicyArgs>;
  readonly options?: pulumi.CustomResourceOptions;
};

/**
 * A program of certificates by logical name; each is self-signed where it says nothing else. Its outputs are the certificates'
 * `versionlessSecretId`, by logical name.
 */
export function certificates(declared: Readonly<Record<string, Declared>>): PulumiFn {
  return () =>
    Promise.resolve(
      Object.fromEntries(
        Object.entries(declared).map(([name, { options, ...args }]) => {
          const policy = args.policy ?? ecPolicy("Self", `CN=${name}.example.com`);
          return [name, new Certificate(name, { ...args, policy }, options).versionlessSecretId];
        }),
      ),
    );
}
