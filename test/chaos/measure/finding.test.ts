import type { VaultView } from "../site/site";
import type { StackState } from "../site/state";
import { leftOver, lost, type Wanted } from "./finding";

const vault: VaultView = {
  version: "v1",
  placeholder: false,
  versions: 1,
  pending: false,
  softDeleted: false,
};
const resource = { urn: "urn::web", outputs: { version: "v1", status: "completed" } };
const state: StackState = { certificates: { web: resource }, pendingCreates: [] };
const wanted: Wanted = { name: "web", present: true, versions: 1 };
const unwanted: Wanted = { name: "web", present: false, versions: 0 };
const nothing: StackState = { certificates: {}, pendingCreates: [] };
const inState = (outputs: object, initErrors: string[] = []): StackState => ({
  certificates: { web: { ...resource, outputs: { ...resource.outputs, ...outputs }, initErrors } },
  pendingCreates: [],
});

describe("a certificate counts as lost", () => {
  test.each<[string, StackState, VaultView]>([
    ["where the state does not have it", nothing, vault],
    ["where the vault has no version of it", state, { ...vault, version: undefined }],
    ["where state and vault name different versions", inState({ version: "v0" }), vault],
    ["where the state holds a failure of it", inState({}, ["refused"]), vault],
    ["where the state has not seen its end", inState({ status: "inProgress" }), vault],
  ])("%s", (_, seen, view) => {
    expect(lost(wanted, seen, view)).toHaveLength(1);
  });

  test("where a request that waits for its chain has been completed by nobody asked for", () => {
    expect(lost({ ...wanted, versions: 0 }, state, vault)).toHaveLength(1);
  });

  test("not where vault and state agree on it, nor where it is not wanted", () => {
    expect(lost(wanted, state, vault)).toEqual([]);
    expect(lost(unwanted, nothing, { ...vault, version: undefined })).toEqual([]);
    const waiting = inState({ version: null, status: "inProgress" });
    expect(lost({ ...wanted, versions: 0 }, waiting, { ...vault, version: undefined })).toEqual([]);
  });
});

describe("what is left over of a certificate", () => {
  const empty: VaultView = {
    version: undefined,
    placeholder: false,
    versions: 0,
    pending: false,
    softDeleted: false,
  };

  test.each<[string, Partial<VaultView>]>([
    ["a version", { versions: 1 }],
    ["a placeholder", { placeholder: true }],
    ["a request in progress", { pending: true }],
    ["a soft-deleted certificate", { softDeleted: true }],
  ])("is %s that nobody wants", (_, view) => {
    expect(
      leftOver(unwanted, { state: nothing, vault: { ...empty, ...view }, ordersInProgress: 0 }),
    ).toHaveLength(1);
  });

  test("is an order that goes on for nobody, and an entry of the state", () => {
    expect(leftOver(unwanted, { state, vault: empty, ordersInProgress: 1 })).toHaveLength(2);
  });

  test("is a version beside those that are wanted", () => {
    expect(leftOver(wanted, { state, vault: { ...vault, versions: 2 }, ordersInProgress: 0 })).toHaveLength(
      1,
    );
  });

  test("is nothing where all of it is wanted", () => {
    const waits = { ...empty, placeholder: true, pending: true };
    expect(leftOver(wanted, { state, vault, ordersInProgress: 0 })).toEqual([]);
    expect(leftOver({ ...wanted, versions: 0 }, { state, vault: waits, ordersInProgress: 1 })).toEqual([]);
    const kept = { ...empty, softDeleted: true };
    expect(
      leftOver({ ...unwanted, softDeleted: true }, { state: nothing, vault: kept, ordersInProgress: 0 }),
    ).toEqual([]);
  });
});
