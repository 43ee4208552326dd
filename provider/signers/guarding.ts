import { type ChildProcess, spawn } from "node:child_process";

let guard: ChildProcess | undefined;

/**
 * Sees to it that a process group ends with this process, even where this process is killed: a command that went on alone could order
 * at its CA beside the one that the next `pulumi up` starts. One guard watches for all commands of this process. Call the result
 * once the group has ended.
 */
export function guardGroup(group: number): () => void {
  guard ??= startGuard();
  tell(`+${group}\n`);
  return () => {
    tell(`-${group}\n`);
  };
}

function tell(line: string): void {
  guard?.stdin?.write(line);
}

/** Without a guard commands still run: whatever goes wrong with it is not told. */
function startGuard(): ChildProcess {
  const child = spawn(process.execPath, [require.resolve("./guard")], {
    stdio: ["pipe", "ignore", "ignore"],
    // Not of the plugin's group, which the engine interrupts as a whole.
    detached: process.platform !== "win32",
    windowsHide: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const forget = () => {
    if (guard === child) guard = undefined;
  };
  child.on("error", forget).on("exit", forget);
  child.stdin.on("error", forget);
  // Neither may keep the plugin alive.
  child.unref();
  (child.stdin as Partial<NodeJS.RefCounted>).unref?.();
  return child;
}
