import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  type EngineEvent,
  LocalWorkspace,
  type OpMap,
  type OpType,
  type PulumiCommand,
  type PulumiFn,
  type Stack,
  type StackSettings,
} from "@pulumi/pulumi/automation";
import type { RecordedRequest } from "keyvault-certificates-emulator";
import { demandPulumi, openWorkbench, type Workbench } from "./engine";
import { describeTraffic, TestVault } from "./vault";

/** An operation of the engine starts a plugin process: seconds each, and several times as many on a busy machine. */
jest.setTimeout(180_000);

/** A line that the engine keeps: it stands in the terminal's Diagnostics. */
export interface Diagnostic {
  readonly severity: string;
  readonly message: string;
  /** Logical name of the resource in whose row it stands. */
  readonly resource: string | undefined;
}

/** What the engine planned for one resource. */
export interface PlannedStep {
  readonly op: OpType;
  readonly resource: string;
  /** Paths that the preview shows as changed, hidden ones left out. */
  readonly changed: readonly string[];
}

/** Requests for one certificate among the traffic of an outcome. */
export const concerning = ({ traffic }: Outcome, name: string): string[] =>
  traffic.filter((line) => line.split(" ")[1]?.split("/")[2]?.toLowerCase() === name.toLowerCase());

/** What one operation of the engine came to. A failure is one too: it is not thrown. */
export interface Outcome {
  readonly ok: boolean;
  /** Everything that the terminal showed, without colour. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly steps: readonly PlannedStep[];
  /** What was done with each resource by its class, such as `update CertificateMerge`; what stayed the same is left out. */
  readonly operations: readonly string[];
  /** Resources by what was done with them. The stack's own row is not counted. */
  readonly changes: OpMap;
  /** Outputs of the stack's program. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly requests: readonly RecordedRequest[];
  /** The requests that the vault let in, as `POST /certificates/web/create 202`. */
  readonly traffic: readonly string[];
}

/** A resource as the stack's state holds it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
  readonly protect?: boolean;
}

export interface Options {
  readonly diff?: boolean;
  readonly replace?: string[];
  readonly expectNoChanges?: boolean;
  readonly refresh?: boolean;
  readonly parallel?: number;
  /** Of an `up` only. */
  readonly continueOnError?: boolean;
}

type Listen = (options: {
  color: "never";
  onEvent: (event: EngineEvent) => void;
  onOutput: (text: string) => void;
  onError: (text: string) => void;
}) => Promise<object>;

/** A stack of the real engine on an emulated vault. */
export class TestStack {
  constructor(
    readonly stack: Stack,
    private readonly vault: TestVault,
    readonly command: PulumiCommand,
  ) {}

  /** `program` replaces the one of the stack for this and for later operations. */
  up(program?: PulumiFn, options: Options = {}): Promise<Outcome> {
    this.#take(program);
    return this.#run((listen) => this.stack.up({ ...options, ...listen }));
  }

  preview(program?: PulumiFn, options: Options = {}): Promise<Outcome> {
    this.#take(program);
    return this.#run((listen) => this.stack.preview({ ...options, ...listen }));
  }

  refresh(options: Pick<Options, "expectNoChanges"> = {}): Promise<Outcome> {
    return this.#run((listen) => this.stack.refresh({ ...options, ...listen }));
  }

  destroy(): Promise<Outcome> {
    return this.#run((listen) => this.stack.destroy(listen));
  }

  /** The resources of the state, by logical name, without the stack itself and its providers. */
  async state(): Promise<Readonly<Record<string, StateResource>>> {
    const exported = (await this.stack.exportStack()).deployment as {
      resources?: (StateResource & { custom: boolean })[];
    };
    const own = (exported.resources ?? []).filter(
      ({ custom, type }) => custom && !type.startsWith("pulumi:providers:"),
    );
    return Object.fromEntries(own.map((resource) => [nameOf(resource.urn), resource]));
  }

  async resource(name: string): Promise<StateResource> {
    const found = (await this.state())[name];
    if (found === undefined) throw new Error(`the state has no resource "${name}"`);
    return found;
  }

  /** URN of a resource of the state. */
  async urn(name: string): Promise<string> {
    return (await this.resource(name)).urn;
  }

  /**
   * Runs another command of the CLI on this stack and gives what it printed. A command that runs the program needs one that
   * the language host can run.
   */
  async cli(...args: string[]): Promise<string> {
    const { workDir, envVars, pulumiHome = "" } = this.stack.workspace;
    const { stdout } = await promisify(execFile)(
      this.command.command,
      [...args, "--non-interactive", "--stack", this.stack.name],
      { cwd: workDir, env: { ...process.env, ...envVars, PULUMI_HOME: pulumiHome }, maxBuffer: 2 ** 26 },
    );
    return stdout;
  }

