import { somebody, strangersPolicy } from "./history-deeds";
import type { ModelCa } from "./model-ca";
import type { ModelRequest } from "./model-request";
import type { ModelVault } from "./model-vault";
import type { OwnPairDeed, PairDeed } from "./pair-events";
import { strangersTags } from "./situation";

interface Place {
  readonly vault: ModelVault;
  readonly ca: ModelCa;
}

/** The request that waits for a chain, where one does. */
function waiting({ stage, pending }: ModelVault): ModelRequest | undefined {
  const waits = stage === "live" && pending?.inProgress === true;
  return waits && pending.order.policy.issuerName === "Unknown" ? pending : undefined;
}

const deeds: Readonly<Record<OwnPairDeed, (place: Place, request: ModelRequest) => void>> = {
  overwritesRequest: ({ vault }) => {
    vault.deletePending();
    vault.request({
      policy: { ...strangersPolicy, issuerName: "Unknown" },
      tags: strangersTags,
      enabled: true,
    });
  },
  overwritesAlike: ({ vault }, { order: { policy } }) => {
    vault.deletePending();
    vault.request({ policy, tags: {}, enabled: true });
  },
  merges: ({ vault, ca }, { operation: { csr } }) => {
    vault.merge({ x5c: [leafOf(ca.chainOfDer(csr))] });
  },
  mergesWithoutTags: ({ vault, ca }, { operation: { csr } }) => {
    vault.merge({ x5c: [leafOf(ca.chainOfDer(csr))], tags: {} });
  },
  mergesAnother: ({ vault, ca }, { operation: { csr } }) => {
    vault.merge({ x5c: [leafOf(ca.chainFromElsewhere(csr))] });
  },
};

const isOwn = (deed: PairDeed): deed is OwnPairDeed => Object.hasOwn(deeds, deed);

/** What somebody else may do to a certificate in two resources; nothing where it is not possible. */
export function somebodyToPair(deed: PairDeed, place: Place): void {
  if (!isOwn(deed)) {
    somebody(deed, place.vault);
    return;
  }
  const request = waiting(place.vault);
  if (request !== undefined) deeds[deed](place, request);
}

/** The first certificate of a chain in PEM: DER in base64. */
export function leafOf(chain: string): string {
  const [leaf = ""] = chain.split("-----END");
  return leaf.replace(/-----BEGIN CERTIFICATE-----|\s/g, "");
}
