import { codeOfForbidden } from "./forbidden";
import { type Outcome } from "./outcome";
import { type CertificatePermission } from "./request";
import { readServiceError } from "./service-error";

/**
 * What may pass by itself within minutes:
 * - `unresolved`: the host's name has no address; that of a vault made just now is not known everywhere yet
 * - `unassigned`: no role allows the request (403 ForbiddenByRbac); one assigned just now has not arrived yet
 *
 * In both cases nothing was carried out, so any request may go again.
 */
export type Passing = "unresolved" | "unassigned";

/** What a request met, if that may pass by itself. A deny assignment that the service names does not. */
export function passingOf(outcome: Outcome): Passing | undefined {
  if (outcome.kind === "fault") return outcome.fault === "unresolved" ? "unresolved" : undefined;
  if (outcome.status !== 403) return undefined;
  const error = readServiceError(outcome);
  if (codeOfForbidden(error) !== "KVC_FORBIDDEN_BY_RBAC") return undefined;
  return /DenyAssignmentId: (?!null)\S/.test(error.message ?? "") ? undefined : "unassigned";
}

/** One vault's memory of what has not passed yet. */
export interface Patience {
  /**
   * Since when (milliseconds since 1970) requests of that permission meet what this one met, and whether this one is
   * the first; undefined where it met nothing of the kind, which also ends what was remembered.
   */
  met(
    permission: CertificatePermission,
    outcome: Outcome,
    now: number,
  ): { readonly since: number; readonly first: boolean } | undefined;
}

/**
 * The memory is the vault's and not the call's: a role that is really missing costs the process one wait, not each of
 * a hundred certificates one. Roles are remembered by permission, as they nearly always hold for the whole vault.
 */
export function createPatience(): Patience {
  const met = new Map<string, number>();
  return {
    met(permission, outcome, now) {
      const passing = passingOf(outcome);
      if (passing !== "unresolved") met.delete("unresolved");
      if (passing === undefined && outcome.kind === "reply") met.delete(permission);
      if (passing === undefined) return undefined;
      const key = passing === "unresolved" ? passing : permission;
      const since = met.get(key);
      if (since === undefined) met.set(key, now);
      return { since: since ?? now, first: since === undefined };
    },
  };
}
