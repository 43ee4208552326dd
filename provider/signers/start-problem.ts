import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { SignerStartProblem } from "../errors/signer";
import type { SignerHost } from "./request";

/** What stands where a path says that something is. */
export type Found = "nothing" | "folder" | "file";

/** What can be known about a program that the system did not start. */
export interface StartFacts {
  readonly program: string;
  /** The code of the system (`ENOENT`) or of Node. */
  readonly code: string;
  readonly platform: NodeJS.Platform;
  /** At the program's path; `nothing` where it is a name to be looked up in PATH. */
  readonly found: Found;
  readonly folderExists: boolean;
}

/** A program that can only be started by the shell of Windows (`cmd.exe`), which this package never uses. */
export function isBatchFile(program: string, platform: NodeJS.Platform): boolean {
  return platform === "win32" && /\.(?:cmd|bat)[. ]*$/i.test(program);
}

/** A path is taken as it is; any other name is looked up in PATH. */
function isPath(program: string, platform: NodeJS.Platform): boolean {
  return platform === "win32" ? /[\\/:]/.test(program) : program.includes("/");
}

/** Codes that have one cause each. */
const problemOfCode: Readonly<Record<string, SignerStartProblem>> = {
  E2BIG: "tooLong",
  ERR_INVALID_ARG_VALUE: "notText",
};

/** The cause behind a code: the same ENOENT stands for a missing program, interpreter and working directory. */
export function startProblem(facts: StartFacts): SignerStartProblem {
  const { program, code, platform, found, folderExists } = facts;
  if (isBatchFile(program, platform)) return "batchFile";
  const known = problemOfCode[code];
  if (known !== undefined) return known;
  if (!folderExists) return "folderMissing";
  if (code === "EACCES") return found === "folder" ? "isFolder" : "notExecutable";
  return code === "ENOENT" || code === "ENOTDIR" ? missing(facts) : "other";
}

function missing({ program, platform, found }: StartFacts): SignerStartProblem {
  if (found === "file") return "interpreterMissing";
  if (/\s/.test(program)) return "oneText";
  if (isPath(program, platform)) return "notThere";
  return platform === "win32" ? "notOnWindowsPath" : "notOnPath";
}

/** Looks at what there is in place of the program. */
export async function gatherStartFacts(
  program: string,
  code: string,
  { folder, platform }: SignerHost,
): Promise<StartFacts> {
  const found =
    isPath(program, platform) && !program.includes("\0") ? await look(resolve(folder, program)) : "nothing";
  return { program, code, platform, found, folderExists: (await look(folder)) === "folder" };
}

async function look(path: string): Promise<Found> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}
