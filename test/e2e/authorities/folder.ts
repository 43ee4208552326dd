import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardFolder } from "../../../scripts/run/guarding.mjs";

/** A folder for the tests of one file. */
export interface TestFolder {
  readonly path: string;
  /** Gives the path of the file. */
  write(name: string, text: string): string;
  remove(): void;
}

export function newTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "authority-"));
  const release = guardFolder(path);
  return {
    path,
    write: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      release();
    },
  };
}
