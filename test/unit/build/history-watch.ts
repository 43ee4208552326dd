import { isError, type KeyVaultCertificateError } from "../../../provider/errors/error";
import { readMark } from "../../../provider/lifecycle/ownership";
import type { CertificateBundle } from "../../../provider/vault/model";
import type { Interruption, Wish } from "./history-events";
import { replyLost } from "./model-errors";
import type { ModelRequest } from "./model-request";
import type { Method, ModelVault } from "./model-vault";
import { owner } from "./situation";

/** What a run is held to. */
export interface Held {
  readonly wish: Pick<Wish, "adopt" | "onConflict">;
  /** The generation that the program asks for, without ordinal. */
  readonly wanted: string;
  /** The engine had no state of the resource when the run began. */
  readonly creating: boolean;
  readonly interruption: Interruption | undefined;
  /** A request of ours may be in nobody's memory: the program then says what is to become of it. */
  readonly forgot: boolean;
  /** The program is without the certificate. */
  readonly removing?: boolean;
  /** A version of what is wanted is not enough: it is due for renewal, or its CSR is wanted too and nobody has it any more. */
  readonly versionWontDo?: boolean;
}

const generationOf = ({ order }: ModelRequest) => readMark(order.tags)?.generation;
const isOurs = ({ order }: ModelRequest) => readMark(order.tags)?.owner === owner;

/**
 * Watches every write of one run: never two live orders for one wanted version, no order for what is there, one order in a run, and
 * nothing of a stranger is touched that the program does not give leave to.
 */
export function watchWrites(vault: ModelVault, held: Held): void {
  let writes = 0;
  let orders = 0;
  vault.onWrite = (method) => {
    const { stored, pending } = vault;
    const before = stored && { ...stored };
    const shown = vault.stage === "live" ? before : undefined;
    const [wasOurs, wasLive] = [pending !== undefined && isOurs(pending), pending?.inProgress === true];
    return () => {
      // An order is carried out once a purge has ended, and touches nothing of what was purged.
      demandOwnership(method, method === "createCertificate" ? shown : before, held);
      if (method === "deleteCertificate" && held.removing !== true)
        throw new Broken("the certificate was deleted");
      if (method === "createCertificate") {
        orders += 1;
        demandOneOrder(vault, shown, { held, orders });
      }
      if (held.removing !== true && (method === "cancelOperation" || method === "deleteOperation"))
        demandEnding(method, pending, { held, wasOurs, wasLive });
      writes += 1;
      interrupt(writes, held.interruption);
    };
  };
}

function interrupt(writes: number, interruption: Interruption | undefined): void {
  if (interruption?.afterWrites !== writes) return;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- see Crash
  if (interruption.by === "crash") throw new Crash();
  if (interruption.by === "lostReply") throw replyLost();
}

/** The process is killed: what has happened in the vault stays, and nothing is kept of it. No Error: nothing in the process can tell it. */
export class Crash {
  readonly name = "Crash";
}

/** One of the promises was broken. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** A run may fail, but only in words of the table. */
export function demandWords(error: Error): KeyVaultCertificateError {
  // An init error has the failure itself as its cause.
  const failure = [error, error.cause].find((one) => isError(one));
  if (failure === undefined) throw error;
  const { code, message } = failure;
  if (code === "KVC_UNEXPECTED") throw new Broken(message);
  if (code === "KVC_NOT_SETTLING") throw new Broken(`the run did not settle: ${message}`);
  return failure;
}

function demandOwnership(method: Method, before: CertificateBundle | undefined, held: Held): void {
  if (before === undefined || held.wish.adopt) return;
  if (method === "cancelOperation" || method === "deleteOperation") return;
  const mark = readMark(before.tags);
  if (mark === undefined ? held.creating : mark.owner !== owner)
    throw new Broken(`${method} touched what is ${mark === undefined ? "nobody's" : "a stranger's"}`);
}

function demandOneOrder(
  vault: ModelVault,
  before: CertificateBundle | undefined,
  { held, orders }: { held: Held; orders: number },
): void {
  if (orders > 1) throw new Broken("a run made two orders");
  if (held.removing === true) throw new Broken("an order was made for what is not in the program");
  const made = vault.requests.at(-1);
  const others = vault.requests.filter((request) => request !== made && request.inProgress);
  // One that somebody else took out of the vault can no longer be followed, and so may be made once more.
  const live = others.filter((request) => !request.detached);
  if (live.length > 0) throw new Broken("an order was made while another lives");
  const mark = before === undefined ? undefined : readMark(before.tags);
  const there = before?.cer !== undefined && mark?.owner === owner;
  if (there && held.versionWontDo !== true && mark.generation.split(".")[0] === held.wanted)
    throw new Broken("an order was made for the version that there is");
}

function demandEnding(
  method: Method,
  request: ModelRequest | undefined,
  { held, wasOurs, wasLive }: { held: Held; wasOurs: boolean; wasLive: boolean },
): void {
  if (request === undefined || !wasLive) return;
  const { onConflict } = held.wish;
  const manual = request.order.policy.issuerName === "Unknown";
  const allowed = {
    wait: [],
    fail: [],
    cancel: manual ? ["deleteOperation"] : ["cancelOperation"],
    delete: ["deleteOperation"],
    default: wasOurs ? ["cancelOperation", "deleteOperation"] : [],
  } as const;
  const methods: readonly string[] = allowed[onConflict ?? "default"];
  if (!methods.includes(method))
    throw new Broken(
      `${method} of ${wasOurs ? "our own" : "a stranger's"} request, with onConflict ${onConflict ?? "not given"}`,
    );
  // Taken over by somebody else meanwhile, or forgotten, it is not known for our own.
  if (held.forgot && onConflict !== undefined) return;
  if (!held.wish.adopt && wasOurs && generationOf(request)?.split(".")[0] === held.wanted)
    throw new Broken(`${method} ended the order for what is wanted`);
}
