import type { KeyVaultCertificateError } from "../../../provider/errors/error";
import { baseOf, generationOf } from "../../../provider/lifecycle/generation";
import { readMark } from "../../../provider/lifecycle/ownership";
import { wantedOf } from "../../../provider/plugin/inputs";
import { hiddenStateOf } from "../../../provider/plugin/state";
import { issuersCooperate } from "./history-deeds";
import type { Interruption } from "./history-events";
import { Broken, Crash, demandWords, watchWrites } from "./history-watch";
import type { Material } from "./materials";
import { type Chains, ModelCa } from "./model-ca";
import { type LeftOfTwo, ModelStack, program, type StackStep } from "./model-stack";
import { ModelVault } from "./model-vault";
import { doNextStep } from "./pair-advice";
import { somebodyToPair } from "./pair-deeds";
import { type ChainFor, firstPairWish, type PairDeed, type PairEvent, type PairWish } from "./pair-events";
import { actionsOf, isDue, lackingOfPair } from "./pair-oracle";
import { day } from "../x509/authority";

type Which = "request" | "merge";
type RunEvent = Extract<PairEvent, { kind: "up" | "replace" }>;

export interface PairMaterials {
  /** What the vault makes its keys of. */
  readonly materials: readonly Material[];
  /** What the CA gives for them, and for the foreign one. */
  readonly chains: Chains;
  /** Of a key that no vault has. */
  readonly foreign: Material;
}

/** A request, a CA and a merge, their vault, their program and everybody else, through a history. */
export class PairWorld {
  readonly stack: ModelStack;
  wish: PairWish = firstPairWish;
  /** What the last run ended in. */
  failure: KeyVaultCertificateError | undefined;
  /** The last run has succeeded, and the next one renews. */
  leavesRenewal = false;
  /** Since the last refresh something happened that no state knows of. */
  #unseen = false;
  /** State was lost: a request may be in nobody's memory, and the vault does not say whose it is. */
  #forgot = false;
  /** A create was killed, and nothing that knows of it has come into the state since. */
  #lost = false;
  #deeds = new Set<PairDeed>();
  #timePassed = false;

  constructor(private readonly made: PairMaterials) {
    this.stack = new ModelStack(new ModelVault(made.materials), new ModelCa(made.chains));
  }

  async happens(event: PairEvent): Promise<void> {
    if (event.kind === "up" || event.kind === "replace") await this.#run(event);
    else if (event.kind === "refresh") await this.refresh();
    else if (event.kind === "heed") await this.heed();
    else this.#changes(event);
  }

  #changes(event: Exclude<PairEvent, { kind: "up" | "replace" | "refresh" | "heed" }>): void {
    switch (event.kind) {
      case "edit":
        this.wish = { ...this.wish, ...event.wish };
        return;
      case "chain":
        this.stack.chain = this.#chainFor(event.of);
        return;
      case "ca":
        this.stack.caFails = event.refuses;
        return;
      case "timePasses":
        if (!this.#timePassed) jest.setSystemTime(Date.now() + 61 * day * 1000);
        this.#timePassed = true;
        return;
      case "issuer":
        Object.assign(this.stack.vault.behaviour, event.behaviour);
        return;
      case "somebody":
        this.#somebody(event.deed);
    }
  }

