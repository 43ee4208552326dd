import { type CallOptions, type Exchange, isSuccess } from "./exchange";
import { failureOf, unreadableReply } from "./failure";
import { parseJson } from "./json";
import { type Outcome, type Reply } from "./outcome";
import { type VaultRequest } from "./request";
import { readServiceError } from "./service-error";
import { ShapeError } from "./shape";

/** A request and the reader of its reply, brought together. */
export interface Calls {
  /** What the reader makes of the reply. */
  readonly demand: <T>(
    request: VaultRequest,
    read: (body: unknown) => T,
    options?: CallOptions,
  ) => Promise<T>;
  /** The same; undefined for the 404 that the request names as an answer. */
  readonly find: <T>(
    request: VaultRequest,
    read: (body: unknown) => T,
    options?: CallOptions,
  ) => Promise<T | undefined>;
}

/** @param vaultUrl normalised */
export function createCalls(vaultUrl: string, exchange: Exchange): Calls {
  function readReply<T>(request: VaultRequest, reply: Reply, read: (body: unknown) => T): T {
    const body = reply.text === "" ? undefined : parseJson(reply.text);
    if (body === undefined && reply.text !== "") {
      throw unreadableReply(request, vaultUrl, reply, notJson(reply));
    }
    try {
      return read(body);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      throw unreadableReply(request, vaultUrl, reply, error.message);
    }
  }

  return {
    async demand(request, read, options = {}) {
      const settled = await exchange(request, options);
      if (isSuccessful(settled.outcome)) return readReply(request, settled.outcome, read);
      throw failureOf(request, vaultUrl, settled);
    },
    async find(request, read, options = {}) {
      const settled = await exchange(request, options);
      if (isSuccessful(settled.outcome)) return readReply(request, settled.outcome, read);
      if (isAbsence(request, settled.outcome)) return undefined;
      throw failureOf(request, vaultUrl, settled);
    },
  };
}

function isSuccessful(outcome: Outcome): outcome is Reply {
  return outcome.kind === "reply" && isSuccess(outcome.status);
}

// A 404 of a proxy, or of a URL that is no vault, has no such code: it says nothing about the certificate.
function isAbsence({ absentCode }: VaultRequest, outcome: Outcome): boolean {
  if (outcome.kind === "fault" || outcome.status !== 404) return false;
  return absentCode !== undefined && readServiceError(outcome).code === absentCode;
}

function notJson(reply: Reply): string {
  return `the body must be JSON, got ${reply.headers["content-type"] ?? "no content-type"} of ${reply.text.length} characters`;
}
