/** What a refused or broken exchange with the service was. Never a body, never a header: they may hold secrets. */
export interface ExchangeDetails {
  /** Method and path, without query: `POST /certificates/web/create`. */
  readonly request: string;
  /** HTTP status of the reply. */
  readonly status: number;
  /** How often it was sent. */
  readonly attempts: number;
  /** What the identity must be allowed to do, as an access policy names it: `create`. */
  readonly permission: string;
  /** `error.code` of the service. */
  readonly serviceCode?: string | undefined;
  /** `error.innererror.code` of the service. */
  readonly innerCode?: string | undefined;
  /** `error.message` of the service. */
  readonly serviceMessage?: string | undefined;
  /** `x-ms-request-id` of the reply, for a support case. */
  readonly serviceRequestId?: string | undefined;
  /** How long it asks for no request, on a 429 or 503 with a readable Retry-After. */
  readonly retryAfterMs?: number | undefined;
}

/** What a Retry-After demands, to follow on what was answered. */
export function demanded({ retryAfterMs }: Pick<ExchangeDetails, "retryAfterMs">): string {
  return retryAfterMs === undefined
    ? ""
    : ` and asks for no request within ${Math.ceil(retryAfterMs / 1000)} s`;
}

/** The service's own words, with everything that a support case needs. */
export function said(d: ExchangeDetails): string {
  const code = [d.serviceCode, d.innerCode].filter((part) => part !== undefined).join("/");
  const text = d.serviceMessage?.replaceAll(/\s+/g, " ").trim();
  const trace = d.serviceRequestId === undefined ? "" : ` (x-ms-request-id ${d.serviceRequestId})`;
  return `${d.status}${code === "" ? "" : ` ${code}`}${text === undefined || text === "" ? "" : `: "${text}"`}${trace}`;
}
