import { generationOf } from "../../../provider/lifecycle/wanted";
import { policyDifferences } from "../../../provider/lifecycle/policy";
import { readMark, userTags } from "../../../provider/lifecycle/ownership";
import { wantedOf } from "../../../provider/plugin/inputs";
import type { PlainObject } from "../../../provider/plugin/plain";
import { somebody } from "./history-deeds";
import { firstWish, type HistoryEvent, type Interruption, type Wish } from "./history-events";
import { Broken, Crash, watchWrites } from "./history-watch";
import { inputs } from "./inputs";
import type { Material } from "./materials";
import { ModelEngine, type Step } from "./model-engine";
import { ModelVault } from "./model-vault";
import { owner } from "./situation";

export interface SignedMaterial extends Material {
  /** What a CA signed for its key, as PEM. */
  readonly chain: string;
}

/** One resource, its vault, its program and everybody else, through a history. */
export class World {
  readonly vault: ModelVault;
  readonly engine: ModelEngine;
  wish: Wish = firstWish;
  #chain: string | undefined;
  #strangers = new Set<string>();

  constructor(private readonly materials: readonly SignedMaterial[]) {
    this.vault = new ModelVault(materials);
    this.engine = new ModelEngine(this.vault);
  }

  async happens(event: HistoryEvent): Promise<void> {
    switch (event.kind) {
      case "up":
        await this.up(event.interruption);
        return;
      case "edit":
        this.wish = { ...this.wish, ...event.wish };
        if (this.wish.issuerName === "Self") this.#chain = undefined;
        return;
      case "sign":
        this.#sign();
        return;
      case "refresh":
        if (this.engine.resource !== undefined) await this.engine.refresh();
        return;
      case "issuer":
        Object.assign(this.vault.behaviour, event.behaviour);
        return;
      case "ends":
        if (this.vault.stage === "live" && this.vault.pending?.inProgress === true) this.#end(event.outcome);
        return;
      case "somebody":
        this.#strangers.add(event.deed);
        somebody(event.deed, this.vault);
    }
  }

  async up(interruption?: Interruption): Promise<Step> {
    const { engine, vault } = this;
    engine.timeoutMs = interruption?.by === "deadline" ? 1500 * interruption.afterWrites : 90_000;
    const creating = engine.resource === undefined;
    const wanted = generationOf(wantedOf(this.program));
    watchWrites(vault, { wish: this.wish, wanted, creating, interruption });
    const step = await engine.up(this.program);
    vault.onWrite = () => () => undefined;
    const { error } = step;
    if (error instanceof Broken) throw error;
    if (error !== undefined && !(error instanceof Crash) && !/ \[KVC_[A-Z_]+\]$/.test(error.message))
      throw error;
    if (error?.message.endsWith("[KVC_NOT_SETTLING]") === true)
      throw new Broken(`the run did not settle: ${error.message}`);
    if (engine.resource !== undefined && !engine.echoes && step.error === undefined)
      throw new Broken("the outputs do not echo the inputs");
    return step;
  }

  /** Everything that can let the program be fulfilled does from now on. */
  cooperate(): void {
    const { behaviour, pending } = this.vault;
    Object.assign(behaviour, {
      looks: 2,
      outcome: "completed",
      cancellation: "honoured",
      cancellationLooks: 1,
      deletionLooks: 2,
    });
    if (pending?.inProgress === true && pending.order.policy.issuerName !== "Unknown") {
      pending.outcome = pending.operation.cancellationRequested ? "cancelled" : "completed";
      pending.looksLeft = 2;
    }
    this.#chain = undefined;
    const gave = (...deeds: string[]) => deeds.some((deed) => this.#strangers.has(deed));
    this.wish = {
      ...this.wish,
      onConflict: gave("requests") ? "delete" : undefined,
      onSoftDeleted: undefined,
      waitForCompletion: undefined,
      adopt: gave("removesMark", "takesOver", "makesVersion", "requests"),
    };
  }

  get program(): PlainObject {
    const { issuerName, keySize, actionDays, team, ...others } = this.wish;
    const lifetimeActions =
      actionDays === undefined
        ? {}
        : { lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: actionDays }] };
    return inputs({
      policy: { issuerName, subject: "CN=web.contoso.com", keySize, ...lifetimeActions },
      tags: team === undefined ? undefined : { team },
      chain: this.#chain,
      ...others,
    });
  }

  /** What is not as the program says, in words. Read from the vault, and not by the code under test. */
  get lacks(): string[] {
    const { vault, wish, engine } = this;
    const wanted = wantedOf(this.program);
    const { current, currentVersion, pending } = vault;
    if (current === undefined) return [`the name is ${vault.stage} and empty`];
    const mark = readMark(current.tags);
    const lacks: string[] = [];
    // Where somebody took our tag away, the state vouches for the version.
    const unmarked = mark === undefined && this.#strangers.has("removesMark");
    if (mark?.owner !== owner && !unmarked) lacks.push("the certificate is not marked as ours");
    if (userTags(current.tags)["team"] !== wish.team || "found" in current.tags) lacks.push("tags");
    const fits =
      currentVersion !== undefined &&
      policyDifferences(currentVersion.madeFrom, wanted.policy).every((name) => name === "lifetimeActions") &&
      (unmarked || mark?.generation === generationOf(wanted));
    const waits =
      wish.issuerName === "Unknown" &&
      pending?.inProgress === true &&
      readMark(pending.order.tags)?.generation === generationOf(wanted);
    if (!fits && !waits) lacks.push(`neither a version nor a request of ${generationOf(wanted)}`);
    if (fits && current.enabled !== wish.enabled) lacks.push("the enabled flag");
    if (fits && vault.policy !== undefined && policyDifferences(vault.policy, wanted.policy).length > 0)
      lacks.push("the stored policy");
    const own = pending !== undefined && readMark(pending.order.tags)?.owner === owner;
    if (fits && own && pending.inProgress) lacks.push("a request that nobody wants is in progress");
    if (fits && engine.resource?.outputs["version"] !== current.version) lacks.push("the version output");
    return lacks;
  }

  #sign(): void {
    const csr = this.vault.pending?.operation.csr;
    const material = this.materials.find((made) => made.csr === csr);
    if (this.wish.issuerName !== "Self") this.#chain = material?.chain;
  }

  #end(outcome: "completed" | "failed" | "cancelled"): void {
    // Nobody but a merge completes a request at issuer Unknown.
    const manual = this.vault.pending?.order.policy.issuerName === "Unknown";
    if (!manual || outcome === "cancelled") this.vault.end(outcome);
  }
}
