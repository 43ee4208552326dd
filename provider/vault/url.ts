/**
 * The one spelling of a vault's URL, so that the same vault is the same vault: lower-case host without a trailing dot,
 * no trailing slash, no default port. Imports nothing: input checks use it too.
 *
 * @throws TypeError for anything that is not the root of an https URL, or of an http URL on loopback. The message never
 * repeats a user name or password found in the text.
 */
export function normaliseVaultUrl(text: string): string {
  const url = parse(text);
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("vault URL must not hold a user name or password");
  }
  const host = url.hostname.replace(/\.$/, "");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopbackHost(host))) {
    throw new TypeError(`vault URL must start with https:// (http:// only on loopback), got "${text}"`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new TypeError(`vault URL must end after the host, such as ${url.origin}, got "${text}"`);
  }
  return `${url.protocol}//${host}${url.port === "" ? "" : `:${url.port}`}`;
}

/**
 * True for 127.0.0.0/8, ::1 and `localhost`, and for nothing that only looks like them.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 in four decimal parts, IPv6 in brackets.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    const shown = text.replace(/\/\/.*@/, "//…@");
    throw new TypeError(`vault URL must be a URL such as https://contoso.vault.azure.net, got "${shown}"`);
  }
}
