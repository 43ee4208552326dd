import { type ConflictKind } from "../errors/wire";
import { type ServiceError } from "./service-error";

export type { ConflictKind } from "../errors/wire";

const kindOfCode: Readonly<Record<string, ConflictKind>> = {
  ObjectIsDeletedButRecoverable: "softDeleted",
  ObjectIsBeingDeleted: "beingDeleted",
  ObjectIsBeingRecovered: "beingRecovered",
};

// In order. The first two kinds have no innererror; the middle three are for replies that lost theirs.
const kindOfText: readonly (readonly [RegExp, ConflictKind])[] = [
  [/pending key vault certificate's status is inProgress/i, "pendingInProgress"],
  [/conflict while (updating|deleting) pending certificate/i, "pendingConflict"],
  [/deleted but recoverable/i, "softDeleted"],
  [/(currently|is) being deleted/i, "beingDeleted"],
  [/(currently|is) being recovered/i, "beingRecovered"],
  [/already (exists|in use)|with the same name|same name (already )?exists/i, "nameTaken"],
];

/**
 * Which of the service's 409s it is: told by the codes, then by the text, as two kinds have nothing else. What fits
 * nothing is `unknown`, never a guess. The wording of `nameTaken` (a plain key or secret has the name) is documented
 * by meaning only.
 */
export function conflictKind({ code, innerCode, message }: ServiceError): ConflictKind {
  for (const said of [innerCode, code]) {
    if (said !== undefined && Object.hasOwn(kindOfCode, said)) return kindOfCode[said] ?? "unknown";
  }
  return kindOfText.find(([text]) => text.test(message ?? ""))?.[1] ?? "unknown";
}
