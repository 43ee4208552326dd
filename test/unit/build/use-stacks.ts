import { useFakeTime, useRealTime } from "./fake-time";
import { makeMaterials, type Material } from "./materials";
import { type ModelStack, modelStacks, program, type TwoResources } from "./model-stack";
import { succeed } from "./stack-checks";

/** Stacks of a request, a CA and a merge for the tests of one file, each on a vault of its own and in fake time. */
export function useStacks() {
  let materials: Material[];
  let newStack: () => ModelStack;
  beforeAll(async () => {
    materials = await makeMaterials(4);
    newStack = await modelStacks(materials);
  });
  beforeEach(useFakeTime);
  afterEach(useRealTime);

  return {
    /** What the vaults make their keys of, in that order. */
    materials: () => materials,
    newStack: () => newStack(),
    /** A stack after a first `up`, with no call of it remembered. */
    made: async (given: TwoResources = program()): Promise<ModelStack> => {
      const stack = newStack();
      succeed(await stack.up(given));
      stack.vault.calls.length = 0;
      return stack;
    },
  };
}
