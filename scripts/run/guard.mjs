import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { endGroup } from "./processes.mjs";

// A process of its own, started by guarding.mjs. It is told on stdin what is there, a line each ("+group 12", "-group 12", `+folder "/tmp/a"`), and
// takes it away once stdin ends, which it does however its parent died.

/** Twice: the first makes a Pulumi CLI cancel, the second makes it end its plugins; all else ends at the first. @type {readonly NodeJS.Signals[]} */
const signals = ["SIGTERM", "SIGTERM"];
const graceMs = 2000;

/** @type {{ group: Set<number>, folder: Set<string> }} */
const held = { group: new Set(), folder: new Set() };

/** @param {string} line */
function take(line) {
  const [, sign, kind, value = ""] = /^([+-])(group|folder) (.+)$/.exec(line) ?? [];
  const change = sign === "+" ? "add" : "delete";
  if (kind === "group") held.group[change](JSON.parse(value));
  if (kind === "folder") held.folder[change](JSON.parse(value));
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Somebody still writes there; the next time may do.
  }
}

let rest = "";
for await (const text of process.stdin.setEncoding("utf8")) {
  const lines = (rest + text).split("\n");
  // A line that was cut off may name somebody else's group.
  rest = lines.pop() ?? "";
  lines.forEach(take);
}
await Promise.all([...held.group].map((group) => endGroup(group, signals, graceMs)));
if (held.folder.size > 0) {
  held.folder.forEach(remove);
  // What was ended may have left somebody outside its group who writes once more.
  await sleep(graceMs);
  held.folder.forEach(remove);
}
