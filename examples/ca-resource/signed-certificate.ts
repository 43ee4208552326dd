import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

export interface SignedCertificateArgs {
  /** What to sign. Another CSR is another certificate. */
  csrPem: pulumi.Input<string>;
  /** How long the certificate is good for. Default: 90. */
  days?: pulumi.Input<number>;
}

interface Inputs {
  readonly csrPem: string;
  readonly days: number;
}

/** Paths are relative to the program's folder: the plugin that runs this code works there. */
const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs & { readonly chainPem: string }> = {
  // Runs in `pulumi up` and never in a preview, once for each CSR.
  create: ({ csrPem, days }) => {
    if (!existsSync("ca/root.pem"))
      throw new Error("there is no CA in the folder ca: run ./make-ca.sh first");
    const serialNumber = randomBytes(16).toString("hex");
    const leaf = execFileSync(
      "openssl",
      [
        ...[
          "x509",
          "-req",
          "-CA",
          "ca/root.pem",
          "-CAkey",
          "ca/root.key",
          "-set_serial",
          `0x${serialNumber}`,
        ],
        ...["-days", String(days), "-copy_extensions", "copy", "-extfile", "ca.cnf", "-extensions", "leaf"],
      ],
      { input: csrPem, encoding: "utf8", stdio: "pipe" },
    );
    const chainPem = leaf + readFileSync("ca/root.pem", "utf8");
    return Promise.resolve({ id: serialNumber, outs: { csrPem, days, chainPem } });
  },

  // A certificate cannot be changed. Its successor is signed first, and there is nothing to delete: Key Vault keeps the old version.
  diff: (_id, olds, news) => {
    const replaces = (["csrPem", "days"] as const).filter((name) => olds[name] !== news[name]);
    return Promise.resolve({ changes: replaces.length > 0, replaces });
  },
};

/**
 * A certificate of the CA in the folder `ca`: the place of whatever resource signs a CSR, such as `tls.LocallySignedCert` or
 * `aws.acmpca.Certificate`.
 */
export class SignedCertificate extends pulumi.dynamic.Resource {
  /** The certificate and its CA. PEM. */
  declare readonly chainPem: pulumi.Output<string>;

  constructor(name: string, args: SignedCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = { csrPem: args.csrPem, days: args.days ?? 90, chainPem: undefined };
    super(provider, name, inputs, opts, "example", "SignedCertificate");
  }
}
