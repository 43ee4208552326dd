import fc from "fast-check";
import { orderProgress, type Order } from "../../../../emulator/vault/order";

const order = (change: Partial<Order> = {}): Order => ({
  certificateName: "c",
  requestId: "0".repeat(32),
  issuer: "Self",
  integrated: false,
  acceptedAt: 0,
  plan: { dueAt: 100, outcome: "completed", error: undefined, statusDetails: "" },
  cancellation: undefined,
  pendingDeletedAt: undefined,
  mergedAt: undefined,
  ...change,
});

describe("the progress of an order", () => {
  test.each<[string, Partial<Order>, number, string]>([
    ["in progress until its time", {}, 99, "inProgress"],
    ["completed from its time on", {}, 100, "completed"],
    [
      "cancelled by a cancellation that takes effect first",
      { cancellation: { requestedAt: 1, takesEffectAt: 50 } },
      200,
      "cancelled",
    ],
    [
      "completed when a cancellation comes too late",
      { cancellation: { requestedAt: 1, takesEffectAt: 150 } },
      200,
      "completed",
    ],
    [
      "completed when a cancellation is ignored",
      { cancellation: { requestedAt: 1, takesEffectAt: undefined } },
      200,
      "completed",
    ],
    ["ended by the deletion of its pending object", { pendingDeletedAt: 20 }, 200, "deleted"],
    ["not ended by that at an outside CA", { pendingDeletedAt: 20, integrated: true }, 200, "completed"],
    ["completed by a merge", { mergedAt: 5 }, 6, "completed"],
  ])("is %s", (_, change, now, status) => {
    expect(orderProgress(order(change), now).status).toBe(status);
  });

  test("never changes again once it has ended", () => {
    const moment = fc.integer({ min: 0, max: 300 });
    const orders = fc.record({
      integrated: fc.boolean(),
      plan: fc.record({
        dueAt: fc.option(moment, { nil: undefined }),
        outcome: fc.constantFrom("completed" as const, "failed" as const, "cancelled" as const),
        error: fc.constant(undefined),
        statusDetails: fc.constant(""),
      }),
      cancellation: fc.option(
        fc.record({ requestedAt: moment, takesEffectAt: fc.option(moment, { nil: undefined }) }),
        { nil: undefined },
      ),
      pendingDeletedAt: fc.option(moment, { nil: undefined }),
      mergedAt: fc.option(moment, { nil: undefined }),
    });
    fc.assert(
      fc.property(orders, moment, moment, (change, now, later) => {
        const first = orderProgress(order(change), now);
        fc.pre(first.status !== "inProgress");
        expect(orderProgress(order(change), now + later)).toEqual(first);
        expect(first.endedAt).toBeLessThanOrEqual(now);
      }),
    );
  });
});
