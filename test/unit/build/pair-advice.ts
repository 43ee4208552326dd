import type { KeyVaultCertificateError } from "../../../provider/errors/error";
import type { ErrorCode } from "../../../provider/errors/table";
import { Broken } from "./history-watch";
import type { ModelStack } from "./model-stack";
import type { PairWish } from "./pair-events";

/** What a user can change between two runs. */
interface Place {
  readonly stack: ModelStack;
  wish: PairWish;
}

const nothing = () => undefined;
const adopt = (place: Place) => edit(place, { adopt: true });
const deriveChain = ({ stack }: Place) => {
  stack.chain = undefined;
};

/** What each failure says is to be done, besides running `up` again. */
const nextSteps: Partial<Record<ErrorCode, (place: Place, failure: KeyVaultCertificateError) => void>> = {
  KVC_NOT_OURS: adopt,
  KVC_ALREADY_EXISTS: adopt,
  KVC_SOFT_DELETED_NOT_OURS: adopt,
  KVC_SOFT_DELETED: (place) => edit(place, { onSoftDeleted: "recover" }),
  KVC_REQUEST_IN_PROGRESS: ({ stack }) => stack.vault.deletePending(),
  KVC_NOT_CANCELLED: (place) => edit(place, { onConflict: "delete" }),
  KVC_CHAIN_WRONG_KEY: deriveChain,
  KVC_CHAIN_WITHOUT_REQUEST: (place) => {
    edit(place, { reissue: (place.wish.reissue ?? 0) + 10 });
    deriveChain(place);
  },
  KVC_NOTHING_TO_MERGE: nothing,
  KVC_REQUEST_GONE: nothing,
  KVC_REQUEST_CANCELLED: nothing,
  KVC_OUTCOME_UNKNOWN: nothing,
  KVC_TIMED_OUT: (place, { remedy }) => {
    if (remedy.includes('onConflict to "delete"')) edit(place, { onConflict: "delete" });
  },
  KVC_BUSY_TOO_LONG: nothing,
};

function edit(place: Place, wish: Partial<PairWish>): void {
  place.wish = { ...place.wish, ...wish };
}

/** Does what the failure says. */
export function doNextStep(failure: KeyVaultCertificateError, place: Place): void {
  const does = nextSteps[failure.code];
  if (does === undefined) throw new Broken(`it says nothing that could be done here: ${failure.message}`);
  does(place, failure);
}
