import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Small files in a folder, which only their owner can read. Several runs may use it at the same time.
 *
 * @param {string} folder
 */
export function openMemory(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (/** @type {string} */ name) => join(folder, name);

  /** @param {string} name */
  const read = (name) => {
    try {
      return readFileSync(pathOf(name), "utf8");
    } catch (error) {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }
  };

  /**
   * Keeps a text unless there is one already: a link is made in one step and never over another.
   *
   * @param {string} name
   * @param {string} text
   * @returns {string} what is kept now: of two runs at once both get the text of the first
   */
  const keep = (name, text) => {
    const draft = pathOf(`${name}.${randomUUID()}`);
    writeFileSync(draft, text, { mode: 0o600 });
    try {
      linkSync(draft, pathOf(name));
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    } finally {
      rmSync(draft);
    }
    return readFileSync(pathOf(name), "utf8");
  };

  return {
    pathOf,
    read,
    keep,
    forget: (/** @type {string} */ name) => rmSync(pathOf(name), { force: true }),
  };
}
