/** Hyphens, and what word processors make of them. */
const dash = String.raw`[\p{Pd}\u2212]`;
/** `RSA PRIVATE KEY`, with line breaks anywhere and without spaces: at most two words come before it, as prose has more. */
const label = String.raw`\s*(?:[A-Z\d.]{1,20}\s+){0,2}[A-Z\d.]{0,20}?PRIVATE\s*KEY(?:\s*BLOCK)?`;
const ornament = String.raw`[\p{P}\p{S}\p{Zs}\t]*`;

/** Encapsulation boundaries (RFC 7468 §3), mangled as they may be: in capitals, after a dash in any case, or alone on a line. */
const boundaries: readonly RegExp[] = [
  new RegExp(`(?:BEGIN|\\bEND)${label}`, "u"),
  new RegExp(`(?:${dash}{2}\\s*|(?<![\\p{L}\\p{N}\\s])${dash})(?:BEGIN|END)${label}`, "iu"),
  new RegExp(`^${ornament}(?:BEGIN|END)${label}${ornament}$`, "imu"),
];

/** What else only private keys are written with. */
const words: readonly RegExp[] = [
  /PuTTY-User-Key-File|Private-Lines:/i,
  // JSON Web Key (RFC 7518 §6.2.2, §6.3.2).
  /"d"\s*:\s*"[\w-]{20}/,
  // XML of .NET.
  /<(?:D|DP|DQ|InverseQ)>\s*[A-Za-z0-9+/]{20}/i,
  // What `openssl pkey -text` prints, or a part of it.
  /\bPrivate-Key:\s*\(\d/i,
  /\b(?:priv(?:ate[ -]?(?:exponent|key))?|prime\d|exponent\d|coefficient):\s*(?:[\da-f]{2}:){7}/i,
  // "openssh-key-v1" in clear, and in base64 without its armour.
  /openssh-key-v1|b3BlbnNzaC1rZXktdj/,
];

/** True where a text shows by its words that it holds a private key. In time that is linear in its length, whatever it is. */
export function hasPrivateKeyMark(text: string): boolean {
  return [...boundaries, ...words].some((mark) => mark.test(text));
}
