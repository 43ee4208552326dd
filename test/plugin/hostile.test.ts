import type { ServiceError } from "@grpc/grpc-js";
import { useBench } from "./bench";
import { sdks } from "./programs";
import { certificate, policy, registerIssuer } from "./resource";

/**
 * The real handlers, given property bags that no wire could carry: as if something of the kind had come from a library or a reply.
 * A value that the SDK cannot encode throws after the certificate exists, and in an init error the call never answers.
 */
const hostileText = `exports.handler = () => {
  const { Certificate } = require("pulumi-keyvault-certificates/provider");
  class Thing { constructor() { this.kept = 1; this.method = () => 2; } }
  const loop = { name: "loop" };
  loop.self = loop;
  const hostile = () => ({
    nothing: undefined, inList: [undefined, () => 1, Symbol("s")], date: new Date(0), never: new Date(NaN),
    bytes: Buffer.from("bytes"), array: new Uint8Array([1, 2]), big: 12345678901234567890n, number: NaN, endless: -Infinity,
    map: new Map([["key", new Set([1n])]]), thing: new Thing(), error: new Error("words"), loop, empty: Object.create(null),
  });
  return {
    ...Certificate,
    create: (inputs) => Certificate.create({ ...inputs, reissue: hostile(), __owner: inputs.__owner, gone: undefined }),
    update: (id, olds, news) => Certificate.update(id, { ...olds, statusDetails: hostile() }, { ...news, reissue: hostile() }),
  };
};`;

const plain = {
  inList: [null, null, null],
  date: "1970-01-01T00:00:00.000Z",
  never: null,
  bytes: "Ynl0ZXM=",
  array: "AQI=",
  big: "12345678901234567890",
  number: null,
  endless: null,
  map: { key: ["1"] },
  thing: { kept: 1 },
  error: "words",
  loop: { name: "loop" },
  empty: {},
};

describe.each(sdks)("values that the wire cannot carry, $sdk", ({ program }) => {
  const bench = useBench(program);
  const inputs = (name: string, issuer: string) =>
    certificate(bench.emulator, name, { __provider: hostileText, policy: policy(issuer), enabled: true });

  beforeAll(async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    await registerIssuer(bench.emulator, "ContosoCA");
  });

  test("a create and an update answer, with such values as plain JSON", async () => {
    const { rpc } = await bench.start();
    const news = inputs("hostile", "Self");
    const { id, outputs } = await rpc.create(news);
    expect(outputs).toMatchObject({ status: "completed", reissue: plain });
    const updated = await rpc.update(id, outputs, { ...news, tags: { a: "1" } });
    expect(updated.outputs).toMatchObject({ status: "completed", reissue: plain, tags: { a: "1" } });
  });

  test("an init error with such values answers too, and keeps everything else", async () => {
    const { rpc } = await bench.start();
    const error: unknown = await rpc
      .create(inputs("hostile-failure", "ContosoCA"))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ details: expect.stringContaining("[KVC_REQUEST_FAILED]") });
    const failure = rpc.initFailureOf(error as ServiceError);
    expect(failure?.properties).toMatchObject({
      __provider: hostileText,
      certificateName: "hostile-failure",
      reissue: plain,
      status: "failed",
    });
  });
});
