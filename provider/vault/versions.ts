import { type Calls } from "./call";
import { listVersionsRequest, readVersionsPage } from "./certificates";
import { type CallOptions } from "./exchange";
import { type CertificateVersionItem } from "./model";
import { ShapeError } from "./shape";

// The service's pages hold 25; a vault keeps at most some hundred versions. Only a loop of links gets here.
const maxPages = 1000;

/**
 * All versions of a certificate, page by page. A short or empty page is not the last one: only a missing `nextLink` is.
 *
 * @throws KVC_RESPONSE_UNREADABLE also for a link out of the list: the token goes to no other place
 */
export async function listVersions(
  calls: Calls,
  vaultUrl: string,
  name: string,
  options?: CallOptions,
): Promise<CertificateVersionItem[]> {
  const items: CertificateVersionItem[] = [];
  let page: Readonly<Record<string, string>> | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const request = listVersionsRequest(name, page);
    const read = (body: unknown) => {
      const { items, nextLink } = readVersionsPage(body);
      return {
        items,
        next: nextLink === undefined ? undefined : nextPage(nextLink, `${vaultUrl}${request.path}`),
      };
    };
    const { items: found, next } = await calls.demand(request, read, options);
    items.push(...found);
    if (next === undefined) return items;
    page = next;
  }
  throw new RangeError(
    `certificate "${name}" has a list of versions that does not end after ${maxPages} pages`,
  );
}

/**
 * The query of a `nextLink`. The service spells the host with an explicit `:443`, which is the same place.
 *
 * @param listUrl the list's own URL, without query
 * @throws ShapeError for a link that leads elsewhere
 */
export function nextPage(nextLink: string, listUrl: string): Record<string, string> {
  const link = URL.parse(nextLink);
  const list = new URL(listUrl);
  // Names of certificates are case-insensitive.
  const same = link?.origin === list.origin && link.pathname.toLowerCase() === list.pathname.toLowerCase();
  if (link === null || !same)
    throw new ShapeError("nextLink", `a link to ${listUrl}`, link?.origin ?? nextLink);
  return Object.fromEntries(link.searchParams);
}
