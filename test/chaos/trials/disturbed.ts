import type { FaultEffect, FaultRule } from "keyvault-certificates-emulator";
import type { Finding } from "../measure/finding";
import { certificate, type Program, renewedPolicy } from "../plan/certificates";
import { Site } from "../site/site";
import { examineAll, upUntilDone, type Watched } from "./settle";
import { chainFor } from "./signing";
import type { Trial } from "./trial";

/** How a request fails: answered with an error, throttled, cut off, or not answered at all. */
const effects: readonly FaultEffect[] = [
  { status: 503 },
  { status: 500 },
  { refuse: "Throttled" },
  { reset: true },
  { truncateAt: 20 },
];

/** A share of all requests to the vault, carried out or not, and of those for a token. */
function failing(share: number, seed: number): readonly FaultRule[] {
  const common = { share, seed, when: "either" } as const;
  return [
    { ...common, name: "vault", effect: effects },
    { ...common, name: "identity", endpoint: "identity", effect: [{ status: 500 }, { reset: true }] },
  ];
}

const ordered = certificate("ordered", "ContosoCA");
const manual = certificate("manual", "Unknown");

interface Step {
  readonly name: string;
  readonly program: (chain: string) => Program;
  /** Versions that are there in the end; `undefined`: the certificate is not wanted. */
  readonly versions: Readonly<Record<"ordered" | "manual", number | undefined>>;
  readonly needsChain?: true;
}

const steps: readonly Step[] = [
  { name: "create", program: () => ({ ordered, manual }), versions: { ordered: 1, manual: 0 } },
  {
    name: "update and merge",
    program: (chain) => ({ ordered: renewedPolicy(ordered), manual: { ...manual, chain } }),
    versions: { ordered: 2, manual: 1 },
    needsChain: true,
  },
  {
    name: "patch",
    program: (chain) => ({
      ordered: { ...renewedPolicy(ordered), enabled: false },
      manual: { ...manual, chain, enabled: false },
    }),
    versions: { ordered: 2, manual: 1 },
  },
  { name: "delete", program: () => ({}), versions: { ordered: undefined, manual: undefined } },
];

/** The life of two certificates while a seeded share of all requests fails. */
export function disturbed(share: number): Trial {
  const name = `${share * 100} % of all requests failing`;
  return {
    name,
    run: (random) =>
      Site.with(async (site) => {
        const stack = await site.stack();
        const findings: Finding[] = [];
        let chain = "";
        let ordersSince = 0;
        let disturbances = 0;
        for (const step of steps) {
          if (step.needsChain === true) {
            chain = await chainFor(stack, "manual");
            ordersSince = Date.now();
          }
          stack.declare(step.program(chain));
          for (const rule of failing(share, Math.floor(random() * 2 ** 31)))
            site.vault.control.faults.add(rule);
          const ups = (await upUntilDone(stack)) - 1;
          disturbances += site.vault.control.faults.list().reduce((sum, { fired }) => sum + fired, 0);
          site.vault.control.faults.clear();
          const watched = watchedIn(step, `${name}: ${step.name}`, ordersSince);
          // Half of such a trial's time, otherwise.
          const preview = step.name === "patch";
          findings.push(...(await examineAll({ site, stack, watched, ups, preview })));
        }
        if (disturbances === 0) throw new Error("no request was disturbed: the trial shows nothing");
        return { findings, transcript: site.transcript };
      }),
  };
}

function watchedIn({ versions }: Step, fault: string, ordersSince: number): Watched[] {
  const one = (name: "ordered" | "manual", since: number): Watched => ({
    name,
    fault,
    present: versions[name] !== undefined,
    versions: versions[name] ?? 0,
    ordersSince: since,
  });
  // The merge answers the order of the create.
  return [one("ordered", ordersSince), one("manual", 0)];
}
