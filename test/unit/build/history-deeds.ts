import { userTags } from "../../../provider/lifecycle/ownership";
import type { Deed } from "./history-events";
import type { ModelVault } from "./model-vault";
import { strangersTags } from "./situation";

export const strangersPolicy = {
  issuerName: "DigiCert",
  subject: "CN=web.contoso.com",
  keyType: "EC",
  keyCurveName: "P-256",
  validityInMonths: 3,
} as const;

/** What somebody else may do in the vault between two runs; nothing where it is not possible. */
const deeds: Readonly<Record<Deed, (vault: ModelVault) => void>> = {
  cancelsRequest: ({ pending }) => {
    if (pending?.inProgress === true) pending.end("cancelled");
  },
  deletesRequest: (vault) => {
    if (vault.stage === "live") vault.deletePending();
  },
  addsTag: ({ current }) => {
    if (current !== undefined) current.tags = { ...current.tags, found: "by hand" };
  },
  removesMark: ({ current }) => {
    if (current !== undefined) current.tags = userTags(current.tags);
  },
  takesOver: ({ current }) => {
    if (current !== undefined) current.tags = { ...strangersTags };
  },
  disables: ({ current }) => {
    if (current?.cer !== undefined) current.enabled = false;
  },
  changesPolicy: (vault) => {
    if (vault.policySet !== undefined && vault.stage === "live")
      vault.policySet = { ...vault.policySet, validityInMonths: 24 };
  },
  deletes: (vault) => {
    if (vault.current !== undefined) vault.deleteNow();
  },
  purges: (vault) => {
    if (vault.stage === "deleted") vault.clear();
  },
  renews: (vault) => {
    const { currentVersion, pending } = vault;
    if (currentVersion !== undefined && pending?.inProgress !== true)
      vault.seed(currentVersion.bundle.tags, currentVersion.madeFrom);
  },
  makesVersion: (vault) => {
    if (vault.stage === "live" && vault.pending?.inProgress !== true)
      vault.seed(strangersTags, strangersPolicy);
  },
  requests: (vault) => {
    if (vault.stage === "live" && vault.pending?.inProgress !== true)
      vault.request({ policy: strangersPolicy, tags: strangersTags, enabled: true });
  },
};

export function somebody(deed: Deed, vault: ModelVault): void {
  deeds[deed](vault);
}

/** What becomes of the request that there is while nobody looks. */
export function requestEnds(vault: ModelVault, outcome: "completed" | "failed" | "cancelled"): void {
  const { stage, pending } = vault;
  if (stage !== "live" || pending?.inProgress !== true) return;
  // Nobody but a merge completes a request at issuer Unknown.
  if (pending.order.policy.issuerName !== "Unknown" || outcome === "cancelled") vault.end(outcome);
}

/** The service and its issuers do from now on all that they can. */
export function issuersCooperate({ behaviour, pending }: ModelVault): void {
  Object.assign(behaviour, {
    looks: 2,
    outcome: "completed",
    cancellation: "honoured",
    cancellationLooks: 1,
    deletionLooks: 2,
    writeMs: 0,
  });
  if (pending?.inProgress !== true || pending.order.policy.issuerName === "Unknown") return;
  pending.outcome = pending.operation.cancellationRequested ? "cancelled" : "completed";
  pending.looksLeft = 2;
}
