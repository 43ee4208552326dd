/**
 * A process of its own, started by `guarding.ts`. It is told on stdin which process groups run ("+pid", "-pid", a line each) and ends them once
 * stdin ends, which it does however the plugin died. It imports nothing, so that Node runs it from source too.
 */
{
  const groups = new Set<number>();
  let rest = "";

  const take = (line: string): void => {
    const group = Number(line.slice(1));
    if (line.startsWith("+")) groups.add(group);
    else groups.delete(group);
  };

  const endAll = (signal: "SIGTERM" | "SIGKILL"): void => {
    for (const group of groups) {
      try {
        process.kill(process.platform === "win32" ? group : -group, signal);
      } catch {
        groups.delete(group); // it has ended
      }
    }
  };

  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  });
  process.stdin.on("end", () => {
    endAll("SIGTERM");
    if (groups.size > 0) setTimeout(endAll, 2000, "SIGKILL");
  });
}
