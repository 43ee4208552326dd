/** Letters of base64 or hexadecimal that are too many to occur by chance. */
const window = 16;

/** A text is looked at this often only: whatever is longer than both together is found. */
const stride = 8;

/** Finds any part of a secret in a text, written in base64 (whatever stands before it), base64url or hexadecimal. */
export function secretFinder(secrets: readonly Buffer[]): (text: string) => string | undefined {
  const marks = new Set(secrets.flatMap(spellings).flatMap((spelling) => windows(spelling)));
  return (text) => {
    // Line breaks and their escapes may stand in the middle.
    const joined = text
      .replaceAll(/\\[nr]|\s/g, "")
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    return windows(joined, stride).find((part) => marks.has(part));
  };
}

function spellings(secret: Buffer): string[] {
  const shifted = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), secret])
      .toString("base64")
      // The first letters are made of what stands before, too.
      .slice(before === 0 ? 0 : 4)
      .replace(/.{0,3}=+$/, ""),
  );
  const hex = secret.toString("hex");
  return [...shifted, hex, hex.toUpperCase()];
}

function windows(text: string, step = 1): string[] {
  const length = Math.max(0, Math.floor((text.length - window) / step) + 1);
  return Array.from({ length }, (_, index) => text.slice(index * step, index * step + window));
}
