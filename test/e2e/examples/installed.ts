import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Engine } from "../stack";

const root = join(__dirname, "..", "..", "..");
const workspacePackages = join(root, "node_modules");
const published = "pulumi-keyvault-certificates";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * What `npm install` makes of an example that was copied out of the repository: a folder `node_modules` with what its own package.json asks for
 * and what that asks for, no more. What the workspace has beside it, as TypeScript, is not found from there.
 *
 * @returns the folder `node_modules`, made once for each example of a test file
 */
export function installedPackages({ workbench }: Engine, example: string): string {
  const folder = join(workbench.folder, "installed", example);
  const target = join(folder, "node_modules");
  if (existsSync(folder)) return target;
  const packages = new Set<string>();
  collect(join(root, "examples", example), packages);
  for (const source of packages) linkTree(source, join(target, relative(workspacePackages, source)));
  unpackPublished(folder, join(target, published));
  return target;
}

/** Adds the folders of all packages that the one in `folder` needs, as npm has laid them out. */
function collect(folder: string, packages: Set<string>): void {
  for (const name of neededBy(folder)) {
    const found = name === published ? join(root, "provider") : placeOf(name, folder);
    if (found === undefined || packages.has(found)) continue;
    if (name !== published) packages.add(found);
    collect(found, packages);
  }
}

function neededBy(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** `undefined`: an optional one that is not installed here. */
function placeOf(name: string, from: string): string | undefined {
  const found = join(from, "node_modules", name);
  if (existsSync(found)) return realpathSync(found);
  return from === root ? undefined : placeOf(name, dirname(from));
}

/** Links to folders would not do: Node and TypeScript look for a package's own needs where it really is. */
function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source)) {
    const [from, to] = [join(source, entry), join(target, entry)];
    if (entry === "node_modules" || existsSync(to)) continue;
    if (lstatSync(from).isDirectory()) linkTree(from, to);
    else linkFile(from, to);
  }
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system.
    copyFileSync(from, to);
  }
}

/** This package as npm would publish it. */
function unpackPublished(folder: string, target: string): void {
  const [packed = ""] = npmPack(folder);
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, packed), "-C", target, "--strip-components=1"]);
}

/** Gives the names of the files. */
function npmPack(target: string): string[] {
  const npm = join(dirname(process.execPath), "npm");
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", target];
  const printed = execFileSync(existsSync(npm) ? npm : "npm", args, {
    cwd: join(root, "provider"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(printed) as { filename: string }[]).map(({ filename }) => filename);
}
