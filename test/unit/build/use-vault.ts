import { useFakeTime, useRealTime } from "./fake-time";
import { makeMaterials, type Material } from "./materials";
import { ModelEngine } from "./model-engine";
import { ModelVault } from "./model-vault";

/** A vault of its own and an engine for each test of one file, in fake time; the vault makes its keys of so many materials. */
export function useVault(count: number) {
  let materials: Material[];
  beforeAll(async () => {
    materials = await makeMaterials(count);
  });
  beforeEach(useFakeTime);
  afterEach(useRealTime);

  return function start(): { readonly vault: ModelVault; readonly engine: ModelEngine } {
    const vault = new ModelVault(materials);
    return { vault, engine: new ModelEngine(vault) };
  };
}
