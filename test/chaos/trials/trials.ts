import { operations } from "../plan/operations";
import { disturbed } from "./disturbed";
import { anyInstant } from "./instants";
import { interrupted, victims } from "./interrupted";
import { orphan, orphanInLine } from "./orphan";
import { oneStackTwice, racedIssuers, twoStacks } from "./racing";
import { indiscreet } from "./indiscreet";
import type { Trial } from "./trial";

const named = (...names: readonly string[]) => operations.filter(({ name }) => names.includes(name));

/** What one `up` does together. The deletes of an `up` come last, so held creates would hold them off; the rest is slow. */
const together = [
  named("create", "create manually", "update", "patch", "merge"),
  named("delete", "delete in progress"),
  named("purge"),
];

/** Every trial of the long form. */
export const allTrials: readonly Trial[] = [
  ...together.flatMap((group) => victims.map((victim) => interrupted(group, victim))),
  anyInstant,
  orphan,
  orphanInLine,
  ...racedIssuers.flatMap((issuer) => [twoStacks(issuer), oneStackTwice(issuer)]),
  disturbed(0.1),
  disturbed(0.3),
  indiscreet,
];

/** One trial of each kind, and many steps in one. */
export const shortTrials: readonly Trial[] = [
  interrupted(together[0] ?? [], "CLI and plugin"),
  interrupted(together[1] ?? [], "CLI"),
  orphan,
  twoStacks("SlowCA"),
  disturbed(0.3),
];
