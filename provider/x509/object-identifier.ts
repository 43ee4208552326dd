/** Names of the usages that people write where Key Vault wants an object identifier (RFC 5280 §4.2.1.12). */
const usageByName: Readonly<Record<string, string>> = {
  serverauth: "1.3.6.1.5.5.7.3.1",
  clientauth: "1.3.6.1.5.5.7.3.2",
  codesigning: "1.3.6.1.5.5.7.3.3",
  emailprotection: "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocspsigning: "1.3.6.1.5.5.7.3.9",
};

/** What is wrong with a dotted-decimal object identifier (X.660 §7.6), with its remedy; `undefined` if nothing is. */
export function checkObjectIdentifier(text: string): string | undefined {
  const usage = usageByName[text.replaceAll(/[\s_-]/g, "").toLowerCase()];
  if (usage !== undefined) return `"${text}" is a name; write its object identifier "${usage}"`;
  const example = `write dotted decimal such as "1.3.6.1.5.5.7.3.1"`;
  if (!/^\d+(\.\d+)+$/.test(text)) return `"${text}" is not an object identifier; ${example}`;
  const arcs = text.split(".");
  if (arcs.some((arc) => /^0\d/.test(arc))) return `"${text}" has an arc with a leading zero; ${example}`;
  const [first, second] = arcs.map(Number) as [number, number];
  if (first > 2) return `"${text}" starts with ${first}, and only 0, 1 and 2 exist; ${example}`;
  if (first < 2 && second > 39)
    return `"${text}" has ${second} as its second arc, and 39 is the last; ${example}`;
  return undefined;
}
