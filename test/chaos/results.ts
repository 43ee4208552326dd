import { type Row, tableOf } from "./measure/table";
import type { Options } from "./plan/options";

const preface = `# Results of the chaos suite

Written by \`npm run chaos\`, on the real engine and the emulator. Each row is one fault; its columns are the worst of all runs for orders and \`up\`s, and
the sum for all else.

- **most live orders per wanted version**: orders at the CA that had neither failed nor been cancelled, for one wanted version of one certificate.
- **lost**: wanted certificates that vault or state did not have in the end, or on which they disagreed.
- **left over**: requests in progress, placeholders, versions too many, soft-deleted certificates, orders that nobody waits for and entries of the state
  that nobody wanted; a preview that still had something to do; a write by a plugin whose engine was gone.
- **ups**: how many followed the one that was disturbed (after a \`pulumi cancel\` where the CLI was killed) until one succeeded.
- **secrets shown**: places in state, in what the CLI keeps or in its output where a planted secret of the configuration, a bearer token or a private key stood in
  clear.
- **processes left**: plugin processes that outlived their engine by 15 seconds. Pulumi's own language host is not counted: it
  outlived a killed CLI by just under five minutes (measured with Pulumi 3.259.0).

Two limits are not the provider's. The service has no conditional create: an order of one run that is completed between the look and the order of another,
some 10 ms apart, is followed by a second one. It was seen once, on an overloaded machine with an issuer of 1.5 s, while the provider still loaded a library
between the two. And the engine itself keeps a create that was interrupted in the state's list of pending operations, and warns of it, until \`pulumi refresh --clear-pending-creates\`.
`;

/** The text of RESULTS.md. */
export function resultsOf(
  rows: readonly Row[],
  { seed, rounds, seconds }: Options & { readonly seconds: number },
): string {
  const runs = `Seeds ${seed} to ${seed + rounds - 1}, in ${Math.round(seconds / 60)} minutes.`;
  return `${preface}\n${runs}\n\n${tableOf(rows)}\n`;
}
