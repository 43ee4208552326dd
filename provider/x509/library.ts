import type * as Peculiar from "@peculiar/x509";

let loaded: typeof Peculiar | undefined;

/**
 * `@peculiar/x509`, loaded at the first call: check and diff never need it. Its decorators read metadata while they load, so
 * `reflect-metadata` comes first. Nothing else loads either of the two.
 */
export function library(): typeof Peculiar {
  if (loaded === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with this file
    require("reflect-metadata");
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the same
    loaded = require("@peculiar/x509") as typeof Peculiar;
  }
  return loaded;
}
