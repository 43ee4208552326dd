import { certificate, type Issuer, type Program, renewedPolicy } from "../plan/certificates";
import type { Random } from "../plan/random";
import { Site } from "../site/site";
import type { ChaosStack } from "../site/stack";
import { examineAll, hesitate, settle, upUntilDone, type Watched } from "./settle";
import type { Report, Trial } from "./trial";

const name = "raced";
/** One that takes longer than the two are apart, so that the second finds a request in progress, and one that has ended by then, so that it finds a version. */
const speed = { SlowCA: "slow issuer", ContosoCA: "quick issuer" } as const satisfies Partial<
  Record<Issuer, string>
>;
type RacedIssuer = keyof typeof speed;
export const racedIssuers = ["SlowCA", "ContosoCA"] as const satisfies readonly RacedIssuer[];
// Purged by one stack, it would look to the other as if it were still being deleted, which is waited out.
const declaredAt = (issuer: RacedIssuer) => certificate(name, issuer, { purgeOnDelete: false });

/** Both have looked and seen nothing before either orders. */
const bothLook = {
  method: "GET",
  path: `/certificates/${name}`,
  authorized: true,
  times: 2,
  when: "after",
  effect: { delayMs: 1500 },
} as const;

/** Two stacks of different owners: one gets the name, the other is told whose it is, and destroys nothing. */
export const twoStacks = (issuer: RacedIssuer): Trial => {
  const fault = `two stacks on one name, ${speed[issuer]}`;
  return {
    name: fault,
    run: (random) =>
      Site.with(async (site) => {
        const [one, other] = [await site.stack("first"), await site.stack("second")];
        site.vault.control.faults.add(bothLook);
        const [first, second] = await atOnce([one, other], { [name]: declaredAt(issuer) }, random);
        const [winner, loser] = first ? [one, other] : [other, one];
        const refused = first !== second && /KVC_(NOT_OURS|REQUEST_IN_PROGRESS)/.test(loser.transcript);
        const watched = [watching({ fault, versions: 1 })];
        const findings = await settle({
          site,
          stack: winner,
          others: [loser],
          watched,
          ups: first || second ? 0 : 1,
        });
        return { findings: refused ? findings : findings.map(doubled), transcript: site.transcript };
      }),
  };
};

const doubled = (finding: Report["findings"][number]) => ({
  ...finding,
  lost: finding.lost + 1,
  remarks: [...finding.remarks, "both stacks hold the certificate for their own"],
});

/** One stack, run from two backends at once: both get the certificate, from one order. */
export const oneStackTwice = (issuer: RacedIssuer): Trial => {
  const fault = `one stack run twice at once, ${speed[issuer]}`;
  const declared = declaredAt(issuer);
  return {
    name: fault,
    run: (random) =>
      Site.with(async (site) => {
        const [one, other] = [await site.stack(), await site.stack()];
        const stacks = [one, other];
        site.vault.control.faults.add(bothLook);
        const created = await twice(stacks, { [name]: declared }, random);
        const created1 = [watching({ fault: `${fault}: create`, versions: 1 })];
        const afterCreate = await examineAll({ site, stack: one, watched: created1, ups: created });

        const ordersSince = Date.now();
        const updated = await twice(stacks, { [name]: renewedPolicy(declared) }, random);
        const watched = [watching({ fault: `${fault}: update`, versions: 2, ordersSince })];
        const findings = await settle({ site, stack: one, others: [other], watched, ups: updated });
        return { findings: [...afterCreate, ...findings], transcript: site.transcript };
      }),
  };
};

const watching = ({
  ordersSince = 0,
  ...rest
}: Pick<Watched, "fault" | "versions"> & { ordersSince?: number }): Watched => ({
  ...rest,
  name,
  present: true,
  softDeleted: true,
  ordersSince,
});

/** An `up` of each at nearly the same time; whether it succeeded. */
async function atOnce(stacks: readonly ChaosStack[], program: Program, random: Random): Promise<boolean[]> {
  const ends = await Promise.all(
    stacks.map(async (stack) => {
      stack.declare(program);
      await hesitate(random, 1000);
      return stack.up();
    }),
  );
  return ends.map(({ ok }) => ok);
}

/** The most `up`s that either needed after the one at the same time. */
async function twice(stacks: readonly ChaosStack[], program: Program, random: Random): Promise<number> {
  const done = await atOnce(stacks, program, random);
  let most = 0;
  for (const [index, stack] of stacks.entries()) {
    if (done[index] !== true) most = Math.max(most, await upUntilDone(stack));
  }
  return most;
}
