import { stripVTControlCharacters } from "node:util";

/** A line is read in full before secrets are looked for in it: half a secret would not be recognised. */
const longestRead = 16_384;
const longestShown = 500;
/** Characters of the last lines that an error quotes. */
const tailLength = 4096;

const keyBegin = /-----BEGIN [^\r\n-]*PRIVATE KEY[^\r\n-]*-----/;
const keyEnd = /-----END [^\r\n-]*PRIVATE KEY[^\r\n-]*-----/;
/** The private part of a JSON Web Key (RFC 7518 §6.2.2, §6.3.2). */
const jwkPrivate = /("(?:d|p|q|dp|dq|qi|k)"\s*:\s*)"[\w-]{16,}"/g;
/** What would move the rest of the text elsewhere: control characters, line separators, changes of direction. */
const notShown = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;
const hiddenKey = "[private key]";

/**
 * Reads the stderr of a command line by line, and gives away no more than may be shown: without secrets, private keys (in clear or encrypted) and
 * control characters. Memory is bounded, whatever is written.
 */
export class StderrLog {
  readonly #decoder = new TextDecoder();
  #rest = "";
  #inKey = false;
  #overflown = false;
  readonly #tail: string[] = [];
  #tailLength = 0;

  constructor(
    private readonly redact: (text: string) => string,
    private readonly onLine: (line: string) => void,
  ) {}

  /** The last lines, 4 kB at most. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  write(chunk: Uint8Array): void {
    this.#read(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Takes a last line without a line break as one. */
  end(): void {
    this.#read(`${this.#decoder.decode()}\n`);
  }

  #read(text: string): void {
    if (this.#overflown) return;
    const lines = (this.#rest + text).split(/[\r\n]+/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
    if (this.#rest.length > longestRead) this.#take(this.#rest);
  }

  #take(line: string): void {
    if (this.#overflown) return;
    this.#overflown = line.length > longestRead;
    const shown = this.#overflown
      ? `[a line of over ${longestRead / 1024} kB: nothing more of stderr is shown]`
      : this.#clean(line);
    if (shown === "") return;
    const cut = shown.length > longestShown ? `${shown.slice(0, longestShown - 1)}…` : shown;
    this.#keep(cut);
    this.onLine(cut);
  }

  #keep(line: string): void {
    this.#tail.push(line);
    this.#tailLength += line.length;
    while (this.#tailLength > tailLength) this.#tailLength -= this.#tail.shift()?.length ?? 0;
  }

  /** Redacts twice: a secret may hold control characters, and it may show only once they are gone. */
  #clean(line: string): string {
    const text = stripVTControlCharacters(this.redact(line)).replaceAll(notShown, " ");
    return this.#withoutKeys(this.redact(text)).replaceAll(jwkPrivate, `$1"${hiddenKey}"`).trim();
  }

  #withoutKeys(text: string): string {
    const mark = (this.#inKey ? keyEnd : keyBegin).exec(text);
    if (mark === null) return this.#inKey ? "" : text;
    const before = this.#inKey ? "" : text.slice(0, mark.index) + hiddenKey;
    this.#inKey = !this.#inKey;
    return before + this.#withoutKeys(text.slice(mark.index + mark[0].length));
  }
}
