import { type JsonObject } from "./shape";

/** The api-version of every request; the newest that is generally available (TypeSpec, read 2026). */
export const apiVersion = "2025-07-01";

/** The permission's name in an access policy; the data action of a role has the same last word. */
export type CertificatePermission = "create" | "get" | "list" | "update" | "delete" | "recover" | "purge";

/** One call of the service as a value. */
export interface VaultRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Encoded, from the root of the vault: `/certificates/web/pending`. */
  readonly path: string;
  /** Beside `api-version`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly certificateName?: string;
  /** What the identity must be allowed to do. */
  readonly permission: CertificatePermission;
  /** Sending it again after it may have been carried out does nothing that once would not have done. */
  readonly repeatable: boolean;
  /** The `error.code` of the 404 that is an answer and not a failure. */
  readonly absentCode?: "CertificateNotFound" | "PendingCertificateNotFound";
}

/** `/certificates/{name}` and what follows, each segment encoded. */
export function certificatePath(name: string, ...rest: readonly string[]): string {
  return path("certificates", name, ...rest);
}

/** `/deletedcertificates/{name}` and what follows, each segment encoded. */
export function deletedCertificatePath(name: string, ...rest: readonly string[]): string {
  return path("deletedcertificates", name, ...rest);
}

/** Path and query as they go on the wire. */
export function target(request: VaultRequest): string {
  const query = new URLSearchParams({ "api-version": apiVersion, ...request.query });
  return `${request.path}?${query.toString()}`;
}

/** Method and path, without query: how a message names a request. */
export function describeRequest(request: VaultRequest): string {
  return `${request.method} ${request.path}`;
}

function path(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encode(segment)}`).join("");
}

function encode(segment: string): string {
  // An empty or dotted segment would leave the path of another object: DELETE of "/certificates/..", for one.
  if (segment === "" || segment === "." || segment === "..") {
    throw new TypeError(`certificate name and version must be a path segment, got "${segment}"`);
  }
  return encodeURIComponent(segment);
}
