import { Bench, type Reply } from "./harness";

describe("a list of the emulator", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const pages = async (path: string): Promise<Reply[]> => {
    const replies = [await bench.get(path)];
    for (let next = replies[0]?.body.nextLink; next !== null; next = replies.at(-1)?.body.nextLink) {
      replies.push(await bench.get(next as string));
    }
    return replies;
  };
  const names = (replies: Reply[]): string[][] =>
    replies.map(({ body }) => (body.value as { id: string }[]).map(({ id }) => id.split("/").at(-1) ?? ""));

  test("of certificates pages by maxresults, with a nextLink that names the port and drops includePending", async () => {
    for (const name of ["b", "a", "c"]) await bench.issue(name);
    const first = await bench.get("/certificates?maxresults=2&includePending=true");
    const { origin } = new URL(bench.emulator.url);
    expect(first.body.nextLink).toMatch(
      new RegExp(
        `^${origin}/certificates\\?api-version=2025-07-01&\\$skiptoken=[A-Za-z0-9%+/]+&maxresults=2$`,
      ),
    );
    expect(names(await pages("/certificates?maxresults=2"))).toEqual([["a", "b"], ["c"]]);
  });

  test("has empty pages in the place of deleted certificates", async () => {
    for (const name of ["a", "b", "c"]) await bench.issue(name);
    await bench.remove("b");
    expect(names(await pages("/certificates?maxresults=1"))).toEqual([["a"], [], ["c"]]);
    expect(names(await pages("/deletedcertificates?maxresults=1"))).toEqual([[], ["b"], []]);
  });

  test("leaves out certificates that never completed, unless they are asked for on the first page", async () => {
    await bench.issue("a");
    await bench.create("b");
    expect(names(await pages("/certificates"))).toEqual([["a"]]);
    expect(names(await pages("/certificates?includePending=true&maxresults=1"))).toEqual([["a"], ["b"]]);
  });

  test("shows entries without version, with thumbprint, tags and an empty subject", async () => {
    const { body } = await bench.issue("a", {}, { tags: { x: "y" } });
    const { enabled, nbf, exp, created, updated } = body.attributes;
    expect((await bench.get("/certificates")).body).toEqual({
      value: [
        {
          id: `${bench.emulator.url}/certificates/a`,
          x5t: body.x5t,
          attributes: { enabled, nbf, exp, created, updated },
          tags: { x: "y" },
          subject: "",
        },
      ],
      nextLink: null,
    });
  });

  test("of versions is sorted by their ids, and empty for an unknown name", async () => {
    for (let count = 0; count < 4; count += 1) await bench.issue("a");
    const [versions] = names(await pages("/certificates/a/versions"));
    expect(versions).toHaveLength(4);
    expect(versions).toEqual([...(versions ?? [])].sort());
    expect((await bench.get("/certificates/none/versions")).body).toEqual({ value: [], nextLink: null });
  });

  test("of deleted certificates shows dates and recovery level, and no subject", async () => {
    await bench.issue("a");
    await bench.remove("a");
    const { value } = (await bench.get("/deletedcertificates")).body as { value: object[] };
    expect(Object.keys(value[0] ?? {})).toEqual([
      "recoveryId",
      "deletedDate",
      "scheduledPurgeDate",
      "id",
      "x5t",
      "attributes",
    ]);
  });

  test.each(["0", "26", "x"])("refuses maxresults=%s", async (size) => {
    expect((await bench.get(`/certificates?maxresults=${size}`)).status).toBe(400);
  });

  test("holds at most 25 entries without maxresults", async () => {
    await Promise.all(Array.from({ length: 26 }, (_, index) => bench.create(`n${index}`)));
    const replies = await pages("/certificates?includePending=true");
    expect(names(replies).map(({ length }) => length)).toEqual([25, 1]);
  });
});
