/** Bytes of stdout that are read before the command counts as broken: a chain of ten certificates has about 20 kB. */
export const longestOutputBytes = 1_048_576;

/**
 * What a command wrote on stdout, as a chain input: text as it is, without a byte order mark; anything else (DER, PKCS#7, UTF-16) as base64
 * of its bytes. `undefined` where there is nothing but white space.
 */
export function chainText(output: Uint8Array): string | undefined {
  const text = utf8(output);
  if (text === undefined) return Buffer.from(output).toString("base64");
  return text.trim() === "" ? undefined : text;
}

function utf8(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
