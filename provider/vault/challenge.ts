import { isLoopbackHost } from "./url";

/** What a vault demands in the `WWW-Authenticate` of its 401. */
export interface Challenge {
  /** The authority that issues the token: `https://login.microsoftonline.com/{tenant}`. */
  readonly authorization: string;
  /** What the token is for: `https://vault.azure.net`. */
  readonly resource: string;
  /** `resource` as a scope: `https://vault.azure.net/.default`. */
  readonly scope: string;
  /** The last path segment of `authorization`. */
  readonly tenantId?: string;
  /** What a new token must satisfy, as JSON: the old one was withdrawn (continuous access evaluation). */
  readonly claims?: string;
}

/**
 * The Bearer challenge of a `WWW-Authenticate` header, in the service's form (`authorization`, `resource`) and in the
 * forms that its clients know beside it (`authorization_uri`, `scope`). Undefined when there is none, or one without
 * both halves.
 *
 * @see RFC 9110, section 11.6.1
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const { authorization, authorization_uri, resource, scope, ...rest } = bearerParameters(header ?? "");
  const authority = authorization ?? authorization_uri;
  const named = (resource ?? scope)?.replace(/\/?\.default$/, "").replace(/\/$/, "");
  if (authority === undefined || named === undefined) return undefined;
  const tenantId = lastPathSegment(authority);
  const claims = claimsOf(rest);
  return {
    authorization: authority,
    resource: named,
    scope: `${named}/.default`,
    ...(tenantId !== undefined && { tenantId }),
    ...(claims !== undefined && { claims }),
  };
}

function claimsOf({ error, claims }: Parameters): string | undefined {
  if (error !== "insufficient_claims" || claims === undefined) return undefined;
  return Buffer.from(claims, "base64").toString("utf8");
}

/**
 * Why a token for this challenge must not go to this vault; undefined when it may. It may go to an https host that the
 * resource covers (the resource's own host, or one below it), and to loopback, whatever the resource. The authority
 * must be https in any case.
 *
 * @param vaultUrl normalised
 */
export function refusalOf(challenge: Challenge, vaultUrl: string): string | undefined {
  const vault = new URL(vaultUrl);
  if (parseHttps(challenge.authorization) === undefined) {
    return `its authority "${challenge.authorization}" is not an https URL`;
  }
  if (challenge.tenantId !== undefined && !/^[\w.-]+$/.test(challenge.tenantId)) {
    return `its authority "${challenge.authorization}" ends in no tenant's id or name`;
  }
  if (isLoopbackHost(vault.hostname)) return undefined;
  if (vault.protocol !== "https:") return "a token goes to an https vault only";
  const resource = parseHttps(challenge.resource);
  if (resource === undefined) return `its resource "${challenge.resource}" is not an https URL`;
  if (!covers(resource.hostname.replace(/\.$/, ""), vault.hostname)) {
    return `its resource "${challenge.resource}" does not cover the host "${vault.hostname}"`;
  }
  return undefined;
}

// "evilvault.azure.net" ends with "vault.azure.net": the dot before it is what makes the difference. An address covers
// itself only, as "10.0.0.5" is not below "0.0.5"; and a single label ("net") covers only itself.
function covers(resourceHost: string, host: string): boolean {
  if (host === resourceHost) return true;
  return resourceHost.includes(".") && !/^[\d.]+$|^\[/.test(host) && host.endsWith(`.${resourceHost}`);
}

function parseHttps(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === "https:" ? url : undefined;
}

function lastPathSegment(url: string): string | undefined {
  return URL.parse(url)
    ?.pathname.split("/")
    .findLast((segment) => segment !== "");
}

type Parameters = Readonly<Record<string, string | undefined>>;

// A scheme's name, or a parameter of the scheme before it: `name=token` or `name="quoted \" string"`.
const piece = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w-]+)/g;

/** The parameters of the first Bearer challenge that has any, names in lower case; of a repeated one the first. */
function bearerParameters(header: string): Parameters {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, name, quoted, token, scheme] of header.matchAll(piece)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const parameters = challenges.at(-1)?.parameters;
    if (name === undefined || parameters === undefined) continue;
    parameters[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "";
  }
  const bearers = challenges.filter(({ scheme }) => scheme === "bearer");
  return bearers.find(({ parameters }) => Object.keys(parameters).length > 0)?.parameters ?? {};
}
