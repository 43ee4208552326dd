import { X509Certificate } from "node:crypto";
import type { FaultView } from "keyvault-certificates-emulator";
import { certificatesOf, openssl } from "../authorities/openssl";
import { until } from "../scenarios/helpers";
import type { Outcome, TestStack } from "../stack";
import type { TestVault } from "../vault";
import { KillableUp } from "./killing";

/** The certificates of the linked secret, in the order in which they stand there. */
export async function linkedChain(vault: TestVault, name: string): Promise<X509Certificate[]> {
  const { body } = await vault.byHand("GET", `/secrets/${name}`);
  const { value, contentType } = body as unknown as { value: string; contentType: string };
  if (contentType !== "application/x-pkcs12") throw new Error(`the secret is ${contentType}`);
  const pkcs12 = Buffer.from(value, "base64");
  const pem = openssl(["pkcs12", "-nokeys", "-passin", "pass:"], pkcs12);
  return certificatesOf(pem).map((text) => new X509Certificate(text));
}

/** Who each certificate is for and who has signed it, without what stands before the common name. */
export const links = (chain: readonly X509Certificate[]): string[] =>
  chain.map(({ subject, issuer }) => `${commonName(subject)} by ${commonName(issuer)}`);

const commonName = (name: string): string => /CN=(.*)$/.exec(name)?.[1] ?? name;

/** What was seen of a certificate while the merge of its next version was held back, and how the operation then ended. */
export interface Meanwhile {
  readonly outcome: Outcome;
  /** The current version, while the next one was signed and not merged. */
  readonly version: string | undefined;
  /** Of that version, as the linked secret had it. */
  readonly serialNumber: string | undefined;
  /** Of the next one's order, when all that had been read. */
  readonly orderStatus: string | undefined;
}

const heldMs = 2_500;

const pathOfMerge = (name: string) => `/certificates/${name}/pending/merge`;

/** Holds a merge back for a while, and reads certificate and secret then. */
export async function whileMerging(
  vault: TestVault,
  name: string,
  operation: () => Promise<Outcome>,
): Promise<Meanwhile> {
  const { faults } = vault.control;
  const effect = { delayMs: heldMs };
  const rule = faults.add({ method: "POST", path: pathOfMerge(name), times: 1, effect });
  let isOver = false;
  const run = operation().finally(() => (isOver = true));
  try {
    await until(() => hasFired(vault, rule) || isOver || undefined);
    const version = await vault.version(name);
    const [leaf] = await linkedChain(vault, name);
    const orderStatus = vault.orders(name).at(-1)?.status;
    return { outcome: await run, version, serialNumber: leaf?.serialNumber, orderStatus };
  } finally {
    // What is read can be refused; the stack is then not to be left to an operation of which nobody knows.
    await run;
    faults.remove(rule.name);
  }
}

/** Kills an `up` of that stack between the answer of its signer and the merge, which the vault then does not carry out. */
export async function killBeforeMerge(vault: TestVault, name: string, stack: TestStack): Promise<void> {
  const { faults } = vault.control;
  const effect = { reset: true, delayMs: 120_000 } as const;
  const rule = faults.add({ method: "POST", path: pathOfMerge(name), effect });
  const up = new KillableUp(stack);
  await until(() => hasFired(vault, rule) || up.isOver || undefined);
  await up.kill();
  const reached = hasFired(vault, rule);
  faults.remove(rule.name);
  if (!reached) throw new Error(`the up did not come to its merge:\n${up.text}`);
  await stack.cli("cancel", "--yes");
}

const hasFired = ({ control }: TestVault, rule: FaultView): boolean =>
  control.faults.list().some(({ name, fired }) => name === rule.name && fired > 0);
