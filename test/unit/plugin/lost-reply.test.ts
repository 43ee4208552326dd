import { useFakeTime, useRealTime } from "../build/fake-time";
import { inputs } from "../build/inputs";
import { makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { replyLost } from "../build/model-errors";
import { ModelVault } from "../build/model-vault";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(2);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

describe("an order whose reply was lost and that failed before it was looked at", () => {
  test("is told as what failed, and not made a second time", async () => {
    const vault = new ModelVault(materials);
    const engine = new ModelEngine(vault);
    await engine.up(inputs());
    vault.onWrite = () => () => {
      if (vault.requests.length === 2) vault.end("failed");
    };
    vault.fail("createCertificate", replyLost(), { after: true });
    const { error } = await engine.up(inputs({ reissue: 2 }));
    expect(error?.message).toMatch(
      /failed with "Request rejected: .*domain is not validated".*\[KVC_REQUEST_FAILED\]$/,
    );
    expect(vault.requests).toHaveLength(2);
    expect(engine.preview(inputs({ reissue: 2 })).step).toBe("update");
  });
});
