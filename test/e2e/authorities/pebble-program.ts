import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { guardFolder } from "../../../scripts/run/guarding.mjs";
import { cacheDirectory, lookUp, programIn } from "../../../scripts/toolchain/paths.mjs";

const version = "2.10.1";

/** The program of Let's Encrypt's ACME server for tests, or why there is none. */
export type PebbleProgram = { readonly file: string } | { readonly missing: string };

/**
 * Pebble from PATH; else one that was built before, which is kept per user beside the Pulumi CLI; else it is built with Go: once, 5 to 20
 * seconds on two cores.
 */
export function obtainPebble(env: NodeJS.ProcessEnv = process.env): PebbleProgram {
  const onPath = lookUp("pebble", env);
  if (onPath !== undefined && isAcmeServer(onPath)) return { file: onPath };

  const cache = cacheDirectory(env, homedir());
  const home = join(cache, `pebble-${version}-${process.platform}-${process.arch}`);
  const cached = programIn("pebble", home);
  if (cached !== undefined) return { file: cached };

  const go = lookUp("go", env);
  if (go === undefined) return { missing: "there is no pebble on PATH, and no go to build it with" };
  return build(go, { cache, home, env });
}

/** Another program of that name is a manager of services. */
function isAcmeServer(file: string): boolean {
  const { stdout, stderr } = spawnSync(file, ["-help"], { encoding: "utf8", timeout: 10_000 });
  return `${stdout}${stderr}`.includes("-dnsserver");
}

function build(
  go: string,
  { cache, home, env }: { cache: string; home: string; env: NodeJS.ProcessEnv },
): PebbleProgram {
  process.stderr.write(`building Pebble ${version} with Go: once, up to half a minute on two cores\n`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "tmp-pebble-"));
  const release = guardFolder(work);
  const bin = join(work, "bin");
  try {
    execFileSync(go, ["install", `github.com/letsencrypt/pebble/v2/cmd/pebble@v${version}`], {
      cwd: work,
      env: { ...env, GO111MODULE: "on", GOWORK: "off", GOBIN: bin },
      stdio: "pipe",
    });
    // Two runs may build at the same time: the second finds the first one's in place.
    if (!existsSync(home)) renameSync(bin, home);
    const built = programIn("pebble", home);
    return built === undefined ? { missing: `go built no program in ${home}` } : { file: built };
  } catch (error) {
    // The other was faster between the look and the move.
    const others = programIn("pebble", home);
    if (others !== undefined) return { file: others };
    const { stderr = "" } = error as { stderr?: Buffer | string };
    const reason = stderr.toString().trim().split("\n").slice(-3).join(" / ");
    return { missing: `pebble could not be built with ${go}: ${reason || String(error)}` };
  } finally {
    rmSync(work, { recursive: true, force: true });
    release();
  }
}
