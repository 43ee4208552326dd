/**
 * The set-up cannot go on, and the reader can do something about it: shown without a stack.
 * The message says what was wanted and what was found; `remedy` is one sentence on what to do.
 */
export class ToolchainError extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {ErrorOptions} [options]
   */
  constructor(message, remedy, options) {
    super(`${message}\n${remedy}`, options);
    this.name = "ToolchainError";
    this.remedy = remedy;
  }
}

/**
 * The `code` of a Node system error (`ENOENT`), or "" for anything else.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function systemCode(error) {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
