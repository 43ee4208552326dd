const wildcards = new Map([
  ["**", ".*"],
  ["*", "[^/]*"],
]);

/** `*` stands for anything within a segment, `**` for anything; case and a slash at the end do not count. */
export function pathPattern(text: string): RegExp {
  const source = text
    .replace(/\/+$/, "")
    .split(/(\*\*|\*)/)
    .map((part) => wildcards.get(part) ?? part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join("");
  return new RegExp(`^${source}/?$`, "i");
}
