import { KeyVaultCertificateError } from "../errors/error";
import { type CommandEnd, runCommand } from "./command";
import { signerEnvironment } from "./environment";
import { redactor, secretsOf } from "./redact";
import type { SignerHost, SignerRequest, SignerRun } from "./request";
import { gatherStartFacts, isBatchFile, startProblem } from "./start-problem";
import { StderrLog } from "./stderr";
import { chainText, longestOutputBytes } from "./stdout";

/** How long one run may take where `signer.timeoutSeconds` says nothing. */
export const defaultTimeoutSeconds = 600;

interface Limit {
  readonly ms: number;
  readonly by: "signer.timeoutSeconds" | "customTimeouts";
}

/**
 * Has a CSR signed by the user's command, and gives what it wrote on stdout: PEM text, or base64 of anything else. Whether that is the right
 * chain is for others to judge. The command and what it started have ended when this settles: at once after its exit, 2 s later
 * where something holds its pipes open, at most 6 s after a limit or an abort.
 *
 * Errors: KVC_SIGNER_NOT_STARTED, _FAILED, _TIMED_OUT, _TOO_MUCH_OUTPUT, _NO_OUTPUT; the reason of `run.signal`; what `run.onLine` throws.
 */
export async function runSigner(request: SignerRequest, run: SignerRun): Promise<string> {
  run.signal.throwIfAborted();
  const host = run.host ?? { env: process.env, folder: process.cwd(), platform: process.platform };
  const limit = limitOf(request, run);
  const log = new StderrLog(redactor(secretsOf(request, host)), run.onLine);
  const stop = new AbortController();
  const hear = (act: () => void) => {
    try {
      act();
    } catch (error) {
      stop.abort(error);
    }
  };
  const callOff = () => stop.abort(run.signal.reason);
  run.signal.addEventListener("abort", callOff);
  try {
    const onStderr = (chunk: Uint8Array) => hear(() => log.write(chunk));
    const end = await attempt(request, host, { limitMs: limit.ms, signal: stop.signal, onStderr });
    hear(() => log.end());
    stop.signal.throwIfAborted();
    return await chainOf(end, { request, host, limit, stderr: log.tail });
  } finally {
    run.signal.removeEventListener("abort", callOff);
  }
}

/** The nearer of the two ends; whole operations outrank runs where both are the same. */
function limitOf({ signer }: SignerRequest, { nowMs, deadlineMs }: SignerRun): Limit {
  const own = (signer.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  const left = Math.max(0, deadlineMs - nowMs());
  return left <= own ? { ms: left, by: "customTimeouts" } : { ms: own, by: "signer.timeoutSeconds" };
}

async function attempt(
  request: SignerRequest,
  host: SignerHost,
  bounds: Pick<Parameters<typeof runCommand>[0], "limitMs" | "signal" | "onStderr">,
): Promise<CommandEnd> {
  if (bounds.limitMs === 0) return { kind: "timedOut" };
  const { command } = request.signer;
  // Node refuses them too, with an EINVAL that does not say why.
  if (isBatchFile(command[0], host.platform)) return { kind: "notStarted", code: "EINVAL" };
  const env = signerEnvironment(request, host);
  return runCommand({
    command,
    env,
    folder: host.folder,
    stdin: request.csrPem,
    longestOutputBytes,
    ...bounds,
  });
}

interface Circumstances {
  readonly request: SignerRequest;
  readonly host: SignerHost;
  readonly limit: Limit;
  readonly stderr: readonly string[];
}

async function chainOf(end: CommandEnd, { request, host, limit, stderr }: Circumstances): Promise<string> {
  const { vaultUrl, certificateName, signer } = request;
  const where = { vaultUrl, certificateName };
  const [program] = signer.command;
  const ran = { program, stderr };
  switch (end.kind) {
    case "notStarted": {
      const problem = startProblem(await gatherStartFacts(program, end.code, host));
      const details = { program, folder: host.folder, problem, code: end.code };
      throw new KeyVaultCertificateError("KVC_SIGNER_NOT_STARTED", where, details);
    }
    case "timedOut": {
      const details = { ...ran, seconds: Math.ceil(limit.ms / 1000), by: limit.by };
      throw new KeyVaultCertificateError("KVC_SIGNER_TIMED_OUT", where, details);
    }
    case "tooMuchOutput": {
      const details = { ...ran, longestBytes: longestOutputBytes };
      throw new KeyVaultCertificateError("KVC_SIGNER_TOO_MUCH_OUTPUT", where, details);
    }
    case "exited": {
      if (end.exitCode !== 0) {
        const ending =
          end.exitCode === null ? { signal: end.signal ?? "a signal" } : { exitCode: end.exitCode };
        throw new KeyVaultCertificateError("KVC_SIGNER_FAILED", where, { ...ran, ending });
      }
      const chain = chainText(end.stdout);
      if (chain === undefined) throw new KeyVaultCertificateError("KVC_SIGNER_NO_OUTPUT", where, ran);
      return chain;
    }
    case "aborted":
      throw new Error("an aborted run has a reason");
  }
}