  #somebody(deed: PairDeed): void {
    // Without a mark the state is the authority, and one that is still to be deleted says that it is its own.
    if (deed === "removesMark" && this.stack.request.replaced.length > 0) return;
    // Beside a chain that is written down and was merged before, nothing tells the merge of it.
    if (deed === "mergesWithoutTags" && this.stack.chain !== undefined) return;
    this.#deeds.add(deed);
    this.#unseen = true;
    if (deed === "deletes") this.#forgot = true;
    somebodyToPair(deed, this.stack);
  }

  async refresh(): Promise<void> {
    await this.stack.refresh();
    this.#unseen = false;
  }

  up(): Promise<StackStep | undefined> {
    return this.#run({ kind: "up" });
  }

  /** Whoever was in the way no longer is, but for what the program itself says. */
  cooperate(): void {
    issuersCooperate(this.stack.vault);
    this.stack.caFails = false;
  }

  /** Does what the failure says, until a run succeeds. Nothing may be said twice: it has then not helped. */
  async heed(): Promise<void> {
    this.cooperate();
    const met = new Set<string>();
    for (let { failure } = this; failure !== undefined; { failure } = this) {
      const { code, message, remedy } = failure;
      const said = `${code}: ${remedy}`;
      if (met.has(said)) throw new Broken(`what it says to do does not help: ${message}`);
      met.add(said);
      doNextStep(failure, this);
      if (remedy.includes("pulumi up --refresh")) await this.refresh();
      await this.up();
    }
  }

  async #run(event: RunEvent): Promise<StackStep | undefined> {
    const { stack } = this;
    const replaced = event.kind === "replace" ? event.which : undefined;
    if (replaced !== undefined && !this.#isReplaceable(replaced)) return undefined;
    this.#boundBy(event.interruption);
    if (!this.#knowsVersion) this.#unseen = true;
    const given = this.program;
    const planned = stack.preview(given);
    const remembered = stack.request.resource !== undefined;
    this.#watch(event, given);
    const called = stack.vault.calls.length;
    const meanwhile = event.kind === "replace" ? event.meanwhile : undefined;
    stack.request.meanwhile = () => meanwhile && this.#somebody(meanwhile);
    const steps = await (replaced === undefined ? stack.up(given) : stack.replace(replaced, given));
    stack.request.meanwhile = () => undefined;
    stack.vault.onWrite = () => () => undefined;
    this.#ended(steps, remembered);
    const ordered = stack.vault.calls.slice(called).includes("createCertificate");
    if (ordered && replaced === undefined) this.#demandAnnounced(planned);
    return steps;
  }

  #isReplaceable(which: Which): boolean {
    const inProgram = which === "request" ? this.wish.left !== "none" : this.wish.left === "both";
    return inProgram && this.stack[which].resource !== undefined;
  }

  /** The current version is in the state: no request of somebody else has given it since. */
  get #knowsVersion(): boolean {
    const { request, merge, vault } = this.stack;
    if (vault.current?.cer === undefined) return true;
    const { version } = vault.current;
    return [request, merge].some(({ resource }) => resource?.outputs["version"] === version);
  }

  #boundBy(interruption: Interruption | undefined): void {
    const timeoutMs = interruption?.by === "deadline" ? 1500 * interruption.afterWrites : 600_000;
    this.stack.request.timeoutMs = timeoutMs;
    this.stack.merge.timeoutMs = timeoutMs;
  }

  #watch(event: RunEvent, { request }: LeftOfTwo): void {
    const { vault, request: engine } = this.stack;
    const replacing = event.kind === "replace" && event.which === "request";
    // A create is given no state, and so no request that it knows for its own.
    if (replacing && vault.pending?.inProgress === true) this.#forgot = true;
    const wanted = request === undefined ? "" : generationOf(wantedOf(request));
    watchWrites(vault, {
      wish: request === undefined ? { ...this.wish, adopt: false } : this.wish,
      wanted,
      creating: replacing || engine.resource === undefined,
      interruption: event.interruption,
      forgot: this.#forgot,
      removing: request === undefined,
      versionWontDo: isDue(vault, this.wish) || !this.#hasCsr(wanted, replacing) || this.#isMergedUnknown,
    });
  }

  /** Somebody has the CSR that was last made for it: the state, unless it is not given to the run, or the vault, unless its request ended without a version. */
  #hasCsr(wanted: string, replacing: boolean): boolean {
    const { vault, request } = this.stack;
    const outputs = request.resource?.outputs ?? {};
    const { ordered = "" } = hiddenStateOf(outputs) ?? {};
    const kept = !replacing && typeof outputs["csrPem"] === "string" && baseOf(ordered) === wanted;
    const { pending } = vault;
    const mayAnswer = pending?.inProgress === true || pending?.operation.status === "completed";
    const mark = mayAnswer ? readMark(pending.order.tags) : undefined;
    return kept || (mark !== undefined && baseOf(mark.generation) === wanted);
  }

  /** Somebody has merged a request that no state knows: its request resource looks for the one that it knows, and makes another. */
  get #isMergedUnknown(): boolean {
    return this.#forgot && this.#hasDone("merges", "mergesWithoutTags", "mergesAnother");
  }

  #ended({ request, merge }: StackStep, remembered: boolean): void {
    this.failure = undefined;
    this.leavesRenewal = false;
    if (this.stack.request.resource !== undefined) this.#lost = false;
    if (request.step === "refused" || merge?.step === "refused")
      throw new Broken(`refused: ${JSON.stringify([request.failures, merge?.failures])}`);
    const error: Error | Crash | undefined = request.error ?? merge?.error;
    if (error instanceof Crash) {
      this.#unseen = true;
      if (remembered) this.#forgot = true;
      else this.#lost = true;
    } else if (error !== undefined) this.failure = demandWords(error);
    else if (merge !== undefined) this.#demandQuiet(request.step === "create" || request.step === "replace");
  }

  /** A run that has succeeded leaves the next one nothing to do, and what is wanted. */
  #demandQuiet(created: boolean): void {
    const { stack } = this;
    for (const engine of [stack.request, stack.merge])
      if (engine.resource !== undefined && !engine.echoes)
        throw new Broken("the outputs do not echo the inputs");
    const { request, merge } = stack.preview(this.program);
    // A create that finds a version which is due leaves its renewal to the next run.
    this.leavesRenewal = created && request.diff?.reason?.reason === "RenewalDue";
    for (const { step, diff } of [request, ...(merge === undefined ? [] : [merge])])
      if (!this.leavesRenewal && (step !== "same" || diff?.notice !== undefined))
        throw new Broken(`the next preview has to ${step}: ${diff?.notice ?? String(diff?.differing)}`);
    const { lacks } = this;
    if (!this.#unseen && !this.leavesRenewal && lacks.length > 0)
      throw new Broken(`a run succeeded without ${lacks.join(", ")}`);
  }

  /** Of a new request the preview has spoken. */
  #demandAnnounced({ request: { step, diff } }: StackStep): void {
    if (
      step !== "update" ||
      this.#unseen ||
      /new (CSR|request)|did not get to its end/.test(diff?.notice ?? "")
    )
      return;
    throw new Broken(`the preview did not announce the new request: ${diff?.notice ?? "no notice"}`);
  }

  /** What is not as the program says, in words. */
  get lacks(): string[] {
    const { stack, wish } = this;
    const { request } = this.#programOf("request");
    return lackingOfPair({
      stack,
      wish,
      wanted: wantedOf(request ?? {}),
      // Without a merge in the program nothing puts a mark on what somebody has merged without one.
      unmarked:
        this.#hasDone("removesMark") || (wish.left === "request" && this.#hasDone("mergesWithoutTags")),
      adopted: this.#hasDone("requests", "makesVersion", "takesOver", "overwritesRequest", "overwritesAlike"),
      ended: this.#hasDone("cancelsRequest", "deletesRequest", "overwritesRequest", "overwritesAlike"),
      forgot: this.#forgot,
      lost: this.#lost,
    });
  }

  #hasDone(...deeds: readonly PairDeed[]): boolean {
    return deeds.some((deed) => this.#deeds.has(deed));
  }

  get program(): LeftOfTwo {
    return this.#programOf(this.wish.left);
  }

  #programOf(left: PairWish["left"]): LeftOfTwo {
    if (left === "none") return { request: undefined, merge: undefined };
    const { keyCurveName, team, enabled, renewed, purgeOnDelete, ...wish } = this.wish;
    const { reissue, onConflict, onSoftDeleted, adopt } = wish;
    const given = program(
      {
        policy: { subject: "CN=web.contoso.com", keyType: "EC", keyCurveName },
        renewal: renewed ? { daysBeforeExpiry: 30 } : undefined,
        ...{ reissue, onConflict, onSoftDeleted, adopt, purgeOnDelete },
      },
      { enabled, tags: team === undefined ? undefined : { team }, lifetimeActions: actionsOf(this.wish) },
    );
    return left === "both" ? given : { ...given, merge: undefined };
  }

  #chainFor(which: ChainFor): string | undefined {
    const { stack, made } = this;
    const { ca, vault, signed } = stack;
    const [current, older] = [signed.at(-1), signed.at(-2)];
    const { pending } = vault;
    switch (which) {
      case "derived":
        return undefined;
      case "current":
        return current && ca.chainOf(current);
      case "older":
        return older && ca.chainOf(older);
      case "pending":
        return pending && ca.chainOfDer(pending.operation.csr);
      case "nothing":
        return ca.chainOfDer(made.foreign.csr);
    }
  }
}
