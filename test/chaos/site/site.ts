import type { OrderView } from "keyvault-certificates-emulator";
import { setTimeout as sleep } from "node:timers/promises";
import { TestVault } from "../../e2e/vault";
import { issuers } from "../plan/certificates";
import { Planted } from "./planted";
import { IdentityRelay } from "./relay";
import { ChaosStack } from "./stack";

/** What the vault has of one name. */
export interface VaultView {
  /** Id of the current version, where there is one that was issued. */
  readonly version: string | undefined;
  /** A certificate without content: what a request stands for. */
  readonly placeholder: boolean;
  /** Versions that were issued. */
  readonly versions: number;
  /** A request is in progress. */
  readonly pending: boolean;
  readonly softDeleted: boolean;
}

/** One vault, with the stacks of one trial on it. */
export class Site {
  readonly planted = new Planted();
  readonly #stacks: ChaosStack[] = [];
  static readonly #open = new Set<Site>();

  private constructor(
    readonly vault: TestVault,
    readonly relay: IdentityRelay,
  ) {}

  static async open(): Promise<Site> {
    const vault = await TestVault.start();
    const site = new Site(vault, await IdentityRelay.start(vault.emulator.identityEndpoint));
    Site.#open.add(site);
    for (const [name, behaviour] of Object.entries(issuers)) {
      await vault.byHand("PUT", `/certificates/issuers/${name}`, { provider: "Contoso" });
      vault.control.setIssuer(name, behaviour);
    }
    return site;
  }

  /** Work that opens a site and closes it, whatever becomes of the work. */
  static async with<T>(work: (site: Site) => Promise<T>): Promise<T> {
    const site = await Site.open();
    try {
      return await work(site);
    } finally {
      await site.close();
    }
  }

  /** Ends what is under way: for a suite that is told to stop. */
  static async closeAll(): Promise<void> {
    await Promise.all([...Site.#open].map((site) => site.close()));
  }

  async stack(project = "chaos"): Promise<ChaosStack> {
    const { vault, relay, planted } = this;
    const stack = await ChaosStack.create({
      vault,
      project,
      identityEndpoint: relay.url,
      planted: planted.configuration,
    });
    this.#stacks.push(stack);
    return stack;
  }

  /** All that was printed, of every stack. */
  get transcript(): string {
    return this.#stacks.map(({ transcript }) => transcript).join("\n");
  }

  /** Where a planted secret, or a token that was given out, was found in clear. */
  exposures(): Promise<string[]> {
    return this.planted.search(
      this.#stacks.map(({ folder, transcript }) => ({ folder, transcript })),
      [...this.relay.tokens],
    );
  }

  /** Waits until each of the rules has disturbed a call. */
  async held(rules: readonly { readonly name: string }[]): Promise<void> {
    const names = new Set(rules.map(({ name }) => name));
    const { faults } = this.vault.control;
    while (faults.list().some(({ name, fired }) => names.has(name) && fired === 0)) await sleep(10);
    // Fired is counted before the effect that the call has.
    await sleep(50);
  }

  /** Orders for a certificate that have neither failed nor been cancelled. */
  liveOrders(name: string): OrderView[] {
    return this.vault.orders(name).filter(({ status }) => status !== "failed" && status !== "cancelled");
  }

  async view(name: string): Promise<VaultView> {
    const [live, pending, deleted] = await Promise.all([
      this.vault.byHand("GET", `/certificates/${name}`),
      this.vault.byHand("GET", `/certificates/${name}/pending`),
      this.vault.byHand("GET", `/deletedcertificates/${name}`),
    ]);
    const issued = live.status === 200 && live.body.cer !== undefined;
    return {
      version: issued ? live.body.id.split("/").at(-1) : undefined,
      placeholder: live.status === 200 && !issued,
      versions: live.status === 200 ? await this.#countVersions(name) : 0,
      pending:
        pending.status === 200 && (pending.body as unknown as { status: string }).status === "inProgress",
      softDeleted: deleted.status === 200,
    };
  }

  async #countVersions(name: string): Promise<number> {
    const { body } = await this.vault.byHand("GET", `/certificates/${name}/versions`);
    // A version without a thumbprint was not issued.
    const { value = [] } = body as unknown as { value?: { x5t?: string }[] };
    return value.filter(({ x5t }) => (x5t ?? "") !== "").length;
  }

  async close(): Promise<void> {
    if (!Site.#open.delete(this)) return;
    for (const stack of this.#stacks) await stack.close();
    await this.relay.close();
    await this.vault.close();
  }
}
