import { csrPem } from "../../x509/csr";
import { operationOf } from "../seen";
import { after, name, type Step } from "./step";

/** Kept of the deadline for the merge that follows, a tenth of what is left at most. */
const reserveMs = 10_000;

/** Asks the user's program for the chain. Whether that is one is judged as of any chain. */
export const sign: Step = async (s, { tools, deadline, call }) => {
  const { signer, vaultUrl, policy } = s.wanted;
  const operation = operationOf(s);
  if (signer === undefined || operation === undefined) throw new TypeError("there is nothing to sign");
  const { requestId, csr } = operation;
  const [program] = signer.command;
  tools.reporter.progress(`${program} signs the CSR of request ${requestId}`);
  const now = tools.clock();
  const { signal: engineGone } = tools.engine;
  const request = { signer, csrPem: csrPem(csr), vaultUrl, certificateName: name(s), requestId, policy };
  try {
    const signed = await tools.sign(request, {
      nowMs: tools.clock,
      deadlineMs: deadline.at - Math.min(reserveMs, Math.max(0, deadline.at - now) / 10),
      signal: call.signal === undefined ? engineGone : AbortSignal.any([engineGone, call.signal]),
      onLine: (line) => tools.reporter.progress(line),
    });
    return after(s, { signed });
  } catch (error) {
    if (engineGone.aborted) return after(s, {}, { outcome: "engineGone" });
    throw error;
  }
};
