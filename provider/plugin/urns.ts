/**
 * Which resource an owner is, as long as this process lives. The URN comes as a hidden input that `check` strips: kept in state it would show
 * as a change after an alias, a rename or a new parent. Check precedes Diff, Create and Update of a resource in one process,
 * so whoever has no URN here has not been checked: a refresh or a destroy.
 */
export class Urns {
  readonly #urns = new Map<string, string | undefined>();

  remember(owner: unknown, urn: unknown): void {
    if (typeof owner === "string") this.#urns.set(owner, typeof urn === "string" ? urn : undefined);
  }

  of(owner: unknown): string | undefined {
    return typeof owner === "string" ? this.#urns.get(owner) : undefined;
  }

  wasChecked(owner: unknown): boolean {
    return typeof owner === "string" && this.#urns.has(owner);
  }
}
