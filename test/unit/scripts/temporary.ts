import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory for each test, removed after it. Gives the path of the current one. */
export function temporaryDirectoryPerTest(): () => string {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "scripts-test-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return () => directory;
}

/** Writes a file, with the folders above it. Gives its path. */
export function writeUnder(directory: string, path: string, text = ""): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Writes a program that a shell can run. Gives its path. */
export function writeProgram(directory: string, path: string, body = "exit 0"): string {
  const file = writeUnder(directory, path, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}
