/** One element of DER or BER (X.690 §8.1), as views into the bytes that it was read from. */
export interface DerElement {
  /** The identifier octet: 0x30 is SEQUENCE. */
  readonly tag: number;
  /** Content octets. Of a cut-off element: everything that is left. */
  readonly content: Uint8Array;
  /** Index after the last octet. */
  readonly end: number;
  /** The element says that it is longer than the bytes are. */
  readonly cutOff: boolean;
}

/**
 * The element that starts at `offset`; `undefined` where none does. Tags of one octet only. Elements of indefinite length (BER, as
 * streaming encoders write them) may be nested up to `depth`.
 */
export function readElement(bytes: Uint8Array, offset = 0, depth = 16): DerElement | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first === 0x80) return depth > 0 ? readIndefinite(bytes, offset, depth) : undefined;
  const lengthOctets = first > 0x80 ? first - 0x80 : 0;
  if (lengthOctets > 4) return undefined;
  const start = offset + 2 + lengthOctets;
  const end = start + (lengthOctets === 0 ? first : bigEndian(bytes, start, lengthOctets));
  return {
    tag,
    content: bytes.subarray(start, end),
    end: Math.min(end, bytes.length),
    cutOff: end > bytes.length,
  };
}

/** Its content ends at two zero octets that are not inside another element (X.690 §8.1.5). */
function readIndefinite(bytes: Uint8Array, offset: number, depth: number): DerElement {
  const tag = bytes[offset] ?? 0;
  const start = offset + 2;
  let end = start;
  while (bytes[end] !== 0 || bytes[end + 1] !== 0) {
    const inner = readElement(bytes, end, depth - 1);
    if (inner === undefined || inner.cutOff) {
      return { tag, content: bytes.subarray(start), end: bytes.length, cutOff: true };
    }
    end = inner.end;
  }
  return { tag, content: bytes.subarray(start, end), end: end + 2, cutOff: false };
}

/** The elements that follow one another in `content`, up to the first that cannot be read; at most `limit`. */
export function readElements(content: Uint8Array, limit = 16): DerElement[] {
  const found: DerElement[] = [];
  let offset = 0;
  while (offset < content.length && found.length < limit) {
    const element = readElement(content, offset);
    if (element === undefined) break;
    found.push(element);
    offset = element.end;
  }
  return found;
}

function bigEndian(bytes: Uint8Array, end: number, octets: number): number {
  return bytes.subarray(end - octets, end).reduce((sum, octet) => sum * 256 + octet, 0);
}
