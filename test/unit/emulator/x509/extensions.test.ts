import fc from "fast-check";
import { addressBytes } from "../../../../emulator/x509/extensions";

describe("the octets of an IP address", () => {
  test("are those that its groups write, however they are abbreviated", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (octets, abbreviated) => {
        const bytes = Buffer.from(octets);
        const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
        const text = groups.join(":");
        const written = abbreviated ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
        expect(addressBytes(written).equals(bytes)).toBe(true);
      }),
    );
  });

  test.each([
    ["::", "00000000000000000000000000000000"],
    ["1::", "00010000000000000000000000000000"],
    ["::ffff:1.2.3.4", "00000000000000000000ffff01020304"],
    ["255.0.10.1", "ff000a01"],
  ])("of %s are %s", (text, hex) => {
    expect(addressBytes(text).toString("hex")).toBe(hex);
  });
});
