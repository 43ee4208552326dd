import { beginning, type Situation } from "../../../provider/lifecycle/situation";
import { outputsOf } from "../../../provider/plugin/outputs";
import type { PlainObject } from "../../../provider/plugin/plain";
import {
  chainMark,
  hiddenStateOf,
  memoryOf,
  stateSchema,
  withHiddenState,
} from "../../../provider/plugin/state";
import { operation, placeholder, requestId } from "../build/certificate";
import { inputs } from "../build/inputs";
import { incarnation, markOf, otherGeneration, ourTags, situation, wanted } from "../build/situation";

const state = (changes: Record<string, unknown> = {}) => ({ schema: stateSchema, incarnation, ...changes });
const outputs = (
  changes: Record<string, unknown> = {},
  hidden: Record<string, unknown> = {},
): PlainObject => ({ requestId, status: "completed", __state: state(hidden), ...changes });

describe("what a resource remembers", () => {
  test("is nothing where its outputs are not of this package", () => {
    expect(memoryOf({})).toBeUndefined();
    expect(memoryOf({ __state: "text" })).toBeUndefined();
    expect(memoryOf({ __state: null })).toBeUndefined();
    expect(memoryOf({ __state: [] })).toBeUndefined();
  });

  test("is its incarnation, its generation and its last request", () => {
    expect(memoryOf(outputs({}, { generation: "a", ordered: "b" }))).toEqual({
      incarnation,
      generation: "a",
      request: { requestId, generation: "b", unfinished: false },
    });
  });

  test.each([
    [true, "inProgress"],
    [true, "InProgress"],
    [false, "completed"],
    [false, "failed"],
    [false, "canceled"],
  ])("is that its request is unfinished (%s) where its status was %s", (unfinished, status) => {
    expect(memoryOf(outputs({ status }, { ordered: "b" }))?.request?.unfinished).toBe(unfinished);
  });

  test("is that a request whose status is unknown may not have ended", () => {
    expect(memoryOf(outputs({ status: "Paused" }, { ordered: "b" }))?.request?.unfinished).toBe(true);
  });

  test("is no request where none was made", () => {
    expect(memoryOf(outputs({ requestId: null }))?.request).toBeUndefined();
    expect(memoryOf(outputs())?.request).toBeUndefined();
  });

  test("keeps a chain as a fingerprint, and none for none", () => {
    expect(chainMark(undefined)).toBeUndefined();
    expect(chainMark("PEM")).toMatch(/^[0-9a-f]{16}$/);
    expect(chainMark(["PEM"])).not.toBe(chainMark("PEM"));
  });

  test("goes into outputs and out of them", () => {
    const hidden = { schema: stateSchema, incarnation, generation: "a" };
    expect(hiddenStateOf(withHiddenState({ a: 1 }, hidden) as PlainObject)).toEqual(hidden);
  });
});

describe("the outputs of a run", () => {
  const echo = inputs({ enabled: true });
  const of = (s: Situation, previous: PlainObject = {}, unfinished?: string) =>
    outputsOf(s, { echo, previous, wanted: unfinished });
  const csr = Buffer.from("a request").toString("base64");
  const requested = () =>
    situation({
      certificate: placeholder({ tags: ourTags() }),
      operation: operation({ csr, issuerName: "Self" }),
    });

  test("echo every input, exactly", () => {
    expect(of(requested())).toMatchObject(echo);
  });

  test("have null for what there is not: left out, it would be unknown in each later preview", () => {
    const found = of(requested());
    for (const name of [
      "version",
      "certificateId",
      "thumbprint",
      "notBefore",
      "serialNumber",
      "operationError",
    ])
      expect(found).toHaveProperty(name, null);
  });

  test("keep what an earlier run saw where this one saw nothing", () => {
    const previous = { version: "1", thumbprint: "AB", csrPem: "PEM", requestId, status: "failed" };
    const what = wanted();
    expect(of(beginning(what, markOf(what), undefined, 0), previous)).toMatchObject(previous);
  });

  test("have the words of the service on a request, and each status in one spelling", () => {
    const error = { code: "Request rejected", message: "no" };
    const s = {
      ...requested(),
      operation: operation({ csr, status: "canceled", error, statusDetails: "words" }),
    };
    expect(of(s)).toMatchObject({
      status: "cancelled",
      statusDetails: "words",
      operationError: error,
      requestId,
    });
    expect(of({ ...s, operation: operation({ csr, status: "Paused" }) })).toMatchObject({ status: "Paused" });
    expect(of({ ...s, operation: operation({ csr, status: "Completed" }) })).toMatchObject({
      status: "completed",
      statusDetails: null,
    });
  });

  test("remember the request and what it was made for", () => {
    const hidden = hiddenStateOf(of(requested()));
    expect(hidden).toMatchObject({ schema: stateSchema, incarnation, ordered: markOf(wanted()).generation });
    const other = situation({ ...requested(), memory: undefined, progress: requested().progress });
    const foreign = {
      ...other,
      certificate: placeholder({ tags: ourTags(wanted(), { generation: otherGeneration }) }),
    };
    expect(hiddenStateOf(of(foreign))?.ordered).toBe(otherGeneration);
  });

  test("remember what was wanted where it was not reached, and only there", () => {
    expect(hiddenStateOf(of(requested()))).not.toHaveProperty("wanted");
    expect(hiddenStateOf(of(requested(), {}, "a".repeat(16)))?.wanted).toBe("a".repeat(16));
  });
});
