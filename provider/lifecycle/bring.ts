import type { KeyVaultCertificateError } from "../errors/error";
import { decide } from "./decide";
import { judge } from "./judge";
import { withinDeadline } from "./deadline";
import { factsOf } from "./facts";
import { duration } from "./pace";
import { refusal, told } from "./refusals";
import { operationOf } from "./seen";
import type { Situation } from "./situation";
import { readStatus } from "./status";
import type { Run } from "./steps/step";
import { steps } from "./steps/steps";

/** How a run ended: what is known, and the failure where it did not get to what is wanted. */
export interface Settled {
  readonly situation: Situation;
  readonly failure: KeyVaultCertificateError | undefined;
  /** The row of the decision that ended the run. */
  readonly reason: string;
}

/** The last line of the live row, in place of one that says what is waited for. */
function summary(s: Situation, { tools, deadline }: Run): string {
  const operation = operationOf(s);
  // A chain that another has merged ends a request that was never waited for.
  if (s.progress.followed !== undefined && factsOf(s).issuer !== "manual") {
    return `issued by ${operation?.issuerName ?? "the issuer"} after ${duration(tools.clock() - deadline.startedAt)}`;
  }
  if (s.progress.completed) return s.signed === undefined ? "chain merged" : "signed, and the chain merged";
  return operation !== undefined && readStatus(operation.status) === "inProgress"
    ? "waits for a signed chain: csrPem is ready"
    : "";
}

/** More decisions than any history of one run needs: a vault that changes under every step is an error, not a loop. */
const mostSteps = 2000;

/**
 * Brings the certificate to what is wanted: gathers, decides, acts, until the decision is `done` or `fail`. Never throws for
 * what the vault answered, so that whoever asked can keep what is known beside the failure.
 */
export async function bring(beginning: Situation, run: Run): Promise<Settled> {
  return withinDeadline(beginning, sayingOnce(run), (bounded) => settle(beginning, bounded));
}

/** A step that comes again, since the vault had it wait or its reply was lost, does not repeat its warnings. */
function sayingOnce(run: Run): Run {
  const { reporter } = run.tools;
  const said = new Set<string>();
  const warn = (text: string) => {
    if (!said.has(text)) reporter.warn(text);
    said.add(text);
  };
  return { ...run, tools: { ...run.tools, reporter: { ...reporter, warn } } };
}

async function settle(beginning: Situation, run: Run): Promise<Settled> {
  let situation = beginning;
  let last = "";
  try {
    for (let count = 0; count < mostSteps; count += 1) {
      const { action, reason, code } = decide(situation);
      last = reason;
      if (action === "done") {
        run.tools.reporter.progress(summary(situation, run));
        return { situation, failure: undefined, reason };
      }
      if (action === "fail") return { situation, failure: refusal(code, situation, run), reason };
      const next = await steps[action](situation, run);
      situation = judge(situation, next, run.tools.clock());
    }
  } catch (error) {
    return { situation, failure: told(error, situation), reason: last };
  }
  return {
    situation,
    failure: refusal("KVC_NOT_SETTLING", situation, run, { steps: mostSteps, last }),
    reason: last,
  };
}
