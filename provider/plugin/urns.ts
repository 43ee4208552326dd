/**
 * Which resource an owner is, as long as this process lives. The URN comes as a hidden input that `check` strips: kept in state it would show
 * as a change after an alias, a rename or a new parent. Check precedes Diff, Create and Update of a resource in one process,
 * so whoever has no URN here has not been checked: a refresh or a destroy.
 */
export class Urns {
  readonly #urns = new Map<string, string | undefined>();
  readonly #pinned = new Map<string, string>();

  /** `given`: the owner that the program's class sent; `pinned`: the one that the resource has had from its first run. */
  remember({ given, pinned, urn }: { given: unknown; pinned: unknown; urn: unknown }): void {
    if (typeof pinned !== "string") return;
    this.#urns.set(pinned, typeof urn === "string" ? urn : undefined);
    if (typeof given === "string") this.#pinned.set(given, pinned);
  }

  of(owner: unknown): string | undefined {
    return typeof owner === "string" ? this.#urns.get(owner) : undefined;
  }

  wasChecked(owner: unknown): boolean {
    return typeof owner === "string" && this.#urns.has(owner);
  }

  /**
   * The owner that was pinned for this given one. A replacement is checked a second time, without the old inputs; after a rename by
   * alias it would otherwise be a stranger to the certificate that it replaces.
   */
  pinnedFor(given: unknown): string | undefined {
    return typeof given === "string" ? this.#pinned.get(given) : undefined;
  }
}
