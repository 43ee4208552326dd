import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { createCalls } from "./call";
import { type CertificateProperties, type CreateCertificateParameters } from "./certificates";
import { type CallOptions, createExchange } from "./exchange";
import {
  type CertificateBundle,
  type CertificateOperation,
  type CertificatePolicy,
  type CertificateVersionItem,
  type DeletedCertificate,
} from "./model";
import { certificateCalls, deletedCalls, pendingCalls, policyCalls } from "./operations";
import { type MergeCertificateParameters } from "./pending";
import { createSend, type SendLimits } from "./send";
import { type Sleep } from "./throttle";
import { type TokenCredential } from "./tokens";
import { normaliseVaultUrl } from "./url";
import { listVersions } from "./versions";

export type { CertificateProperties, CreateCertificateParameters } from "./certificates";
export type { CallOptions, RetryNote } from "./exchange";
export type { Spending } from "./persist";
export { maxRetryAfterMs, unspent } from "./retry";
export { retryLine } from "./retry-line";
export type { MergeCertificateParameters } from "./pending";
export type { TokenCredential } from "./tokens";

/**
 * One vault's certificates. Every call rejects with an error of the table's part "the wire"; where a result may be
 * undefined, that is the vault's own 404 for just this object, and never any other 404.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups (api-version 2025-07-01)
 */
export interface VaultClient {
  /** Normalised. */
  readonly vaultUrl: string;

  /** The current version, or the placeholder of a certificate that has never completed. */
  getCertificate(name: string, options?: CallOptions): Promise<CertificateBundle | undefined>;
  getCertificateVersion(
    name: string,
    version: string,
    options?: CallOptions,
  ): Promise<CertificateBundle | undefined>;
  /** All pages. Empty for an unknown name too. */
  listVersions(name: string, options?: CallOptions): Promise<CertificateVersionItem[]>;
  /** Orders a certificate. KVC_OUTCOME_UNKNOWN: look at the pending object before ordering again. */
  createCertificate(
    name: string,
    parameters: CreateCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateOperation>;
  /** `version` undefined: the current one. */
  updateCertificate(
    name: string,
    version: string | undefined,
    properties: CertificateProperties,
    options?: CallOptions,
  ): Promise<CertificateBundle>;

  /** With a request id: undefined also when the pending object is of another request. */
  getOperation(
    name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined>;
  /** KVC_NOT_CANCELLABLE when there is nothing left to cancel. */
  cancelOperation(
    name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined>;
  /** The pending object as it was. */
  deleteOperation(
    name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined>;
  /** KVC_OUTCOME_UNKNOWN: compare the current version with the chain before merging again. */
  mergeCertificate(
    name: string,
    parameters: MergeCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateBundle>;

  getPolicy(name: string, options?: CallOptions): Promise<CertificatePolicy>;
  /** Only what is given changes. */
  updatePolicy(
    name: string,
    policy: Partial<CertificatePolicy>,
    options?: CallOptions,
  ): Promise<CertificatePolicy>;

  /** Undefined when there is none, which after a repeated attempt may be this call's own work. */
  deleteCertificate(name: string, options?: CallOptions): Promise<DeletedCertificate | undefined>;
  getDeletedCertificate(name: string, options?: CallOptions): Promise<DeletedCertificate | undefined>;
  /** Undefined when nothing of that name is in the deleted state. */
  recoverDeletedCertificate(name: string, options?: CallOptions): Promise<CertificateBundle | undefined>;
  /** Ends well also when it was purged already. */
  purgeDeletedCertificate(name: string, options?: CallOptions): Promise<void>;
}

export interface VaultClientContext {
  /** In any spelling that `normaliseVaultUrl` takes. */
  readonly vaultUrl: string;
  readonly credential: TokenCredential;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /** Default: a timer that keeps the process alive. */
  readonly sleep?: Sleep;
  /** A new id for `x-ms-client-request-id`. Default: a random UUID. */
  readonly random?: () => string;
  /** Default: one pool per host for the whole process, through the environment's proxy. */
  readonly dispatcher?: Dispatcher;
  /** Default: as `SendLimits` says. */
  readonly limits?: Partial<SendLimits>;
}

/**
 * A client of one vault, with its own token, challenge and throttle: make one per vault and credential, as
 * `createVaultClients` does.
 *
 * @throws TypeError for a vault URL that `normaliseVaultUrl` refuses
 */
export function createVaultClient(context: VaultClientContext): VaultClient {
  const vaultUrl = normaliseVaultUrl(context.vaultUrl);
  const exchange = createExchange({
    vaultUrl,
    credential: context.credential,
    send: createSend(context.dispatcher, context.limits),
    clock: context.clock ?? Date.now,
    sleep: context.sleep ?? sleepFor,
    newRequestId: context.random ?? randomUUID,
  });
  const calls = createCalls(vaultUrl, exchange);
  return {
    vaultUrl,
    listVersions: (name, options) => listVersions(calls, vaultUrl, name, options),
    ...certificateCalls(calls),
    ...pendingCalls(calls),
    ...policyCalls(calls),
    ...deletedCalls(calls),
  };
}

/** Gives the one client of a vault, made on first use. */
export type VaultClients = (vaultUrl: string, credential: TokenCredential) => VaultClient;

/** A memory of clients: the same one for every spelling of a vault's URL and the same credential object. */
export function createVaultClients(
  context: Omit<VaultClientContext, "vaultUrl" | "credential"> = {},
): VaultClients {
  const clients = new WeakMap<TokenCredential, Map<string, VaultClient>>();
  return (text, credential) => {
    const vaultUrl = normaliseVaultUrl(text);
    const ofCredential = clients.get(credential) ?? new Map<string, VaultClient>();
    clients.set(credential, ofCredential);
    const client = ofCredential.get(vaultUrl) ?? createVaultClient({ ...context, vaultUrl, credential });
    ofCredential.set(vaultUrl, client);
    return client;
  };
}

async function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal && { signal });
  } catch (error) {
    // The timer's own AbortError says less than the reason of the caller's signal.
    signal?.throwIfAborted();
    throw error;
  }
}
