import type { PlainObject } from "../../../provider/plugin/plain";
import { unknownValue } from "../../../provider/plugin/unknown";
import { certificateName, vaultUrl } from "./certificate";
import type { Material } from "./materials";
import { makeChains, ModelCa } from "./model-ca";
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

/** A program from which the merge, or both, may have been taken away. */
export type LeftOfTwo = { readonly [K in keyof TwoResources]: TwoResources[K] | undefined };

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
 * on has; what goes, goes after all that stays, dependants first.
 */
export class ModelStack {
  readonly request: ModelEngine;
  readonly merge: ModelEngine;
  /** In place of the chain for the CSR that there is. */
  chain: string | undefined;

  constructor(
    readonly vault: ModelVault,
    readonly ca: ModelCa,
  ) {
    this.request = new ModelEngine(vault);
    this.merge = new ModelEngine(vault);
  }

  /** The CSRs that the CA has signed, in order. */
  get signed(): readonly string[] {
    return this.ca.signed;
  }

  set caFails(fails: boolean) {
    this.ca.fails = fails;
  }

  /** Another stack with a program for the same name of the same vault. */
  beside(): ModelStack {
    return new ModelStack(this.vault, this.ca.beside());
  }

  /** What the CA gives for a CSR (DER in base64), without a word of it in the state. */
  chainOf(csr: string): string {
    return this.ca.chainOfDer(csr);
  }

  /** The same for a CSR in PEM, as `csrPem` and signers have it. */
  chainOfPem(csrPem: string): string {
    return this.ca.chainOf(csrPem);
  }

  preview({ request, merge }: LeftOfTwo): StackStep {
    if (request === undefined) return { request: this.#without("request"), merge: this.#without("merge") };
    const step = this.request.preview(request);
    if (step.step === "refused") return { request: step, merge: undefined };
    if (merge === undefined) return { request: step, merge: this.#without("merge") };
    const outputs = step.step === "same" ? this.outputs("request") : previewed(request);
    const chain = this.chain ?? this.ca.kept(outputs["csrPem"]) ?? unknownValue;
    return { request: step, merge: this.merge.preview(mergeInputs(merge, outputs, chain)) };
  }

  async up(given: LeftOfTwo): Promise<StackStep> {
    return this.#run(given, undefined);
  }

  /** `--replace` of the request, or of the merge. */
  async replace(which: keyof TwoResources, given: LeftOfTwo): Promise<StackStep> {
    return this.#run(given, which);
  }

  async #run(given: LeftOfTwo, replaced: keyof TwoResources | undefined): Promise<StackStep> {
    this.request.startPlugin();
    this.merge.startPlugin();
    const steps = await this.#graph(given, replaced);
    if (fails(steps.request) || steps.merge === undefined || fails(steps.merge)) return steps;
    const merge = await this.#deletions("merge", steps.merge);
    if (fails(merge)) return { ...steps, merge };
    if (steps.request.step === "delete") this.ca.remove();
    return { request: await this.#deletions("request", steps.request), merge };
  }

  async #graph({ request, merge }: LeftOfTwo, replaced: keyof TwoResources | undefined): Promise<StackStep> {
    if (request === undefined) return { request: this.#without("request"), merge: this.#without("merge") };
    const bring = (which: keyof TwoResources, program: PlainObject) =>
      replaced === which ? this[which].recreate(program) : this[which].bring(program);
    const step = await bring("request", request);
    if (fails(step)) return { request: step, merge: undefined };
    const outputs = this.outputs("request");
    const signed = this.ca.sign(outputs["csrPem"]);
    if (signed === undefined) return { request: step, merge: undefined };
    if (merge === undefined) return { request: step, merge: this.#without("merge") };
    return { request: step, merge: await bring("merge", mergeInputs(merge, outputs, this.chain ?? signed)) };
  }

  /** What was replaced goes, and what is in the program no more. */
  async #deletions(which: keyof TwoResources, step: Step): Promise<Step> {
    try {
      await this[which].deleteReplaced();
      if (step.step === "delete") await this[which].destroy();
      return step;
    } catch (error) {
      return { ...step, error: error as Error };
    }
  }

  #without(which: keyof TwoResources): Step {
    return { step: this[which].resource === undefined ? "same" : "delete" };
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

  /** Dependants go first. */
  async destroy(): Promise<void> {
    await this.merge.destroy();
    await this.request.destroy();
  }

  /** The outputs of a resource as the state holds them. */
  outputs(of: keyof TwoResources): PlainObject {
    return held(this[of].resource).outputs;
  }
}

/** The stack of a vault, and a CA that knows all keys of the vault. */
export async function modelStacks(materials: readonly Material[]): Promise<() => ModelStack> {
  const chains = await makeChains(materials);
  return () => new ModelStack(new ModelVault(materials), new ModelCa(chains));
}

const fails = ({ error, step }: Step): boolean => error !== undefined || step === "refused";

/** What a dependant sees of a resource that is created, updated or replaced. */
function previewed(request: PlainObject): PlainObject {
  return { ...request, requestId: unknownValue, csrPem: unknownValue, __mark: unknownValue };
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
