import { dataAction } from "../errors/wire";
import { type Passing } from "./patience";
import { type RetryNote } from "./persist";

/**
 * One line for the people who watch: why it waits, and when it is tried again. What is waited for over minutes is named
 * with since when and until when, as times of day in UTC, and with what is missing.
 */
export function retryLine(note: RetryNote): string {
  const { passing } = note;
  if (passing === undefined) return `${note.reason}; next try in ${Math.ceil(note.delayMs / 1000)} s`;
  const when = `since ${timeOfDay(passing.since)}, retried until ${timeOfDay(passing.until)} UTC`;
  return `waiting for ${missing(note, passing.what)}, ${when}`;
}

function missing({ request, permission, reason }: RetryNote, what: Passing): string {
  return what === "unresolved"
    ? `the vault's host name to get an address (${reason})`
    : `a role with the data action ${dataAction(permission)}, as ${request} is forbidden without one`;
}

function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
