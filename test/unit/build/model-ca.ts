import { day, now } from "../x509/authority";
import { makeAuthority, type Material } from "./materials";

/** What the CA signs before `laterDay` of the tests' time, and what from then on: chains by CSR. */
export interface Chains {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** What another CA gives, whenever it is asked. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** The day from which the CA signs for later: 60 days after the beginning. Unix seconds. */
const laterDay = now + 60 * day;

/** A CA that is a resource of the program: it signs once for each CSR, and never in a preview. */
export class ModelCa {
  /** The CSRs that it has signed, in order. */
  readonly signed: string[] = [];
  /** It refuses whatever it has not signed yet. */
  fails = false;
  /** As the state holds it. */
  #kept: { csrPem: string; chain: string } | undefined;

  constructor(private readonly chains: Chains) {}

  /** The CA of another stack, which knows the same keys. */
  beside(): ModelCa {
    return new ModelCa(this.chains);
  }

  /** The chain that the state has for that CSR. */
  kept(csrPem: unknown): string | undefined {
    return this.#kept?.csrPem === csrPem ? this.#kept?.chain : undefined;
  }

  /** `undefined` where it refuses. */
  sign(csrPem: unknown): string | undefined {
    if (typeof csrPem !== "string") throw new Error("the CA was given no CSR");
    if (this.kept(csrPem) === undefined) {
      if (this.fails) return undefined;
      this.#kept = { csrPem, chain: this.chainOf(csrPem) };
      this.signed.push(csrPem);
    }
    return this.kept(csrPem);
  }

  /** What it gives for a CSR, in PEM as `csrPem` and signers have it, without a word of it in the state. */
  chainOf(csrPem: string): string {
    const { before, after } = this.chains;
    return known(Date.now() < laterDay * 1000 ? before : after, csrPem);
  }

  /** The same for a CSR as the vault has it: DER in base64. */
  chainOfDer(csr: string): string {
    return this.chainOf(armoured(csr));
  }

  /** What another CA gives for it. */
  chainFromElsewhere(csr: string): string {
    return known(this.chains.elsewhere, armoured(csr));
  }

  /** It goes from the program, and from the state. */
  remove(): void {
    this.#kept = undefined;
  }
}

function known(chains: ReadonlyMap<string, string>, csrPem: string): string {
  const chain = chains.get(csrPem);
  if (chain === undefined) throw new Error("the CA does not know this CSR");
  return chain;
}

/** A CA that knows the keys of these materials. */
export async function makeChains(materials: readonly Material[]): Promise<Chains> {
  const [authority, other] = [await makeAuthority(), await makeAuthority("CN=Other CA")];
  const signedBy = async ({ chainFor }: typeof authority, at: number) => {
    const chains = materials.map(async ({ csr, keys }) => [armoured(csr), await chainFor(keys, at)] as const);
    return new Map(await Promise.all(chains));
  };
  return {
    before: await signedBy(authority, now),
    after: await signedBy(authority, laterDay),
    elsewhere: await signedBy(other, now),
  };
}

/** As the output `csrPem` has it. */
export function armoured(csr: string): string {
  const lines = csr.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
}
