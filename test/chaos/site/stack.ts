import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openWorkbench, type Workbench } from "../../e2e/engine";
import type { TestVault } from "../../e2e/vault";
import type { Program } from "../plan/certificates";
import { declaredVariable, writeProject } from "./project";
import { isPlugin, kill, markVariable, processesOf, untilNone } from "./processes";
import { readState, type StackState } from "./state";

/** What a command of the CLI came to. */
export interface Ended {
  readonly ok: boolean;
  readonly text: string;
  /** When the process had gone: Unix milliseconds. */
  readonly at: number;
}

export type Victim = "CLI" | "plugin" | "CLI and plugin";

export interface StackSettings {
  readonly vault: TestVault;
  readonly identityEndpoint: string;
  readonly project: string;
  /** A secret of the configuration; the program gives it to each certificate as a tag. */
  readonly planted: string;
}

/** How long an `up` may take on a busy machine before the trial counts as hanging. */
const commandLimitMs = 300_000;

/** A stack with a state backend of its own, whose CLI and plugin are processes that can be killed. */
export class ChaosStack {
  readonly #mark = randomUUID();
  readonly #workbench: Workbench = openWorkbench();
  readonly #folder: string;
  /** Apart from what is searched for secrets: a test may declare one on purpose. */
  readonly #declared = join(mkdtempSync(join(tmpdir(), "keyvault-chaos-")), "certificates.json");
  readonly #environment: NodeJS.ProcessEnv;
  #transcript = "";

  private constructor(private readonly settings: StackSettings) {
    this.#folder = this.#workbench.newFolder("project");
    this.#environment = {
      ...process.env,
      ...this.#workbench.environment(settings.vault),
      PULUMI_HOME: this.#workbench.pulumiHome,
      IDENTITY_ENDPOINT: settings.identityEndpoint,
      [declaredVariable]: this.#declared,
      [markVariable]: this.#mark,
    };
  }

  static async create(settings: StackSettings): Promise<ChaosStack> {
    const stack = new ChaosStack(settings);
    writeProject(stack.#folder, settings.project);
    stack.declare({});
    await stack.#demand("stack", "init", "dev");
    await stack.#demand("config", "set", "--secret", "chaos:planted", settings.planted);
    return stack;
  }

  /** Everything that the CLI has printed. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Where state, settings and whatever else the CLI writes stands. */
  get folder(): string {
    return this.#workbench.folder;
  }

  /** The program's certificates from now on. */
  declare(certificates: Program): void {
    writeFileSync(this.#declared, JSON.stringify(certificates));
  }

  up(): Promise<Ended> {
    return this.startUp().ended;
  }

  /** An `up` that can be killed before it has ended. */
  startUp(parallel = 32): RunningUp {
    const { child, ended } = this.#start(["up", "--yes", "--skip-preview", "--parallel", String(parallel)]);
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    return { ended, hasEnded, kill: (victim) => this.#kill(child, victim) };
  }

  /** Whether the program and the state say the same: a preview has nothing to do. */
  async isSettled(): Promise<boolean> {
    return (await this.#start(["preview", "--expect-no-changes"]).ended).ok;
  }

  /** Takes the lock away that a killed CLI has left. */
  async cancel(): Promise<void> {
    await this.#demand("cancel", "dev", "--yes");
  }

  state(): StackState {
    const { project } = this.settings;
    return readState(join(this.folder, "state", ".pulumi", "stacks", project, "dev.json"));
  }

  /** Milliseconds until no plugin process is left, or `undefined` where one outlives the limit. */
  untilNoPlugin(limitMs: number): Promise<number | undefined> {
    return untilNone(this.#mark, isPlugin, limitMs);
  }

  /** Ends every process of this stack, whoever started it, and takes its folders away. */
  async close(): Promise<void> {
    for (const { pid } of processesOf(this.#mark)) kill(pid);
    await untilNone(this.#mark, () => true, 5000);
    this.#workbench.remove();
    rmSync(dirname(this.#declared), { recursive: true, force: true });
  }

  async #demand(...args: string[]): Promise<void> {
    const { ok, text } = await this.#start(args).ended;
    if (!ok) throw new Error(`pulumi ${args[0]}: ${text}`);
  }

  #start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const stack = args[0] === "stack" || args[0] === "cancel" ? [] : ["--stack", "dev"];
    const child = spawn("pulumi", [...args, ...stack, "--non-interactive", "--color", "never"], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    const keep = (chunk: Buffer) => {
      text += chunk.toString("utf8");
      this.#transcript += chunk.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    // The whole line would show the secret that `config set` is given.
    this.#transcript += `\n$ pulumi ${args[0]}\n`;
    const hanging = setTimeout(() => kill(child.pid), commandLimitMs);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      // Not "close": what a killed CLI leaves running holds its pipes open.
      child.once("exit", (code) => {
        clearTimeout(hanging);
        // What the vault, in this same process, had received by then is handled in this turn, and was sent before.
        setImmediate(() => {
          const at = Date.now();
          // The last of the output is on its way.
          void sleep(50).then(() => resolve({ ok: code === 0, text, at }));
        });
      });
    });
    return { child, ended };
  }

  #kill(cli: ChildProcess, victim: Victim): void {
    // The mark finds an orphan too.
    if (victim !== "plugin") kill(cli.pid);
    if (victim !== "CLI") for (const { pid } of processesOf(this.#mark).filter(isPlugin)) kill(pid);
    this.#transcript += `\n[the ${victim} killed]\n`;
  }
}

export interface RunningUp {
  readonly ended: Promise<Ended>;
  hasEnded(): boolean;
  kill(victim: Victim): void;
}
