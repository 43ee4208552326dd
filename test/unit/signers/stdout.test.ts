import fc from "fast-check";
import { chainText } from "../../../provider/signers/stdout";

describe("what a signer wrote on stdout", () => {
  test("is text as it is", () => {
    const text = "# Bürö\r\n-----BEGIN CERTIFICATE-----\r\n";
    expect(chainText(Buffer.from(text))).toBe(text);
  });

  test("loses a byte order mark", () => {
    expect(chainText(Buffer.from("\uFEFFpem"))).toBe("pem");
  });

  test.each([["", " \r\n\t"]])("is nothing where there is only white space", (text) => {
    expect(chainText(Buffer.from(text))).toBeUndefined();
  });

  test.each([
    ["DER", Buffer.from([0x30, 0x82, 0x01, 0x0a, 0x30])],
    ["UTF-16", Buffer.from("\uFEFF-----BEGIN", "utf16le")],
    ["text with a null character", Buffer.from("a\0b")],
  ])("is base64 where it is %s", (_, bytes) => {
    expect(chainText(bytes)).toBe(bytes.toString("base64"));
  });

  test("loses no byte, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const text = chainText(bytes);
        fc.pre(text !== undefined);
        const back = [Buffer.from(text), Buffer.from(`\uFEFF${text}`), Buffer.from(text, "base64")];
        expect(back.some((form) => form.equals(bytes))).toBe(true);
      }),
    );
  });
});
