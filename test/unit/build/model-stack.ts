import type { PlainObject } from "../../../provider/plugin/plain";
import { unknownValue } from "../../../provider/plugin/unknown";
import { day, now } from "../x509/authority";
import { certificateName, vaultUrl } from "./certificate";
import { makeAuthority, type Material } from "./materials";
import { crossing, ModelEngine, type Resource, type Step } from "./model-engine";
import { ModelVault } from "./model-vault";
import { owner } from "./situation";

export const textOf = (className: string) =>
  `exports.handler = () => require("pulumi-keyvault-certificates/provider").${className};`;

/** What a program says of a certificate in two resources, without what one takes from the other. */
export interface TwoResources {
  readonly request: PlainObject;
  readonly merge: PlainObject;
}

type Refreshed = Awaited<ReturnType<ModelEngine["refresh"]>>;

/** A small program; `undefined` takes a property away. */
export function program(
  request: Record<string, unknown> = {},
  merge: Record<string, unknown> = {},
): TwoResources {
  const policy = { subject: "CN=web.contoso.com" };
  return {
    request: present({
      __provider: textOf("CertificateRequest"),
      __owner: owner,
      vaultUrl,
      certificateName,
      policy,
      ...request,
    }),
    merge: present({ __provider: textOf("CertificateMerge"), __owner: "aaaabbbbccccdddd", ...merge }),
  };
}

/** What the CA signs before that day of the tests' time, and what from then on: chains by CSR. */
interface Chains {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** The day from which the CA signs for later: 60 days after the beginning. Unix seconds. */
const laterDay = now + 60 * day;

/** What a merge takes from its request. */
const handedOn = ["vaultUrl", "certificateName", "requestId", "ownershipTag", "__mark"] as const;

/** How each of the stack's own resources fares. */
export interface StackStep {
  readonly request: Step;
  /** `undefined` where something before it has failed. */
  readonly merge: Step | undefined;
}

/**
 * A stack of three: a `CertificateRequest`, a CA that is a resource too, and a `CertificateMerge`. As the engine has it: in a preview all
 * outputs of a resource that changes are unknown unless they are checked inputs; a resource runs only once everything that it depends
 * on has; the CA signs once for each CSR, and never in a preview.
 */
export class ModelStack {
  readonly request: ModelEngine;
  readonly merge: ModelEngine;
  /** The CSRs that the CA has signed, in order. */
  readonly signed: string[] = [];
  /** In place of the chain for the CSR that there is. */
  chain: string | undefined;
  /** The CA refuses. */
  caFails = false;
  /** The CA's resource as the state holds it. */
  #ca: { csrPem: string; chain: string } | undefined;

  constructor(
    readonly vault: ModelVault,
    private readonly chains: Chains,
  ) {
    this.request = new ModelEngine(vault);
    this.merge = new ModelEngine(vault);
  }

  /** Another stack with a program for the same name of the same vault. */
  beside(): ModelStack {
    return new ModelStack(this.vault, this.chains);
  }

  /** What the CA gives for a CSR (DER in base64), without a word of it in the state. */
  chainOf(csr: string): string {
    return this.chainOfPem(armoured(csr));
  }

