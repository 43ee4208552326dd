import { type DerElement, readElement, readElements } from "./der";

/**
 * The certificates of a SignedData (RFC 5652 §3 and §5.1), each as its DER; `undefined` where the bytes are none. Read here
 * and not by the library, which refuses every bundle that has a revocation list beside the certificates.
 */
export function pkcs7Certificates(bytes: Uint8Array): Uint8Array[] | undefined {
  const [type, content] = inside(bytes);
  if (type === undefined || content === undefined || !isSignedData(type.content)) return undefined;
  const signedData = inside(content.content);
  if (signedData.length < 3) return undefined;
  // Version, digest algorithms and content come before; implicit [0] is the set of certificates.
  const set = signedData.slice(3).find(({ tag }) => tag === 0xa0);
  return set === undefined ? [] : certificatesIn(set.content);
}

function certificatesIn(set: Uint8Array): Uint8Array[] | undefined {
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < set.length;) {
    const choice = readElement(set, offset);
    if (choice === undefined || choice.cutOff) return undefined;
    // The other choices are attribute certificates, and formats of old.
    if (choice.tag === 0x30) found.push(set.subarray(offset, choice.end));
    offset = choice.end;
  }
  return found;
}

function inside(bytes: Uint8Array): DerElement[] {
  const outer = readElement(bytes);
  return outer?.tag === 0x30 ? readElements(outer.content) : [];
}

/** 1.2.840.113549.1.7.2 */
function isSignedData(objectIdentifier: Uint8Array): boolean {
  return Buffer.from(objectIdentifier).toString("hex") === "2a864886f70d010702";
}
