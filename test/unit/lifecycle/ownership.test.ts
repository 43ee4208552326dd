import fc from "fast-check";
import { markedTags, ownerTag, readMark, userTags, writeMark } from "../../../provider/lifecycle/ownership";

const hex = (minLength: number, maxLength: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${minLength},${maxLength}}$`));
const someMark = fc.record({ owner: hex(8, 64), incarnation: hex(4, 64), generation: hex(8, 64) });
const someTags = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 10 }).filter((name) => name !== ownerTag && name !== "__proto__"),
  fc.string({ maxLength: 20 }),
  { maxKeys: 5, noNullPrototype: true },
);

describe("the owner's mark", () => {
  const mark = { owner: "0123456789abcdef", incarnation: "0a1b2c3d", generation: "fedcba9876543210" };

  test("is one tag, pinned: every certificate in use has it so", () => {
    expect(markedTags({}, mark)).toEqual({
      "pulumi-keyvault-certificates":
        "owner=0123456789abcdef incarnation=0a1b2c3d generation=fedcba9876543210",
    });
  });

  test("is read as it was written, and leaves the user's tags alone", () => {
    fc.assert(
      fc.property(someMark, someTags, (some, tags) => {
        const marked = markedTags(tags, some);
        expect(readMark(marked)).toEqual(some);
        expect(userTags(marked)).toEqual(tags);
        expect(markedTags(userTags(marked), some)).toEqual(marked);
      }),
    );
  });

  test("is shorter than the 256 characters that a tag holds", () => {
    const longest = { owner: "f".repeat(64), incarnation: "f".repeat(64), generation: "f".repeat(64) };
    expect(writeMark(longest).length).toBeLessThan(256);
  });

  test("is nothing where it is not to be written", () => {
    fc.assert(fc.property(someTags, (tags) => expect(markedTags(tags, undefined)).toEqual(tags)));
  });

  test.each([
    ["no tag", {}],
    ["a tag of another name", { owner: writeMark(mark) }],
    ["an empty tag", { [ownerTag]: "" }],
    ["a part missing", { [ownerTag]: "owner=0123456789abcdef generation=fedcba9876543210" }],
    ["parts in another order", { [ownerTag]: "generation=fedcba98 incarnation=0a1b owner=01234567" }],
    ["an owner that is no hash", { [ownerTag]: "owner=me incarnation=0a1b generation=fedcba98" }],
    ["upper case", { [ownerTag]: writeMark(mark).toUpperCase() }],
    ["more behind it", { [ownerTag]: `${writeMark(mark)} and more` }],
    ["a line break behind it", { [ownerTag]: `${writeMark(mark)}\n` }],
    ["one before it", { [ownerTag]: ` ${writeMark(mark)}` }],
  ])("is not read from %s", (_, tags: Record<string, string>) => {
    expect(readMark(tags)).toBeUndefined();
  });

  test("is never read from what somebody else wrote", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readMark({ [ownerTag]: text });
        if (read !== undefined) expect(writeMark(read)).toBe(text);
      }),
    );
  });
});
