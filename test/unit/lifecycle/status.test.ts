import fc from "fast-check";
import {
  outcomeOfStatus,
  readStatus,
  type RequestStatus,
  statusTable,
} from "../../../provider/lifecycle/status";

describe("the table of statuses", () => {
  test.each([
    ["inProgress", "inProgress"],
    ["InProgress", "inProgress"],
    ["completed", "completed"],
    ["Completed", "completed"],
    ["complete", "completed"],
    ["cancelled", "cancelled"],
    ["canceled", "cancelled"],
    ["Cancelled", "cancelled"],
    ["failed", "failed"],
    ["Failed", "failed"],
  ])("reads %s as %s", (text, status) => {
    expect(readStatus(text)).toBe(status);
  });

  test.each(["", "pending", "Paused", "in progress", " completed", "constructor", "__proto__", "toString"])(
    "does not know %j",
    (text) => {
      expect(readStatus(text)).toBeUndefined();
    },
  );

  test("knows nothing that is not in it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const status = readStatus(text);
        if (status !== undefined) expect(Object.keys(statusTable)).toContain(status);
      }),
    );
  });

  test("ends a wait exactly at the statuses that end a request", () => {
    for (const status of Object.keys(statusTable) as RequestStatus[]) {
      expect(outcomeOfStatus[status] !== undefined).toBe(statusTable[status].terminal);
      expect(statusTable[status].next).not.toBe("");
    }
  });

  test("takes nothing that failed or was cancelled for a success", () => {
    expect(outcomeOfStatus).toEqual({
      inProgress: undefined,
      completed: "succeeded",
      cancelled: "cancelled",
      failed: "failed",
    });
  });
});
