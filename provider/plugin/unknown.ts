/**
 * What stands for a value that is not known yet, whatever its type: the engine sends it in previews, and only there.
 * It is a constant of the engine's protocol (`rpc.unknownValue` of the SDK, whose loading `check` would have to pay for).
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** True where the value or any part of it is unknown. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((part) => containsUnknown(part));
}
