import type { ModelStack, StackStep, TwoResources } from "./model-stack";
import type { ModelVault } from "./model-vault";

/** The calls that change something. */
export const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

/** Throws what either of the two has failed with. */
export function succeed({ request, merge }: StackStep): void {
  for (const step of [request, merge]) {
    if (step === undefined) throw new Error("it was not run");
    if (step.error !== undefined) throw step.error;
    expect(step.failures).toBeUndefined();
  }
}

/** Nothing more to do: the next preview is quiet, and an `up` sends nothing. */
export async function expectQuiet(stack: ModelStack, given: TwoResources): Promise<void> {
  expect(stack.preview(given)).toMatchObject({
    request: { step: "same", diff: { reason: undefined, notice: undefined } },
    merge: { step: "same", diff: { reason: undefined, notice: undefined } },
  });
  expect([stack.request.echoes, stack.merge.echoes]).toEqual([true, true]);
  stack.vault.calls.length = 0;
  succeed(await stack.up(given));
  expect(stack.vault.calls).toEqual([]);
}

/** The CSR that the request hands on. */
export const csrOf = (stack: ModelStack): unknown => stack.outputs("request")["csrPem"];
