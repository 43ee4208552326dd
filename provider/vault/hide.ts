/** The text without anything that looks like a token, an assertion, or the value of a secret parameter. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\beyJ[\w-]+(\.[\w-]*)+/g, "<token>")
    .replaceAll(/\b(Bearer\s+)[\w.~+/-]{8,}=*/g, "$1<token>")
    .replaceAll(
      /\b(client_secret|client_assertion|password|access_token|refresh_token)(["']?\s*[=:]\s*["']?)[^\s&"',}]+/gi,
      "$1$2<hidden>",
    );
}
