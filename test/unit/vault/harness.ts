import { MockAgent } from "undici";
import { createVaultClient, type VaultClient } from "../../../provider/vault/client";
import type { AccessToken, GetTokenOptions, TokenCredential } from "../../../provider/vault/tokens";

export const vaultUrl = "https://contoso.vault.azure.net";
export const startOfTime = Date.UTC(2026, 0, 1);

/** A clock that moves only when someone sleeps. */
export function fakeTime() {
  let now = startOfTime;
  const slept: number[] = [];
  return {
    slept,
    clock: () => now,
    pass: (ms: number) => void (now += ms),
    sleep: (ms: number, signal?: AbortSignal): Promise<void> => {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

export interface TokenCall extends GetTokenOptions {
  readonly scopes: string | string[];
}

/** Gives token-1, token-2, … and remembers what was asked; `give` replaces one answer. */
export interface FakeCredential {
  readonly credential: TokenCredential;
  readonly calls: TokenCall[];
  readonly give: GiveToken;
}

/** Replaces one answer. */
export type GiveToken = (answer: (call: TokenCall) => Promise<AccessToken | null>) => void;

export function fakeCredential(clock: () => number, lifetimeMs = 3_600_000): FakeCredential {
  const calls: TokenCall[] = [];
  const answers: Parameters<GiveToken>[0][] = [];
  const credential: TokenCredential = {
    getToken(scopes, options) {
      const call = { scopes, ...options };
      calls.push(call);
      const answer = answers.shift();
      if (answer !== undefined) return answer(call);
      return Promise.resolve({
        token: `token-${calls.length}`,
        expiresOnTimestamp: clock() + lifetimeMs,
      });
    },
  };
  return { credential, calls, give: (answer: (typeof answers)[number]) => void answers.push(answer) };
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const challengeHeader =
  'Bearer authorization="https://login.microsoftonline.com/tenant-1", resource="https://vault.azure.net"';

export const unauthorized = {
  error: { code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token." },
};

/** A vault of prepared answers: each is given once, in the order of preparation among those of its request. */
export function fakeVault(options: { readonly url?: string; readonly lifetimeMs?: number } = {}) {
  const url = options.url ?? vaultUrl;
  const agent = new MockAgent();
  agent.disableNetConnect();
  const time = fakeTime();
  const { credential, calls: tokens, give } = fakeCredential(time.clock, options.lifetimeMs);
  const seen: Seen[] = [];

  function remember(sent: { path: string; method: string; headers: unknown; body?: unknown }): Seen {
    const body = typeof sent.body === "string" ? (JSON.parse(sent.body) as unknown) : undefined;
    const request = {
      method: sent.method,
      path: sent.path,
      headers: sent.headers as Record<string, string>,
      body,
    };
    seen.push(request);
    return request;
  }

  function on(method: string, path: string, answer: Answer | ((seen: Seen) => Answer) | Error): void {
    const withVersion = path.includes("?") ? path : `${path}?api-version=2025-07-01`;
    const intercepted = agent.get(url).intercept({ method, path: withVersion });
    if (answer instanceof Error) {
      intercepted.replyWithError(answer);
      return;
    }
    intercepted.reply((sent) => {
      const request = remember(sent as never);
      const { status, body, headers } = typeof answer === "function" ? answer(request) : answer;
      const data = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
      return { statusCode: status, data, responseOptions: { headers: headers ?? {} } };
    });
  }

  function challenge(header = challengeHeader): void {
    on("GET", "/certificates?api-version=2025-07-01&maxresults=1", {
      status: 401,
      body: unauthorized,
      headers: { "WWW-Authenticate": header },
    });
  }

  let ids = 0;
  const client: VaultClient = createVaultClient({
    vaultUrl: url,
    credential,
    dispatcher: agent,
    clock: time.clock,
    sleep: time.sleep,
    random: () => `id-${(ids += 1)}`,
  });
  return { agent, client, time, tokens, giveToken: give, seen, on, challenge };
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code: string; details: never }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code: string; details: never };
  }
  throw new Error("it did not fail");
}

export const wirePolicy = {
  id: `${vaultUrl}/certificates/web/policy`,
  key_props: { exportable: true, kty: "EC", key_size: 384, reuse_key: false, crv: "P-384" },
  secret_props: { contentType: "application/x-pem-file" },
  x509_props: {
    subject: "CN=web",
    sans: { dns_names: ["web.example"], ipAddresses: ["10.0.0.1"] },
    ekus: ["1.3.6.1.5.5.7.3.1"],
    key_usage: ["digitalSignature"],
    validity_months: 12,
    basic_constraints: { ca: false },
  },
  lifetime_actions: [{ trigger: { lifetime_percentage: 80 }, action: { action_type: "AutoRenew" } }],
  issuer: { name: "Self" },
  attributes: { enabled: true, created: 1767225600, updated: 1767225600 },
};

export const policy = {
  issuerName: "Self",
  subject: "CN=web",
  subjectAlternativeNames: { dnsNames: ["web.example"], ipAddresses: ["10.0.0.1"] },
  keyType: "EC",
  keySize: 384,
  keyCurveName: "P-384",
  exportable: true,
  reuseKey: false,
  contentType: "application/x-pem-file",
  validityInMonths: 12,
  keyUsage: ["digitalSignature"],
  enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
  lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }],
} as const;

const version = "0123456789abcdef0123456789abcdef";

export const wireBundle = {
  id: `${vaultUrl}/certificates/web/${version}`,
  kid: `${vaultUrl}/keys/web/${version}`,
  sid: `${vaultUrl}/secrets/web/${version}`,
  x5t: "hk-QJd3lTqIv0Bd9Jyx1kxcNnWI",
  cer: "MIIB",
  attributes: {
    enabled: true,
    nbf: 1767225000,
    exp: 1798761000,
    created: 1767225600,
    updated: 1767225601,
    recoveryLevel: "CustomizedRecoverable+Purgeable",
    recoverableDays: 7,
  },
  tags: { team: "web" },
  policy: wirePolicy,
  pending: { id: `${vaultUrl}/certificates/web/pending` },
};

export const bundle = {
  name: "web",
  version,
  keyId: `${vaultUrl}/keys/web/${version}`,
  secretId: `${vaultUrl}/secrets/web/${version}`,
  cer: "MIIB",
  enabled: true,
  notBefore: 1767225000,
  expiresOn: 1798761000,
  createdOn: 1767225600,
  updatedOn: 1767225601,
  recoveryLevel: "CustomizedRecoverable+Purgeable",
  recoverableDays: 7,
  tags: { team: "web" },
  policy,
  policyUpdatedOn: 1767225600,
  hasPending: true,
};

export const wireOperation = {
  id: `${vaultUrl}/certificates/web/pending`,
  issuer: { name: "Self" },
  csr: "MIIC",
  cancellation_requested: false,
  status: "inProgress",
  status_details: "Please check again later.",
  request_id: "11112222333344445555666677778888",
};

export const operation = {
  issuerName: "Self",
  csr: "MIIC",
  cancellationRequested: false,
  status: "inProgress",
  statusDetails: "Please check again later.",
  requestId: "11112222333344445555666677778888",
};

/** The object with one member, named by its path, set to a value or, for undefined, taken away. */
export function withMember(source: object, path: string, value: unknown): unknown {
  const copy = structuredClone(source) as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let target = copy;
  for (const step of steps) target = target[step] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(target, last);
  else target[last] = value;
  return copy;
}
