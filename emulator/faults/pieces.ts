import type { FaultEffect } from "./rule";

const blank = Buffer.alloc(64 * 1024, " ");

/** How many bytes a body has after padding. */
export const paddedLength = (body: Buffer, { padTo = 0 }: FaultEffect): number =>
  Math.max(body.length, padTo);

/** What is sent of a body, piece by piece: padded, cut off, in portions of the size asked for. */
export function* piecesOf(body: Buffer, effect: FaultEffect): Generator<Buffer> {
  const whole = paddedLength(body, effect);
  const end = effect.truncateAt === undefined ? whole : Math.min(effect.truncateAt, Math.max(whole - 1, 0));
  const portion = Math.min(effect.dribble?.bytes ?? blank.length, blank.length);
  for (let at = 0; at < end;) {
    const source = at < body.length ? body.subarray(at) : blank;
    const piece = source.subarray(0, Math.min(portion, end - at));
    at += piece.length;
    yield piece;
  }
}
