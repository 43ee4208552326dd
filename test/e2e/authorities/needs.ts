/** `describe`, where nothing that its tests need is missing; else they are skipped, and the reason is shown. */
export function describeUnless(missing: string | undefined, subject: string, tests: () => void): void {
  if (missing === undefined) {
    describe(subject, tests);
    return;
  }
  process.stderr.write(`skipped: ${subject}: ${missing}\n`);
  describe.skip(`${subject}: ${missing}`, tests);
}
