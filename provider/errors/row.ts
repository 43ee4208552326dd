/**
 * One row of the table of failures: what was demanded and what was found (`message`), what to do (`remedy`, one
 * sentence without a full stop), and whether the same call may succeed later with nothing changed (`retryable`).
 */
export interface Row<D> {
  readonly message: (details: D) => string;
  readonly remedy: (details: D) => string;
  readonly retryable: boolean;
}

export function row<D>(definition: Row<D>): Row<D> {
  return definition;
}
