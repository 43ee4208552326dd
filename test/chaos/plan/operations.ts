import type { FaultRule } from "keyvault-certificates-emulator";
import { certificate, type Declared, type Issuer, renewedPolicy } from "./certificates";

/**
 * A step at which an operation is interrupted. The call that stands for it is held open, and whoever is killed is killed
 * meanwhile.
 */
export interface Moment {
  readonly name: string;
  /** Default: `QuickCA`, or the operation's own. */
  readonly issuer?: Issuer;
  /** `{name}` stands for the certificate's name. */
  readonly hold: Pick<FaultRule, "method" | "skip"> & {
    readonly path: string;
    readonly when: "before" | "after";
  };
}

/** What an `up` does to each certificate of a program. */
export interface Operation {
  readonly name: string;
  readonly moments: readonly Moment[];
  /** What is there before it; `undefined`: nothing. */
  readonly before?: (name: string, issuer: Issuer) => Declared;
  /** What is wanted; `undefined`: that nothing is there. A chain for the CSR of `before` is given where `needsChain`. */
  readonly wanted?: (name: string, issuer: Issuer, chain: string | undefined) => Declared;
  readonly needsChain?: true;
  /** It takes a version of its own, and so one order; otherwise none beside the one of `before`. */
  readonly newVersion: boolean;
  /** Versions that the vault holds in the end. */
  readonly versions: number;
  /** It ends soft-deleted. */
  readonly softDeleted?: true;
}

const certificatePath = "/certificates/{name}";
const pendingPath = `${certificatePath}/pending`;
const deletedPath = "/deletedcertificates/{name}";
const versionPath = `${certificatePath}/*`;

const look = { method: "GET", path: certificatePath, when: "after" } as const;
const lookAtRequest = { method: "GET", path: pendingPath, when: "after" } as const;

/** The steps of a write: the look before it, the request on its way, and its reply. */
function write(method: string, path: string, before: Moment["hold"]): readonly Moment[] {
  return [
    { name: "before the request", hold: before },
    { name: "request under way", hold: { method, path, when: "before" } },
    { name: "reply lost", hold: { method, path, when: "after" } },
  ];
}

const issuance: readonly Moment[] = [
  ...write("POST", `${certificatePath}/create`, look),
  { name: "polling", issuer: "SlowCA", hold: lookAtRequest },
  { name: "before the state", hold: { ...look, skip: 1 } },
];

const ordered = (name: string, issuer: Issuer) => certificate(name, issuer);

/** Every operation and every step at which it is interrupted. */
export const operations: readonly Operation[] = [
  { name: "create", moments: issuance, wanted: ordered, newVersion: true, versions: 1 },
  {
    name: "create manually",
    moments: issuance
      .filter(({ name }) => name !== "polling" && name !== "before the state")
      .map((moment) => ({ ...moment, issuer: "Unknown" as const })),
    wanted: ordered,
    newVersion: true,
    versions: 0,
  },
  {
    name: "update",
    moments: issuance,
    before: ordered,
    wanted: (name, issuer) => renewedPolicy(certificate(name, issuer)),
    newVersion: true,
    versions: 2,
  },
  {
    name: "patch",
    moments: write("PATCH", versionPath, look),
    before: ordered,
    wanted: (name, issuer) => certificate(name, issuer, { enabled: false }),
    newVersion: false,
    versions: 1,
  },
  {
    name: "merge",
    moments: write("POST", `${pendingPath}/merge`, lookAtRequest).map((moment) => ({
      ...moment,
      issuer: "Unknown" as const,
    })),
    before: ordered,
    wanted: (name, issuer, chain) => certificate(name, issuer, chain === undefined ? {} : { chain }),
    needsChain: true,
    newVersion: false,
    versions: 1,
  },
  {
    name: "delete",
    moments: write("DELETE", certificatePath, look),
    before: (name, issuer) => certificate(name, issuer, { purgeOnDelete: false }),
    newVersion: false,
    versions: 0,
    softDeleted: true,
  },
  {
    name: "delete in progress",
    moments: [
      { name: "before the request", hold: lookAtRequest },
      { name: "cancellation under way", hold: { method: "PATCH", path: pendingPath, when: "before" } },
      { name: "cancellation's reply lost", hold: { method: "PATCH", path: pendingPath, when: "after" } },
      { name: "polling", hold: { ...lookAtRequest, skip: 1 } },
      { name: "deletion's reply lost", hold: { method: "DELETE", path: certificatePath, when: "after" } },
      {
        name: "request's deletion under way",
        issuer: "Unknown",
        hold: { method: "DELETE", path: pendingPath, when: "before" },
      },
      {
        name: "request's deletion's reply lost",
        issuer: "Unknown",
        hold: { method: "DELETE", path: pendingPath, when: "after" },
      },
    ],
    before: (name, issuer) =>
      certificate(name, issuer === "Unknown" ? "Unknown" : "NeverCA", { waitForCompletion: false }),
    newVersion: false,
    versions: 0,
  },
  {
    // What was purged and what is still being deleted look the same: the `up` that follows waits for 150 s.
    name: "purge",
    moments: [
      { name: "waiting for the deletion", hold: { method: "GET", path: deletedPath, when: "after" } },
      ...write("DELETE", deletedPath, { method: "GET", path: deletedPath, when: "after", skip: 1 }),
      { name: "before the state", hold: { method: "GET", path: deletedPath, when: "after", skip: 2 } },
    ],
    before: ordered,
    newVersion: false,
    versions: 0,
  },
];

/** What the certificate of a moment is called: letters, digits and hyphens. */
export const certificateOf = (operation: Operation, moment: Moment): string =>
  `${operation.name} ${moment.name}`.replaceAll("'", "").replaceAll(" ", "-");

/** Longer than it takes all of them to come, shorter than a plugin waits for a reply. */
const mostHeldMs = 25_000;

/** The rule that holds the call of a moment until it is taken away, named as its certificate. */
export function holdOf(operation: Operation, moment: Moment): FaultRule & { readonly name: string } {
  const name = certificateOf(operation, moment);
  const { path, ...rest } = moment.hold;
  return {
    ...rest,
    name,
    path: path.replace("{name}", name),
    authorized: true,
    times: 1,
    effect: { delayMs: mostHeldMs },
  };
}
