import { createHash } from "node:crypto";

/** What a draw is for; draws for different purposes do not depend on each other. */
export type Purpose = "share" | "when" | "effect";

/** A number from 0 up to, but not, 1. It depends on the arguments alone, so that a seed replays a run. */
export function draw(seed: number, occasion: string, purpose: Purpose): number {
  const digest = createHash("sha256").update(`${seed} ${purpose} ${occasion}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** Method and path without the ids that every run makes anew: versions, and whatever else has 32 digits. */
export const occasionOf = (method: string, path: string): string =>
  `${method} ${path.toLowerCase().replace(/\b[0-9a-f]{32}\b/g, "{id}")}`;
