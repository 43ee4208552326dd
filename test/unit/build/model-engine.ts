import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { isDeepStrictEqual } from "node:util";
import { create, destroy, read, update } from "../../../provider/plugin/online/online";
import { check } from "../../../provider/plugin/check/check";
import type { Failure } from "../../../provider/plugin/check/failures";
import { diff, type DiffResult } from "../../../provider/plugin/diff";
import { pickInputs } from "../../../provider/plugin/inputs";
import type { PlainObject } from "../../../provider/plugin/plain";
import type { Session } from "../../../provider/plugin/session";
import type { Tools } from "../../../provider/lifecycle/tools";
import { inFakeTime } from "./fake-time";
import type { ModelVault } from "./model-vault";
import { type TestRun, testRun } from "./run";

/** A resource as the engine's state holds it. */
export interface Resource {
  readonly id: string;
  readonly inputs: PlainObject;
  readonly outputs: PlainObject;
  readonly initErrors: readonly string[];
}

export interface Step {
  readonly step: "create" | "update" | "same" | "replace" | "delete" | "refused";
  readonly error?: Error;
  readonly failures?: readonly Failure[];
  readonly diff?: DiffResult;
}

/**
 * What the engine does with one resource between two programs, as far as the provider can tell: which call follows which, what is
 * kept of an init error (of an update: the old inputs), and that a diff that leaves the paths to the engine compares inputs with inputs.
 * Every value crosses the wire.
 */
export class ModelEngine {
  resource: Resource | undefined;
  /** What was replaced and is still to be deleted: it goes at the end of the next `up` that gets there. */
  readonly replaced: Resource[] = [];
  #holders = new Map<string, string>();
  /** Happens right before each of them goes. */
  meanwhile: () => void = () => undefined;
  /** The run of the last call. */
  run: TestRun | undefined;
  /** Given to the runs in place of what `customTimeouts` says. */
  timeoutMs: number | undefined;
  /** The user's signer; without one a run that asks for it fails. */
  sign: Tools["sign"] | undefined;

  constructor(private readonly vault: ModelVault) {}

  preview(program: PlainObject): Step {
    const { resource } = this;
    const { inputs, failures } = check(crossing(resource?.inputs ?? {}), crossing(program));
    if (failures.length > 0) return { step: "refused", failures };
    if (resource === undefined) return { step: "create" };
    const found = diff(crossing(resource.outputs), crossing(inputs), { now: Date.now(), refreshing: false });
    if (found.replaces.length > 0) return { step: "replace", diff: found };
    const differs = found.changes ?? !isDeepStrictEqual(sorted(resource.inputs), sorted(inputs));
    const updates = differs || resource.initErrors.length > 0;
    return { step: updates ? "update" : "same", diff: found };
  }

  async up(program: PlainObject): Promise<Step> {
    this.startPlugin();
    const step = await this.bring(program);
    return this.#withDeletions(step);
  }

  /** As much of an `up` as comes before the deletions at its end. */
  async bring(program: PlainObject): Promise<Step> {
    const planned = this.preview(program);
    if (planned.step === "refused") return planned;
    const { resource } = this;
    const { inputs } = check(resource?.inputs ?? {}, crossing(program));
    if (planned.step === "same" && resource !== undefined) {
      this.resource = { ...resource, inputs };
      return planned;
    }
    if (resource === undefined || planned.step === "replace") return this.#create(planned, program, resource);
    try {
      const { outs } = await this.#call(
        update(resource.id, { olds: resource.outputs, news: inputs }, this.#online()),
      );
      this.resource = { id: resource.id, inputs, outputs: crossing(outs), initErrors: [] };
      return planned;
    } catch (error) {
      // After an init error of an update the old inputs stay.
      this.#keep(error, resource.inputs);
      return { ...planned, error: error as Error };
    }
  }

