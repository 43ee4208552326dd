import type { Action } from "../decide";
import { pause, purge, recover } from "./deleted";
import { lookAtCertificate, lookAtDeleted, lookAtRequest, lookAtSuccessor, readVersion } from "./look";
import { order } from "./order";
import { awaitCancellation, cancel, deleteRequest, wait, waitForOther } from "./request";
import type { Step } from "./step";
import { sign } from "./sign";
import { merge, patchAttributes, patchPolicy, takeOver } from "./version";

/** What each action does. `done` and `fail` end the run and so do nothing. */
export const steps: Readonly<Record<Exclude<Action, "done" | "fail">, Step>> = {
  lookAtCertificate,
  lookAtRequest,
  lookAtSuccessor,
  lookAtDeleted,
  order,
  wait,
  waitForOther,
  readVersion,
  merge,
  sign,
  cancel,
  awaitCancellation,
  deleteRequest,
  recover,
  purge,
  takeOver,
  patchAttributes,
  patchPolicy,
  pause,
};
