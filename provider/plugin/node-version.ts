/** The oldest Node that the plugin process can run on: undici 8 dies at load on an older one, without a word of why. */
export const oldestNode = [22, 19] as const;

/** Throws, in words, on a Node that is too old. Must run before anything else of this package is loaded. */
export function demandNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(
    `pulumi-keyvault-certificates needs Node ${oldestNode.join(".")} or newer, and the Pulumi engine runs it with Node ${version}; ` +
      "install a newer Node, and make sure that it is the first `node` on PATH",
  );
}
