import { renameSync } from "node:fs";
import { join } from "node:path";
import { lookUp } from "./paths.mjs";
import { pulumiVersion } from "./pins.mjs";

/** curl finds out within this that the installer cannot be reached; seconds. */
const reach = { connect: "5", total: "12" };

/** The whole download may take this long, so that a stalled one does not hang. */
const downloadMs = 600_000;

/**
 * Pulumi's own installer, into a directory of ours: it neither touches ~/.pulumi nor any shell's start-up file.
 *
 * @param {import("./pulumi.mjs").Attempt} attempt
 * @returns {Promise<string | undefined>} why it did not work; undefined when the CLI with all its plugins is in `target`
 */
export async function runInstaller({ target, work, env, supervisor, progress, installerUrl }) {
  const [curl, sh] = [lookUp("curl", env), lookUp("sh", env)];
  if (process.platform === "win32" || curl === undefined || sh === undefined) return "it needs sh and curl";
  const script = join(work, "install.sh");
  const fetchArgs = [
    "-fsSL",
    "--connect-timeout",
    reach.connect,
    "--max-time",
    reach.total,
    "-o",
    script,
    installerUrl,
  ];
  const fetched = await supervisor.run(curl, fetchArgs, { env });
  if (fetched.code !== 0) return `${installerUrl} cannot be reached (${lastLine(fetched.stderr)})`;

  const root = join(work, "installer");
  const task = progress.begin(`downloading Pulumi ${pulumiVersion} with its own installer`);
  try {
    const args = [script, "--no-edit-path", "--install-root", root, "--version", pulumiVersion];
    const result = await supervisor.run(sh, args, { cwd: work, env, timeoutMs: downloadMs });
    if (result.code !== 0)
      return lastLine(result.stderr || result.stdout) || `ended with ${result.signal ?? result.code}`;
    renameSync(join(root, "bin"), target);
    return undefined;
  } finally {
    task.end();
  }
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split(/\r?\n/).at(-1) ?? "";
}
