import { startEmulator, type Emulator, type EmulatorOptions } from "keyvault-certificates-emulator";

export const apiVersion = "2025-07-01";

/** A clock that stands still until it is moved. */
export class ManualClock {
  constructor(public milliseconds = Date.UTC(2026, 0, 31, 12, 0, 0)) {}
  readonly read = (): number => this.milliseconds;
  advance(by: number): void {
    this.milliseconds += by;
  }
}

export interface PolicyBody {
  readonly key_props: object;
  readonly x509_props: { readonly subject: string; readonly ekus: string[]; readonly sans?: object };
  readonly attributes: { readonly enabled: boolean; readonly created: number; readonly updated: number };
}

/** The members of every reply that a test looks at; which of them are there is for the test to say. */
export interface ReplyBody extends PolicyBody {
  readonly id: string;
  readonly x5t: string;
  readonly cer: string;
  readonly csr: string;
  readonly kid: string;
  readonly sid: string;
  readonly status: string;
  readonly status_details?: string;
  readonly request_id: string;
  readonly cancellation_requested: boolean;
  readonly target?: string;
  readonly attributes: PolicyBody["attributes"] & { readonly nbf: number; readonly exp: number };
  readonly tags?: Record<string, string>;
  readonly policy?: PolicyBody;
  readonly pending?: object;
  readonly nextLink: string | null;
  readonly value: unknown;
  readonly error: { readonly code: string; readonly message: string; readonly innererror?: { code: string } };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReplyBody;
}

/** An emulator with a manual clock, and a client that speaks plain HTTP to it. */
export class Bench {
  token = "";

  private constructor(
    readonly emulator: Emulator,
    readonly clock: ManualClock,
  ) {}

  static async start(options: EmulatorOptions = {}): Promise<Bench> {
    const clock = new ManualClock();
    const bench = new Bench(await startEmulator({ clock: clock.read, ...options }), clock);
    bench.token = await bench.newToken("https://vault.azure.net");
    return bench;
  }

  async newToken(resource: string): Promise<string> {
    const { identityEndpoint, identityHeader } = this.emulator;
    const query = new URLSearchParams({ resource, "api-version": "2019-08-01" });
    const reply = await fetch(`${identityEndpoint}?${query.toString()}`, {
      headers: { "X-IDENTITY-HEADER": identityHeader },
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    return token;
  }

  /** `path` without a query gets the API version. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const url = path.startsWith("http") ? path : this.emulator.url + path;
    const query = url.includes("api-version=")
      ? ""
      : `${url.includes("?") ? "&" : "?"}api-version=${apiVersion}`;
    const reply = await fetch(url + query, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        "content-type": "application/json",
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    return {
      status: reply.status,
      headers: reply.headers,
      body: (text === "" ? undefined : JSON.parse(text)) as ReplyBody,
    };
  }

  /** Moves the clock by more than a token lives. */
  async travel(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    this.token = await this.newToken("https://vault.azure.net");
  }

  get = (path: string): Promise<Reply> => this.call("GET", path);
  post = (path: string, body?: unknown): Promise<Reply> => this.call("POST", path, body);
  patch = (path: string, body?: unknown): Promise<Reply> => this.call("PATCH", path, body);
  put = (path: string, body?: unknown): Promise<Reply> => this.call("PUT", path, body);
  delete = (path: string): Promise<Reply> => this.call("DELETE", path);

  /** Requests a certificate; EC by default, whose key is made at once. */
  create(name: string, policy: object = {}, rest: object = {}): Promise<Reply> {
    return this.post(`/certificates/${name}/create`, { policy: { ...ecPolicy("Self"), ...policy }, ...rest });
  }

  /** Requests a certificate from Self and lets it complete. */
  async issue(name: string, policy: object = {}, rest: object = {}): Promise<Reply> {
    await this.create(name, policy, rest);
    this.clock.advance(5000);
    return this.get(`/certificates/${name}`);
  }

  /** Deletes a certificate and lets the deletion take effect. */
  async remove(name: string): Promise<Reply> {
    const reply = await this.delete(`/certificates/${name}`);
    this.clock.advance(300);
    return reply;
  }
}

export const ecPolicy = (issuer: string): object => ({
  issuer: { name: issuer },
  key_props: { kty: "EC", crv: "P-256" },
  x509_props: { subject: "CN=www.example.com" },
});

/** What an error reply says: status, code, message and inner code. */
export const refusal = ({ status, body: { error } }: Reply): unknown => [
  status,
  error.code,
  error.message,
  error.innererror?.code,
];
