import { type ChildProcess, spawn } from "node:child_process";

/** A process that has started: it has an id. */
export type Running<T extends ChildProcess = ChildProcess> = T & { readonly pid: number };

/**
 * Signals a command and everything that it started and that has not left its group. Windows has no groups and no signals: there
 * `taskkill` ends the tree of processes, which it can follow only while the command itself lives.
 */
export function signalGroup(leader: Running, signal: "SIGTERM" | "SIGKILL"): void {
  if (process.platform === "win32") {
    if (leader.exitCode === null && leader.signalCode === null) endTree(leader.pid);
    return;
  }
  try {
    process.kill(-leader.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function endTree(pid: number): void {
  const taskkill = spawn("taskkill", ["/pid", String(pid), "/t", "/f"], {
    stdio: "ignore",
    windowsHide: true,
  });
  taskkill.on("error", () => process.kill(pid));
}
