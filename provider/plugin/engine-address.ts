/**
 * The address of the engine that started this plugin process: the last argument that is no flag, as the engine passes it. `undefined`
 * where the process is not a plugin, and then nothing is logged and nothing is watched.
 */
export function engineAddress(argv: readonly string[] = process.argv): string | undefined {
  const last = argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  return last !== undefined && /^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(last) ? last : undefined;
}
