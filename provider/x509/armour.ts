/** A block of textual encoding (RFC 7468 §2). */
export interface PemBlock {
  /** The words after BEGIN. Input of a user: not for messages. */
  readonly label: string;
  /** Base64 without white space and headers; may be broken. */
  readonly body: string;
}

/**
 * The blocks of a text in their order. Text between them is ignored, as RFC 7468 §2 allows; line breaks may be CR, LF,
 * both, spaces or the two characters `\n` that environment variables make of them; what JSON escapes is read too. `broken`: a BEGIN or
 * END has no partner.
 */
export function pemBlocks(input: string): { readonly blocks: PemBlock[]; readonly broken: boolean } {
  const text = withoutEscapes(input);
  // Line by line, as one expression for whole blocks runs out of stack in files of megabytes.
  const lines = [...text.matchAll(/-----(BEGIN|END) ([^\r\n-]*)-----/g)];
  const blocks: PemBlock[] = [];
  const between: string[] = [];
  let at = 0;
  for (const [index, begin] of lines.entries()) {
    const end = lines[index + 1];
    if (begin.index < at || begin[1] !== "BEGIN" || end?.[1] !== "END") continue;
    const body = text.slice(begin.index + begin[0].length, end.index);
    if (body.includes("-----")) continue;
    blocks.push({ label: begin[2] ?? "", body: bare(body) });
    between.push(text.slice(at, begin.index));
    at = end.index + end[0].length;
  }
  between.push(text.slice(at));
  return { blocks, broken: between.some((part) => /-----\s*(?:BEGIN|END)\b/.test(part)) };
}

/** The text that the escapes of JSON (RFC 8259 §7) in it stand for, as far as PEM and keys have any: other backslashes stay. */
export function withoutEscapes(text: string): string {
  return text.replaceAll(/\\(?:u[0-9a-fA-F]{4}|[nrt"/])/g, (escape) => JSON.parse(`"${escape}"`) as string);
}

/** Wraps DER in a block of 64 columns with a final line break (RFC 7468 §3). */
export function armour(label: "CERTIFICATE" | "CERTIFICATE REQUEST", der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** Bytes of base64 or base64url, with white space and with or without padding; `undefined` for any other text. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/\s+/g, "");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return undefined;
  const digits = compact.replace(/=+$/, "");
  // A lone last digit holds six bits: something was lost.
  return digits.length % 4 === 1 ? undefined : Buffer.from(digits, "base64");
}

function bare(body: string): string {
  return body
    .split(/[\r\n]/)
    .filter((line) => !line.includes(":"))
    .join("")
    .replaceAll(/\s+/g, "");
}