  preview({ request, merge }: TwoResources): StackStep {
    const step = this.request.preview(request);
    if (step.step === "refused") return { request: step, merge: undefined };
    const outputs = step.step === "same" ? this.#requestOutputs : this.#previewed(request);
    const csrPem = outputs["csrPem"];
    const known = csrPem !== unknownValue && csrPem === this.#ca?.csrPem;
    const chain = this.chain ?? (known ? this.#ca?.chain : undefined) ?? unknownValue;
    return { request: step, merge: this.merge.preview(mergeInputs(merge, outputs, chain)) };
  }

  async up({ request, merge }: TwoResources): Promise<StackStep> {
    return this.#afterRequest(await this.request.up(request), merge);
  }

  async refresh(): Promise<Readonly<Record<keyof TwoResources, Refreshed | undefined>>> {
    const request = this.request.resource === undefined ? undefined : await this.request.refresh();
    const merge = this.merge.resource === undefined ? undefined : await this.merge.refresh();
    return { request, merge };
  }

  /** `pulumi up --refresh`. */
  async upRefreshed(given: TwoResources): Promise<StackStep> {
    await this.refresh();
    return this.up(given);
  }

  /** `--replace` of the request, or of the merge: what is created comes before what is deleted, and the graph runs in between. */
  async replace(which: keyof TwoResources, { request, merge }: TwoResources): Promise<StackStep> {
    if (which === "request") return this.#afterRequest(await this.request.replace(request), merge);
    const step = await this.request.up(request);
    if (step.error !== undefined) return { request: step, merge: undefined };
    const given = mergeInputs(merge, this.#requestOutputs, this.#signedChain());
    return { request: step, merge: await this.merge.replace(given) };
  }

  /** Dependants go first. */
  async destroy(): Promise<void> {
    await this.merge.destroy();
    await this.request.destroy();
  }

  /** The outputs of a resource as the state holds them. */
  outputs(of: keyof TwoResources): PlainObject {
    return held(this[of].resource).outputs;
  }

  get #requestOutputs(): PlainObject {
    return this.outputs("request");
  }

  async #afterRequest(step: Step, merge: PlainObject): Promise<StackStep> {
    const failed = step.error !== undefined || step.step === "refused";
    if (failed || this.caFails) return { request: step, merge: undefined };
    const given = mergeInputs(merge, this.#requestOutputs, this.#signedChain());
    return { request: step, merge: await this.merge.up(given) };
  }

  #signedChain(): string {
    const csrPem = this.#requestOutputs["csrPem"];
    if (typeof csrPem !== "string") throw new Error("the CA was given no CSR");
    if (this.#ca?.csrPem !== csrPem) {
      this.#ca = { csrPem, chain: this.chainOfPem(csrPem) };
      this.signed.push(csrPem);
    }
    return this.chain ?? this.#ca.chain;
  }

  /** The same for a CSR in PEM, as `csrPem` and signers have it. */
  chainOfPem(csrPem: string): string {
    const { before, after } = this.chains;
    const chain = (Date.now() < laterDay * 1000 ? before : after).get(csrPem);
    if (chain === undefined) throw new Error("the CA does not know this CSR");
    return chain;
  }

  /** What a dependant sees of a resource that is created, updated or replaced. */
  #previewed(request: PlainObject): PlainObject {
    return { ...request, requestId: unknownValue, csrPem: unknownValue, __mark: unknownValue };
  }
}

/** The stack of a vault, and a CA that knows all keys of the vault. */
export async function modelStacks(materials: readonly Material[]): Promise<() => ModelStack> {
  const authority = await makeAuthority();
  const signedAt = async (at: number) => {
    const chains = materials.map(
      async ({ csr, keys }) => [armoured(csr), await authority.chainFor(keys, at)] as const,
    );
    return new Map(await Promise.all(chains));
  };
  const chains = { before: await signedAt(now), after: await signedAt(laterDay) };
  return () => new ModelStack(new ModelVault(materials), chains);
}

/** As the output `csrPem` has it. */
function armoured(csr: string): string {
  const lines = csr.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`;
}

function mergeInputs(merge: PlainObject, outputs: PlainObject, chain: string): PlainObject {
  const handed = Object.fromEntries(handedOn.map((name) => [name, outputs[name]]));
  return crossing(present({ ...handed, chain, ...merge }));
}

function held(resource: Resource | undefined): Resource {
  if (resource === undefined) throw new Error("there is no resource");
  return resource;
}

/** The SDK sends no property that is undefined, and the engine keeps none that is null. */
function present(bag: Record<string, unknown>): PlainObject {
  return Object.fromEntries(
    Object.entries(bag).filter(([, value]) => value !== undefined && value !== null),
  ) as PlainObject;
}
