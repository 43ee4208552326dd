import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Every process of one stack carries it in its environment, whoever started it and whoever has died since. */
export const markVariable = "KEYVAULT_CHAOS_STACK";

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** The processes that live and carry the mark. */
export function processesOf(mark: string): FoundProcess[] {
  const found = process.platform === "linux" ? fromProc(mark) : fromPs(mark);
  return found.filter(({ pid }) => pid !== process.pid);
}

/** The plugin process of the stack, as far as its command line tells. */
export const isPlugin = ({ command }: FoundProcess): boolean =>
  /cmd[\\/]dynamic-provider/.test(command) || command.includes("pulumi-resource-pulumi-nodejs");

function fromProc(mark: string): FoundProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const environment = readOrNothing(`/proc/${name}/environ`).split("\0");
    if (!environment.includes(`${markVariable}=${mark}`)) return [];
    const command = readOrNothing(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
    // One that has ended and whom nobody has asked for its exit code has no command line any more.
    return command === "" ? [] : [{ pid: Number(name), command }];
  });
}

function fromPs(mark: string): FoundProcess[] {
  const lines = execFileSync("ps", ["-axEwwo", "pid=,command="], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  }).split("\n");
  return lines
    .filter((line) => line.includes(`${markVariable}=${mark}`))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^\d+ /, "") }));
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** SIGKILL; one that is gone already is what was wanted. */
export function kill(pid: number | undefined): void {
  // To the system, 0 is the whole group.
  if (pid === undefined || pid === 0) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It had ended.
  }
}

/** Milliseconds until none of the marked processes that `which` names is left, or `undefined` where one outlives `limitMs`. */
export async function untilNone(
  mark: string,
  which: (found: FoundProcess) => boolean,
  limitMs: number,
): Promise<number | undefined> {
  const startedAt = performance.now();
  while (processesOf(mark).some(which)) {
    if (performance.now() - startedAt > limitMs) return undefined;
    await sleep(50);
  }
  return performance.now() - startedAt;
}
