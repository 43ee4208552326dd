import { certificateProvider } from "../../../provider/plugin/certificate-provider";
import { stateSchema } from "../../../provider/plugin/state";
import { inputs } from "../build/inputs";

const id = "https://contoso.vault.azure.net/certificates/web";
const state = { schema: stateSchema, incarnation: "0a1b2c3d" };

describe("the handlers that the plugin process calls", () => {
  test("check what crosses the wire as a plain object", () => {
    const { inputs: checked, failures } = certificateProvider().check({}, inputs({ tags: undefined }));
    expect(failures).toEqual([]);
    expect(checked).toMatchObject({ enabled: true, versionlessId: id });
  });

  test("give each failure of check in words that begin with its path, and no property: the engine would print its value", () => {
    const { failures } = certificateProvider().check({}, inputs({ certificateName: "a.b", chain: "secret" }));
    expect(failures).toEqual([
      { property: "", reason: expect.stringMatching(/^certificateName: .*no dots/) as string },
      { property: "", reason: expect.stringMatching(/^chain: is for a certificate/) as string },
    ]);
  });

  test("answer a diff without a key that is undefined: that would throw in the SDK", async () => {
    const handlers = certificateProvider();
    const { inputs: checked } = handlers.check({}, inputs());
    const olds = { ...checked, __state: state, status: "completed" };
    expect(await handlers.diff(id, olds, checked)).toEqual({ changes: false, replaces: [] });
    const changed = await handlers.diff(id, olds, { ...checked, tags: { a: "b" } });
    expect(Object.keys(changed)).toEqual(["replaces"]);
  });

  test("take a diff without a check before it for a refresh, and one with a check for an up", async () => {
    const handlers = certificateProvider();
    const { inputs: checked } = certificateProvider().check({}, inputs());
    const olds = { ...checked, __state: state, status: "failed" };
    expect(await handlers.diff(id, olds, checked)).toEqual({ changes: false, replaces: [] });
    handlers.check(checked, inputs({ __urn: "urn:pulumi:dev::p::t::web" }));
    expect(await handlers.diff(id, olds, checked)).toEqual({ changes: true, replaces: [] });
  });

  test("are configured when the call returns: the SDK lets others in while it is awaited", () => {
    const configure: (request: { config: { get: () => undefined } }) => unknown =
      certificateProvider().configure.bind(undefined);
    expect(configure({ config: { get: () => undefined } })).toBeUndefined();
  });
});
