import type { FaultRule } from "keyvault-certificates-emulator";

/** One certificate whose calls are disturbed in one way, and what comes of it. */
export interface Disturbed {
  /** Of which calls, by what follows the certificate's name in the path, and how. */
  readonly rule: Omit<FaultRule, "path" | "name"> & { readonly path?: string };
  /** What its row keeps showing: of an error where it was, what was found and the next step. Default: nothing. */
  readonly says?: readonly RegExp[];
  /** What its row shows for a while. */
  readonly shows?: string;
  /** The writes of that `up`, as `POST create 202`; with a `!` where the vault has carried it out. */
  readonly writes: readonly string[];
  /** `customTimeouts.create` and `update`. */
  readonly timeout?: string;
}

const page = "<!doctype html><title>Sign in</title><p>Who are you?</p>";

const misled = (authorization: string, resource: string) => ({
  status: 401,
  headers: { "WWW-Authenticate": `Bearer authorization="${authorization}", resource="${resource}"` },
});

const role = (action: string) =>
  `a role with the data action Microsoft.KeyVault/vaults/certificates/${action}`;
const ordered = "POST create 202!";

/** Those that come through by themselves. */
export const passing: Readonly<Record<string, Disturbed>> = {
  "role-on-its-way": {
    rule: { path: "/create", times: 3, effect: { refuse: "ForbiddenByRbac" } },
    says: [
      new RegExp(
        `^waiting for ${role("create/action")}, as POST /certificates/role-on-its-way/create is forbidden without one, since [\\d:]+, retried until [\\d:]+ UTC$`,
      ),
    ],
    writes: ["POST create 403", "POST create 403", "POST create 403", ordered],
  },
  throttled: {
    rule: { path: "/create", times: 2, effect: { refuse: "Throttled" } },
    shows: "the vault is throttling; next try in 1 s",
    writes: ["POST create 429", "POST create 429", ordered],
  },
  unavailable: {
    rule: { method: "GET", times: 2, effect: { status: 503 } },
    shows: "the vault answered 503; next try in 1 s",
    writes: [ordered],
  },
  "failed-order": {
    rule: { path: "/create", times: 1, effect: { status: 503 } },
    writes: ["POST create 503", ordered],
  },
  "answered-503": {
    rule: { path: "/create", times: 1, when: "after", effect: { status: 503 } },
    writes: ["POST create 503!"],
  },
  "lost-reply": {
    rule: { path: "/create", times: 1, when: "after", effect: { reset: true } },
    writes: ["POST create reset!"],
  },
  "page-for-an-order": {
    rule: {
      path: "/create",
      times: 1,
      when: "after",
      effect: { status: 200, body: page, contentType: "text/html" },
    },
    writes: ["POST create 200!"],
  },
  "cut-off-order": { rule: { path: "/create", times: 1, effect: { truncateAt: 40 } }, writes: [ordered] },
  "cut-off-look": {
    rule: { path: "/pending", times: 1, effect: { truncateAt: 40 } },
    shows: "other side closed (UND_ERR_SOCKET); next try in 1 s",
    writes: [ordered],
  },
  dribbled: { rule: { effect: { dribble: { bytes: 200, everyMs: 10 } } }, writes: [ordered] },
};

/**
 * Those that fail before anything is ordered.
 *
 * @param elsewhere the URL of a server that is no vault
 */
export const failing = (elsewhere: string): Readonly<Record<string, Disturbed>> => ({
  "no-role": {
    rule: { effect: { refuse: "ForbiddenByRbac" } },
    timeout: "5s",
    says: [
      new RegExp(`^waiting for ${role("read")}, as GET /certificates/no-role is forbidden without one, `),
      new RegExp(
        `GET /certificates/no-role needs ${role("read")}, still after \\d attempts: 403 Forbidden/ForbiddenByRbac: ".*; assign the identity a role such as "Key Vault Certificates Officer" on the vault; a new assignment takes minutes to arrive \\[KVC_FORBIDDEN_BY_RBAC\\]$`,
      ),
    ],
    writes: [],
  },
  "no-permission": {
    rule: { path: "/create", effect: { refuse: "ForbiddenByPolicy" } },
    says: [
      /POST \/certificates\/no-permission\/create needs the certificate permission "create": 403 Forbidden\/ForbiddenByPolicy: ".*; give the identity the certificate permission "create" in the vault's access policies \[KVC_FORBIDDEN_BY_POLICY\]$/,
    ],
    writes: ["POST create 403"],
  },
  "fire-wall": {
    rule: { effect: { refuse: "ForbiddenByFirewall" } },
    says: [
      /the vault's network rules do not let this machine send GET .*"Client address is not authorized.*; allow this machine's address in the vault's firewall, .* \[KVC_FORBIDDEN_BY_NETWORK\]$/,
    ],
    writes: [],
  },
  "azure-policy": {
    rule: { path: "/create", effect: { refuse: "DisallowedByAzurePolicy" } },
    says: [
      /an Azure Policy disallows POST .*"policyAssignment":\{"name":"emulator".*; change the certificate so that it fits the policy assignment that the service names \[KVC_DISALLOWED_BY_AZURE_POLICY\]$/,
    ],
    writes: ["POST create 403"],
  },
  "sign-in-page": {
    rule: { effect: { status: 200, body: page, contentType: "text/html" } },
    says: [
      /the reply of 200 to GET .* cannot be read: the body must be JSON, got text\/html of 56 characters .*no proxy answers in its place \[KVC_RESPONSE_UNREADABLE\]$/,
    ],
    writes: [],
  },
  "led-away": {
    rule: { effect: { status: 307, headers: { Location: `${elsewhere}/certificates/led-away` } } },
    says: [
      /GET .* got a reply that Key Vault does not give: 307 .*; check the vault URL, and that no proxy .* \[KVC_UNEXPECTED_REPLY\]$/,
    ],
    writes: [],
  },
  "order-led-away": {
    rule: {
      path: "/create",
      effect: { status: 308, headers: { Location: `${elsewhere}/certificates/led-away/create` } },
    },
    says: [
      /POST .* got a reply that Key Vault does not give: 308 .*; check the vault URL, and that no proxy .* \[KVC_UNEXPECTED_REPLY\]$/,
    ],
    writes: ["POST create 308"],
  },
  "other-resource": {
    rule: {
      authorized: true,
      effect: misled("https://login.microsoftonline.com/common", elsewhere),
    },
    says: [
      /but its resource was "https:\/\/vault\.azure\.net" before and is "http:.*" now; no token was sent in answer; check the vault URL, .* \[KVC_CHALLENGE_REFUSED\]$/,
    ],
    writes: [],
  },
  "other-authority": {
    rule: { authorized: true, effect: misled(`${elsewhere}/tenant`, "https://vault.azure.net") },
    says: [
      /but its authority "http:.*\/tenant" is not an https URL; no token was sent in answer; .* \[KVC_CHALLENGE_REFUSED\]$/,
    ],
    writes: [],
  },
});

/** One that fails after its order: the next `up` goes on with that. */
export const huge: Disturbed = {
  rule: { path: "/pending", effect: { padTo: 5 * 2 ** 20 } },
  says: [
    /the reply to GET .*\/pending cannot be read: a reply over 4194304 bytes; .* \[KVC_RESPONSE_UNREADABLE\]$/,
  ],
  writes: [ordered],
};
