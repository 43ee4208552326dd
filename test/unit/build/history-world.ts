import { generationOf } from "../../../provider/lifecycle/generation";
import { readMark } from "../../../provider/lifecycle/ownership";
import { wantedOf } from "../../../provider/plugin/inputs";
import type { PlainObject } from "../../../provider/plugin/plain";
import { issuersCooperate, requestEnds, somebody } from "./history-deeds";
import {
  type Deed,
  firstWish,
  type HistoryEvent,
  type Interruption,
  type Replacement,
  type Wish,
} from "./history-events";
import { lacking } from "./history-oracle";
import { Broken, Crash, demandWords, watchWrites } from "./history-watch";
import { inputs } from "./inputs";
import type { Material } from "./materials";
import { ModelEngine, type Step } from "./model-engine";
import { ModelVault } from "./model-vault";

export interface SignedMaterial extends Material {
  /** What a CA signed for its key, as PEM. */
  readonly chain: string;
}

interface Doing {
  /** The run is a create: no state of the resource is given to it. */
  readonly creating: boolean;
  readonly does: () => Promise<Step>;
}

/** One resource, its vault, its program and everybody else, through a history. */
export class World {
  readonly vault: ModelVault;
  readonly engine: ModelEngine;
  wish: Wish = firstWish;
  #chain: string | undefined;
  #strangers = new Set<string>();
  /** State was lost, by a killed update or with a deleted certificate: a request may be in nobody's memory, and the vault does not say whose it is. */
  #forgot = false;

  constructor(private readonly materials: readonly SignedMaterial[]) {
    this.vault = new ModelVault(materials);
    this.engine = new ModelEngine(this.vault);
  }

  async happens(event: HistoryEvent): Promise<void> {
    if (event.kind === "up") await this.up(event.interruption);
    else if (event.kind === "replace") await this.#replace(event);
    else if (event.kind === "refresh") await this.#refresh();
    else this.#changes(event);
  }

  #changes(event: Exclude<HistoryEvent, { kind: "up" | "replace" | "refresh" }>): void {
    switch (event.kind) {
      case "edit":
        this.wish = { ...this.wish, ...event.wish };
        if (this.wish.issuerName === "Self") this.#chain = undefined;
        return;
      case "sign":
        this.#sign();
        return;
      case "issuer":
        Object.assign(this.vault.behaviour, event.behaviour);
        return;
      case "ends":
        requestEnds(this.vault, event.outcome);
        return;
      case "somebody":
        if (this.#leavesNoTrace(event.deed)) return;
        this.#strangers.add(event.deed);
        if (event.deed === "deletes") this.#forgot = true;
        somebody(event.deed, this.vault);
    }
  }

  /**
   * Without a mark the state is the authority, and one that is still to be deleted says that it is its own. Of a version without a mark that no
   * state has seen an order of a killed run takes the policy, by which alone it is judged.
   */
  #leavesNoTrace(deed: Deed): boolean {
    const { current } = this.vault;
    if (deed === "renews") return current !== undefined && readMark(current.tags) === undefined;
    const unseen = this.engine.resource?.outputs["version"] !== current?.version;
    return deed === "removesMark" && (this.engine.replaced.length > 0 || unseen);
  }

  async #refresh(): Promise<void> {
    if (this.engine.resource !== undefined) await this.engine.refresh();
  }

  up(interruption?: Interruption): Promise<Step> {
    const creating = this.engine.resource === undefined;
    return this.#run(interruption, { creating, does: () => this.engine.up(this.program) });
  }

  async #replace({ interruption, meanwhile }: Replacement): Promise<void> {
    const { engine, vault } = this;
    if (engine.resource === undefined) return;
    // A create is given no state, and so no request that it knows for its own.
    if (vault.pending?.inProgress === true) this.#forgot = true;
    engine.meanwhile = () => {
      if (meanwhile === "renews") somebody("renews", vault);
      if (meanwhile === "completes") requestEnds(vault, "completed");
    };
    await this.#run(interruption, { creating: true, does: () => engine.replace(this.program) });
    engine.meanwhile = () => undefined;
  }

  async #run(interruption: Interruption | undefined, { creating, does }: Doing): Promise<Step> {
    const { engine, vault } = this;
    engine.timeoutMs = interruption?.by === "deadline" ? 1500 * interruption.afterWrites : 90_000;
    const remembered = engine.resource !== undefined;
    const wanted = generationOf(wantedOf(this.program));
    watchWrites(vault, { wish: this.wish, wanted, creating, interruption, forgot: this.#forgot });
    const step = await does();
    vault.onWrite = () => () => undefined;
    if (step.error !== undefined) this.#failed(step.error, remembered);
    else if (engine.resource !== undefined && !engine.echoes)
      throw new Broken("the outputs do not echo the inputs");
    return step;
  }

  /** A run may fail, but only in words of the table. */
  #failed(error: Error | Crash, remembered: boolean): void {
    if (error instanceof Crash) {
      if (remembered) this.#forgot = true;
      return;
    }
    demandWords(error);
  }

  /** Everything that can let the program be fulfilled does from now on. */
  cooperate(): void {
    issuersCooperate(this.vault);
    this.#chain = undefined;
    // What is somebody else's, or is not marked as ours any more, needs the program's leave.
    const foreign = ["removesMark", "takesOver", "makesVersion", "requests"].some((deed) =>
      this.#strangers.has(deed),
    );
    this.wish = {
      ...this.wish,
      onConflict: foreign || this.#forgot ? "delete" : undefined,
      onSoftDeleted: undefined,
      waitForCompletion: undefined,
      adopt: foreign,
    };
  }

  get program(): PlainObject {
    const { issuerName, keyCurveName, actionDays, team, ...others } = this.wish;
    const lifetimeActions =
      actionDays === undefined
        ? {}
        : { lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: actionDays }] };
    return inputs({
      policy: { issuerName, subject: "CN=web.contoso.com", keyType: "EC", keyCurveName, ...lifetimeActions },
      tags: team === undefined ? undefined : { team },
      chain: this.#chain,
      ...others,
    });
  }

  /** What is not as the program says, in words. */
  get lacks(): string[] {
    const { vault, wish, engine } = this;
    const outputs = engine.resource?.outputs ?? {};
    const { taken, adopted } = {
      taken: this.#strangers.has("removesMark"),
      adopted: ["requests", "makesVersion", "takesOver"].some((deed) => this.#strangers.has(deed)),
    };
    return lacking(vault, {
      wish,
      wanted: wantedOf(this.program),
      outputs,
      unmarked: taken,
      adopted,
      forgot: this.#forgot,
      mayWait: wish.issuerName === "Unknown",
    });
  }

  #sign(): void {
    const csr = this.vault.pending?.operation.csr;
    const material = this.materials.find((made) => made.csr === csr);
    if (this.wish.issuerName !== "Self") this.#chain = material?.chain;
  }
}
