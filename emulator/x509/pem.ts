/** PEM armour (RFC 7468) around DER, 64 characters a line. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

export interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
}

/** Every PEM block of a text, in its order; text around and between them is skipped. */
export function pemBlocks(text: string): PemBlock[] {
  const pattern = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;
  return [...text.matchAll(pattern)].map(([, label = "", body = ""]) => ({
    label,
    bytes: Buffer.from(body.replace(/\s/g, ""), "base64"),
  }));
}
