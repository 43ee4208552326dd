import { type Input, type Output, output } from "@pulumi/pulumi";
import type {
  Certificate,
  CertificateArgs,
  CertificatePolicy,
  CertificatePolicyArgs,
  LifetimeActionArgs,
} from "pulumi-keyvault-certificates";

interface Exactly<T> {
  readonly in: (value: T) => void;
  readonly out: () => T;
}
/** `true` where both are the same type, and no type for any value where they are not: tsc then refuses the file. */
type Equals<A, B> = [Exactly<A>, Exactly<B>] extends [Exactly<B>, Exactly<A>] ? true : never;

const text: Output<string> = output("a text");
const policy: CertificatePolicyArgs = { issuerName: "Self", subject: "CN=a" };

/** Programs that compile, and, each below a directive, mistakes that do not: `tsc` fails where one of them no longer is one. */
const programs = (): CertificateArgs[] => [
  { policy },
  { policy, vaultUrl: text, certificateName: text, tags: { a: text }, reissue: text, chain: text },
  { policy: { ...policy, subject: text, subjectAlternativeNames: { dnsNames: [text, "a.example"] } } },
  { policy, chain: ["PEM", text], reissue: { anything: [1] } },
  { policy: { ...policy, lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 30 }] } },
  // @ts-expect-error a certificate needs a policy
  {},
  // @ts-expect-error a policy needs an issuer
  { policy: { subject: "CN=a" } },
  // @ts-expect-error there is no such property
  { policy, name: "web" },
  // @ts-expect-error there is no such key type
  { policy: { issuerName: "Self", keyType: "DSA" } },
  // @ts-expect-error there is no such curve
  { policy: { issuerName: "Self", keyCurveName: "P-255" } },
  // @ts-expect-error there is no such usage
  { policy: { issuerName: "Self", keyUsage: ["signing"] } },
  // @ts-expect-error a lifetime action has an action
  { policy: { issuerName: "Self", lifetimeActions: [{ daysBeforeExpiry: 30 }] } },
  // @ts-expect-error tags are texts
  { policy, tags: { a: 5 } },
  // @ts-expect-error a flag is no text
  { policy, enabled: "yes" },
];

/** What a program gets. */
const outputs: [
  Equals<Certificate["versionlessId"], Output<string>>,
  Equals<Certificate["certificatePem"], Output<string | null>>,
  Equals<Certificate["csrPem"], Output<string | null>>,
  Equals<Certificate["status"], Output<string>>,
  Equals<Certificate["policy"], Output<CertificatePolicy>>,
  Equals<Certificate["operationError"], Output<{ code?: string; message?: string } | null>>,
] = [true, true, true, true, true, true];

/** What a program gives. */
const given: [
  Equals<Required<CertificateArgs>["vaultUrl"], Input<string>>,
  Equals<CertificateArgs["policy"], Input<CertificatePolicyArgs>>,
  Equals<Required<LifetimeActionArgs>["lifetimePercentage"], Input<number>>,
  Equals<keyof CertificatePolicyArgs, keyof CertificatePolicy>,
] = [true, true, true, true];

describe("the types of the public surface", () => {
  test("are what they are said to be: tsc refuses this file where one of them is not", () => {
    expect([...outputs, ...given].every(Boolean)).toBe(true);
    expect(programs()).toHaveLength(14);
  });
});
