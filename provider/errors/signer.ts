import { row } from "./row";

/** Why the program of `signer.command` could not be started. */
export type SignerStartProblem = keyof typeof startProblems;

/** A run of `signer.command`. Never its arguments, its environment or its stdout: they may hold secrets. */
export interface SignerRunDetails {
  /** The first item of `signer.command`. */
  readonly program: string;
  /** The last lines of its stderr, without secrets. */
  readonly stderr: readonly string[];
}

const nextUpAsksAgain = "the next `pulumi up` asks it again for the same request";

/** Failures of `signers/`: a command that was to sign a CSR. */
export const signerErrors = {
  KVC_SIGNER_NOT_STARTED: row<{
    readonly program: string;
    /** The working directory of the command, where relative paths begin. */
    readonly folder: string;
    readonly problem: SignerStartProblem;
    /** The code of the system: `ENOENT`. */
    readonly code: string;
  }>({
    message: (d) =>
      `signer.command must begin with a program that can be started in ${d.folder}, but ${JSON.stringify(d.program)} could not be: ${startProblems[d.problem].words} (${d.code})`,
    remedy: (d) => startProblems[d.problem].remedy,
    retryable: false,
  }),
  KVC_SIGNER_FAILED: row<SignerRunDetails & { readonly ending: { exitCode: number } | { signal: string } }>({
    message: (d) =>
      `signer.command ${JSON.stringify(d.program)} must end with exit code 0, but it ` +
      `${"signal" in d.ending ? `was ended by ${d.ending.signal}` : `ended with ${d.ending.exitCode}`}, and ${said(d)}`,
    remedy: () => `remove the cause; ${nextUpAsksAgain}`,
    retryable: true,
  }),
  KVC_SIGNER_TIMED_OUT: row<
    SignerRunDetails & {
      readonly seconds: number;
      /** What set the limit. */
      readonly by: "signer.timeoutSeconds" | "customTimeouts";
    }
  >({
    message: (d) =>
      `signer.command ${JSON.stringify(d.program)} must end within ${d.seconds} s (${d.by === "customTimeouts" ? "what customTimeouts leaves" : d.by}), but ${d.seconds === 0 ? "no time is left to start it" : `it went on and was ended, and ${said(d)}`}`,
    remedy: (d) => `find out what it waits for, or allow more time with ${d.by}; ${nextUpAsksAgain}`,
    retryable: true,
  }),
  KVC_SIGNER_TOO_MUCH_OUTPUT: row<SignerRunDetails & { readonly longestBytes: number }>({
    message: (d) =>
      `signer.command ${JSON.stringify(d.program)} must write a chain of at most ${d.longestBytes} bytes on stdout, but it wrote more and was ended (nothing of it is shown), and ${said(d)}`,
    remedy: () => "write the certificates alone on stdout, and everything else on stderr",
    retryable: false,
  }),
  KVC_SIGNER_NO_OUTPUT: row<SignerRunDetails>({
    message: (d) =>
      `signer.command ${JSON.stringify(d.program)} must write the signed chain on stdout, but it ended with exit code 0 and nothing there, and ${said(d)}`,
    remedy: () =>
      "write the certificate and its intermediates on stdout (PEM, PKCS#7 or DER), or end with another exit code where there is none yet",
    retryable: false,
  }),
} as const;

const startProblems = {
  notThere: {
    words: "there is no such file",
    remedy: "correct the path, which begins in that folder; no shell expands ~ or variables",
  },
  notOnPath: {
    words: "no folder of PATH has a program of that name",
    remedy:
      "install it where `pulumi up` runs, or give its path: that of a file beside the program begins with ./",
  },
  notOnWindowsPath: {
    words: "no folder of PATH has a .exe or .com of that name",
    remedy:
      'give the program itself, such as ["node", "sign.js"]: npm, npx and az are batch files on Windows, which need a shell, and none is used',
  },
  oneText: {
    words: "there is no program of that whole name, spaces included",
    remedy:
      'give each argument as an item of its own, such as ["./sign.sh", "--days", "90"]: no shell splits them',
  },
  batchFile: {
    words: "it is a batch file, which Windows starts only through a shell, and none is used",
    remedy:
      'give a program instead, such as ["node", "sign.js"] or ["powershell", "-NoProfile", "-File", "sign.ps1"]',
  },
  interpreterMissing: {
    words: "the file is there, but not the interpreter that its first line names",
    remedy:
      "install that interpreter, and save the file with LF line ends: a CR would count as part of its name",
  },
  notExecutable: {
    words: "the file may not be executed by this user",
    remedy: 'run `chmod +x` on it, or give its interpreter first, such as ["node", "sign.js"]',
  },
  isFolder: {
    words: "it is a folder",
    remedy: "give the path of the program in it",
  },
  folderMissing: {
    words: "that folder does not exist",
    remedy: "run `pulumi up` in the folder of the program",
  },
  tooLong: {
    words: "its arguments and environment are longer than the system takes",
    remedy: "hand long values over in a file",
  },
  notText: {
    words: "it is empty, or an argument or a variable holds a null character",
    remedy: "correct signer.command and signer.env",
  },
  other: {
    words: "the system refused",
    remedy: "see what that code means on this system",
  },
} as const;

function said({ stderr }: SignerRunDetails): string {
  return stderr.length === 0
    ? "it wrote nothing on stderr"
    : `its last words on stderr are "${stderr.join(" | ")}"`;
}