  async #create(planned: Step, program: PlainObject, old: Resource | undefined): Promise<Step> {
    // A replacement is checked again without the old inputs, and made before the old one is deleted.
    const { inputs } = check({}, crossing(program));
    try {
      const { id, outs } = await this.#call(create(inputs, this.#online()));
      this.resource = { id, inputs, outputs: crossing(outs), initErrors: [] };
    } catch (error) {
      // One that ended in an init error has replaced the old one all the same.
      if (this.#keep(error, inputs) && old !== undefined) this.replaced.push(old);
      return { ...planned, error: error as Error };
    }
    if (old !== undefined) this.replaced.push(old);
    return planned;
  }

  async #withDeletions(step: Step): Promise<Step> {
    if (step.error !== undefined || step.step === "refused") return step;
    try {
      await this.deleteReplaced();
      return step;
    } catch (error) {
      return { ...step, error: error as Error };
    }
  }

  /** Each goes from the state once it has been deleted. */
  async deleteReplaced(): Promise<void> {
    for (let old = this.replaced[0]; old !== undefined; [old] = this.replaced) {
      this.meanwhile();
      await this.#call(destroy(old.outputs, this.#online()));
      this.replaced.shift();
    }
  }

  /** Replaces it whatever diff says, as `--replace` and `state taint` do. */
  async replace(program: PlainObject): Promise<Step> {
    this.startPlugin();
    return this.#withDeletions(await this.recreate(program));
  }

  /** As much of that as comes before the deletions. */
  recreate(program: PlainObject): Promise<Step> {
    return this.#create({ step: "replace" }, program, this.resource);
  }

  async refresh(): Promise<{ gone: boolean; diff: DiffResult | undefined }> {
    this.startPlugin();
    const { resource } = this;
    if (resource === undefined) throw new Error("there is no resource");
    const { id, props, inputs } = await this.#call(read(resource.id, resource.outputs, this.#online()));
    if (id === "") {
      this.resource = undefined;
      return { gone: true, diff: undefined };
    }
    // The engine shows the difference between what was read and the inputs that it had.
    const found = diff(crossing(props), resource.inputs, { now: Date.now(), refreshing: true });
    this.resource = { id, inputs: crossing(inputs), outputs: crossing(props), initErrors: [] };
    return { gone: false, diff: found };
  }

  async destroy(): Promise<void> {
    const { resource } = this;
    if (resource === undefined) throw new Error("there is no resource");
    await this.#call(destroy(resource.outputs, this.#online()));
    this.resource = undefined;
  }

  /** True where the outputs echo exactly the inputs that the engine holds. */
  get echoes(): boolean {
    const { resource } = this;
    return (
      resource !== undefined &&
      isDeepStrictEqual(sorted(pickInputs(resource.outputs)), sorted(resource.inputs))
    );
  }

  /** True where the resource was kept. */
  #keep(error: unknown, inputs: PlainObject): boolean {
    if (typeof error !== "object" || error === null || !("id" in error) || !("properties" in error))
      return false;
    const { id, properties, reasons } = error as { id: string; properties: PlainObject; reasons: string[] };
    this.resource = { id, inputs, outputs: crossing(properties), initErrors: reasons };
    return true;
  }

  #call<T>(promise: Promise<T>): Promise<T> {
    return inFakeTime(promise);
  }

  /** Each operation of the engine has a plugin process of its own. */
  startPlugin(): void {
    this.#holders = new Map();
  }

  #online() {
    const run: Session["run"] = ({ timeoutMs, option }) => {
      const { vault, sign } = this;
      const bounds = { timeoutMs: this.timeoutMs ?? timeoutMs, option };
      this.run = testRun(vault, sign === undefined ? bounds : { ...bounds, sign });
      return this.run;
    };
    // Of a session only `run` is asked for; the rest is connections.
    const session = { run } as unknown as Session;
    return { session, urn: undefined, clock: Date.now, holders: this.#holders };
  }
}

/** What is left of a value once it has crossed to the engine or back. Throws where the SDK would. */
export function crossing(value: PlainObject): PlainObject {
  return Struct.fromJavaScript(value).toJavaScript();
}

function sorted(value: PlainObject): unknown {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
