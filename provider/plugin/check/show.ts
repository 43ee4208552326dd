/** A value as a message shows it: short, and never a whole document. */
export function show(value: unknown): string {
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 77)}…` : written;
}