  #take(program: PulumiFn | undefined): void {
    if (program !== undefined) this.stack.workspace.program = program;
  }

  async #run(operation: (listen: Parameters<Listen>[0]) => Promise<object>): Promise<Outcome> {
    const events: EngineEvent[] = [];
    const seen = this.vault.requests().length;
    let text = "";
    const keep = (part: string) => {
      text += part;
    };
    const listen = {
      color: "never",
      onEvent: (event: EngineEvent) => void events.push(event),
      onOutput: keep,
      onError: keep,
    } as const;
    const result = await operation(listen).catch((error: unknown) => error);
    const requests = this.vault.requests().slice(seen);
    return {
      ok: !(result instanceof Error),
      text,
      requests,
      ...readEvents(events),
      outputs: outputsOf(events),
      traffic: describeTraffic(requests),
    };
  }
}

function outputsOf(events: readonly EngineEvent[]): Outcome["outputs"] {
  const stack = events.findLast(
    ({ resOutputsEvent }) => resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack",
  );
  return stack?.resOutputsEvent?.metadata.new?.outputs ?? {};
}

function readEvents(
  events: readonly EngineEvent[],
): Pick<Outcome, "diagnostics" | "steps" | "operations" | "changes"> {
  const steps = events.flatMap(({ resourcePreEvent }) => {
    if (resourcePreEvent === undefined || isInternal(resourcePreEvent.metadata.type)) return [];
    const { op, urn, detailedDiff, diffs } = resourcePreEvent.metadata;
    const changed =
      Object.keys(detailedDiff ?? {}).length > 0 ? Object.keys(detailedDiff ?? {}) : (diffs ?? []);
    return [{ op, resource: nameOf(urn), changed: changed.filter((path) => !path.startsWith("__")).sort() }];
  });
  const operations = events.flatMap(({ resourcePreEvent }) => {
    if (resourcePreEvent === undefined || isInternal(resourcePreEvent.metadata.type)) return [];
    const { op, type } = resourcePreEvent.metadata;
    return op === "same" ? [] : [`${op} ${type.split(":").at(-1) ?? type}`];
  });
  const diagnostics = events.flatMap(({ diagnosticEvent }) => {
    if (diagnosticEvent === undefined || diagnosticEvent.ephemeral === true) return [];
    const { severity, message, urn } = diagnosticEvent;
    if ((severity as string) === "debug") return [];
    return [
      {
        severity,
        message: message.trimEnd(),
        resource: urn === undefined || urn === "" ? undefined : nameOf(urn),
      },
    ];
  });
  const changes: OpMap = {};
  for (const { op } of steps) changes[op] = (changes[op] ?? 0) + 1;
  return { steps, operations, diagnostics, changes };
}

/**
 * `Stack.up` asks the CLI three more times, for outputs and history, which the events tell as well: a third of the time of all these
 * tests.
 */
function withoutAfterthoughts(stack: Stack): Stack {
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  return stack;
}

const isInternal = (type: string): boolean =>
  type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** What the tests of one file share: one emulated vault, one Pulumi home, one state backend. */
export class Engine {
  private constructor(
    readonly vault: TestVault,
    readonly workbench: Workbench,
    readonly command: PulumiCommand,
  ) {}

  static async open(): Promise<Engine> {
    const command = await demandPulumi();
    return new Engine(await TestVault.start(), openWorkbench(), command);
  }

  /**
   * A new stack whose program is a function: it runs in this process, the plugin in one of its own. Its configuration names the
   * vault.
   */
  async stack(project: string, program: PulumiFn = () => Promise.resolve()): Promise<TestStack> {
    const { vault, workbench, command: pulumiCommand } = this;
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "dev", projectName: project, program },
      {
        workDir: workbench.newFolder(project),
        pulumiHome: workbench.pulumiHome,
        pulumiCommand,
        envVars: workbench.environment(vault),
        stackSettings: { dev: { config: { "keyvault:vaultUrl": vault.url } } },
      },
    );
    return new TestStack(withoutAfterthoughts(stack), vault, pulumiCommand);
  }

  /** A new stack of the Pulumi project in a folder: the language host runs its program. */
  async projectStack(workDir: string, settings: StackSettings = {}): Promise<TestStack> {
    const { vault, workbench, command: pulumiCommand } = this;
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "dev", workDir },
      {
        pulumiHome: workbench.pulumiHome,
        pulumiCommand,
        envVars: workbench.environment(vault),
        stackSettings: { dev: settings },
      },
    );
    return new TestStack(withoutAfterthoughts(stack), vault, pulumiCommand);
  }

  async close(): Promise<void> {
    await this.vault.close();
    this.workbench.remove();
  }
}

/** Opens an engine before the tests of a file, and closes it after them. */
export function useEngine(): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await Engine.open();
  });
  afterAll(() => engine?.close());
  return () => {
    if (engine === undefined) throw new Error("the engine was not opened: see the failure above");
    return engine;
  };
}
