import { join } from "node:path";

/**
 * The quick-start stack of the repository's root, with everything that it keeps in a temporary folder.
 */
export class Stack {
  /**
   * @param {object} options
   * @param {string} options.root
   * @param {string} options.name
   * @param {import("../toolchain/paths.mjs").Environment} options.env
   * @param {import("../run/supervise.mjs").Supervisor} options.supervisor
   * @param {(line: string) => void} options.say
   */
  constructor({ root, name, env, supervisor, say }) {
    this.root = root;
    this.name = name;
    this.env = env;
    this.supervisor = supervisor;
    this.say = say;
  }

  /** Makes the stack; its settings file beside Pulumi.yaml is removed at the end, whatever happens. */
  async init() {
    this.supervisor.removeAtEnd(join(this.root, `Pulumi.${this.name}.yaml`));
    await this.quiet(["stack", "init", this.name, "--no-select"]);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  async configure(key, value) {
    await this.quiet(["config", "set", key, "--stack", this.name, "--", value]);
  }

  /**
   * Shows the command and what it prints.
   *
   * @param {readonly string[]} args
   */
  async show(args) {
    this.say(`\n$ pulumi ${args.join(" ")}`);
    const options = {
      cwd: this.root,
      env: this.env,
      stdio: /** @type {const} */ ("inherit"),
      stopSignals: interrupts,
    };
    const { code } = await this.supervisor.run("pulumi", [...args, "--stack", this.name], options);
    if (code !== 0) throw new DemoError(`pulumi ${args[0]} ended with exit code ${code}`);
  }

  /** @returns {Promise<any>} the stack's outputs */
  async outputs() {
    return JSON.parse(await this.quiet(["stack", "output", "--json", "--stack", this.name]));
  }

  /**
   * Runs a command whose output is of no interest unless it fails.
   *
   * @param {readonly string[]} args
   */
  async quiet(args) {
    const options = { cwd: this.root, env: this.env, stopSignals: interrupts };
    const { code, stdout, stderr } = await this.supervisor.run("pulumi", args, options);
    if (code !== 0)
      throw new DemoError(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${stderr}${stdout}`);
    return stdout;
  }
}

/** The first makes the CLI cancel, the second makes it stop. @type {readonly NodeJS.Signals[]} */
const interrupts = ["SIGINT", "SIGINT"];

/** What ends the demo in words, without a stack. */
export class DemoError extends Error {}
