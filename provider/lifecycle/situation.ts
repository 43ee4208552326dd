import type { ConflictKind } from "../errors/wire";
import type { Spending } from "../vault/client";
import type { CertificateBundle, CertificateOperation, DeletedCertificate } from "../vault/model";
import type { ChainVerdict } from "./chain-verdict";
import type { ContentVerdict } from "./judge-content";
import type { OwnerMark } from "./ownership";
import type { WaitOutcome } from "./status";
import type { Wanted } from "./wanted";

/** The last request of this resource. */
export interface RememberedRequest {
  readonly requestId: string;
  /** What it was made for. */
  readonly generation: string;
  /** It was in progress when it was last looked at. */
  readonly unfinished: boolean;
  /** When it was made: RFC 3339, UTC. */
  readonly orderedOn?: string | undefined;
  /** Its CSR in PEM, by which a chain for it is told from a chain for anything else. */
  readonly csrPem?: string | undefined;
}

/** What the state says of an earlier run. */
export interface Memory {
  readonly incarnation: string;
  /** The one whose certificate this resource's create has taken over: a request of then may still give a version with its mark. */
  readonly tookOver?: string | undefined;
  /** Generation of the current version, where this resource knows it to be its own. */
  readonly generation?: string | undefined;
  /** Id of the current version when it was last seen: 32 hexadecimal digits. */
  readonly version?: string | undefined;
  readonly request?: RememberedRequest | undefined;
  /** The program asks for another version than the one before, though its policy may be the same. */
  readonly reissued?: boolean;
  /** Requests before that one, the latest first, by which a chain for one of them is recognised. */
  readonly earlierRequests?: readonly EarlierRequest[] | undefined;
}

/** A request that another has followed. */
export interface EarlierRequest {
  readonly requestId: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo, DER), upper-case hexadecimal. */
  readonly spkiSha256: string;
}

/** "absent": looked for in a vault that answered, and not there. `undefined`: not looked at. */
export type Seen<T> = T | "absent" | undefined;

/** What this run has done so far. */
export interface Progress {
  /** The earlier incarnation whose mark this create has replaced by its own. */
  readonly tookOver: string | undefined;
  /** The earlier incarnation whose soft-deleted certificate this run has recovered, or may have. */
  readonly recovered?: string | undefined;
  /** When the certificate was last looked at: Unix milliseconds. */
  readonly lookedAt: number | undefined;
  /** Requests accepted by the service in this run: at most one. */
  readonly ordered: string | undefined;
  /** When it was accepted: Unix milliseconds. */
  readonly orderedAt: number | undefined;
  /** The request that this run has waited for. */
  readonly followed: string | undefined;
  /** The service accepted a write: from here on a failure must not lose the resource. */
  readonly accepted: boolean;
  /** The reply to an order was lost once: whether it was accepted has to be looked at. */
  readonly replyLost: boolean;
  /** When that of an order was: Unix milliseconds. */
  readonly replyLostAt?: number;
  /** The attempts of writes that were given up because what they rested on had changed. */
  readonly spent?: Spending["spent"];
  /** How waiting for the request ended. */
  readonly outcome: WaitOutcome | undefined;
  /** The request that fits has given the current version. */
  readonly completed: boolean;
  /** A cancellation was asked for, and the service refused it or it was waited for. */
  readonly cancellation: "asked" | "refused" | "waited" | undefined;
  /** Tags and enabled flag were patched in this run; once is enough, whatever the service answers. */
  readonly attributesPatched: boolean;
  readonly policyPatched: boolean;
  /** After our request was found gone, certificate and pending object were looked at again. */
  readonly successorSeen: boolean;
  /** A soft-deleted certificate was recovered or purged, and the service may not show it yet. */
  readonly nameChange: "recovered" | "purged" | undefined;
  /** The certificate was deleted in this run. */
  readonly removed: boolean;
  /** The deadline passed during a pause. */
  readonly outOfTime: boolean;
  /** Milliseconds spent waiting for the name to become free. */
  readonly pausedMs: number;
}

/**
 * Everything the decision looks at. A run gathers into it, decides on it and acts, in this order:
 *
 *   scenario A  nothing there:    certificate absent → order → operation inProgress → wait → certificate again → done
 *   scenario B  crash after A's order: certificate is a placeholder with our mark → its operation → wait → … → done
 *   scenario C  other policy:     certificate issued, generation differs → order → wait → … (old version stays current)
 *   scenario D  manual:           … → operation inProgress with a CSR → done; later a chain → merge → done
 */
export interface Situation {
  readonly wanted: Wanted;
  /** Owner, this run's incarnation, and the wanted generation. */
  readonly mark: OwnerMark;
  /** `undefined` in a create. */
  readonly memory: Memory | undefined;
  /** When the run began: Unix milliseconds. Whether a version is due for renewal is judged by it. */
  readonly startedAt: number;
  readonly certificate: Seen<CertificateBundle>;
  readonly operation: Seen<CertificateOperation>;
  /** The soft-deleted certificate of that name. */
  readonly deleted: Seen<DeletedCertificate>;
  /** A 409 that the last write met, until it is dealt with. */
  readonly conflict: { readonly kind: ConflictKind; readonly words: string } | undefined;
  /** What the given chain is good for, once there is something to compare it with. */
  readonly chain: ChainVerdict | undefined;
  /** What the signer wrote in this run, for the request that there is. */
  readonly signed: string | undefined;
  /** In what the version and the request that nobody vouches for differ from what is wanted. */
  readonly content: ContentVerdict;
  readonly progress: Progress;
}

/** The situation at the beginning of a run: nothing seen, nothing done. */
export function beginning(
  wanted: Wanted,
  mark: OwnerMark,
  memory: Memory | undefined,
  startedAt: number,
): Situation {
  return {
    wanted,
    mark,
    memory,
    startedAt,
    certificate: undefined,
    operation: undefined,
    deleted: undefined,
    conflict: undefined,
    chain: undefined,
    signed: undefined,
    content: { version: [], request: [] },
    progress: {
      tookOver: undefined,
      lookedAt: undefined,
      ordered: undefined,
      orderedAt: undefined,
      followed: undefined,
      accepted: false,
      replyLost: false,
      outcome: undefined,
      completed: false,
      cancellation: undefined,
      attributesPatched: false,
      policyPatched: false,
      successorSeen: false,
      nameChange: undefined,
      removed: false,
      outOfTime: false,
      pausedMs: 0,
    },
  };
}
