import { pathToFileURL } from "node:url";
import { LocalWorkspace, type PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { demandPulumi, openWorkbench, type Workbench } from "../e2e/engine";
import type { LocalVault } from "./local-vault";

/** A resource as the stack's state holds it. */
export interface StateResource {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Stacks of the real engine, with a Pulumi home and a state backend that nobody else uses. */
export class Stacks {
  private constructor(
    private readonly workbench: Workbench,
    private readonly command: PulumiCommand,
    private readonly vault: LocalVault,
  ) {}

  static async open(
    start: (folder: string) => Promise<LocalVault>,
  ): Promise<{ stacks: Stacks; vault: LocalVault }> {
    const command = await demandPulumi();
    const workbench = openWorkbench();
    const vault = await start(workbench.newFolder("vault"));
    return { stacks: new Stacks(workbench, command, vault), vault };
  }

  /** A new stack. Its program runs in this process, its plugin in one of its own. */
  async create(project: string, program: PulumiFn): Promise<TimedStack> {
    const { workbench, command: pulumiCommand, vault } = this;
    const workDir = workbench.newFolder(project);
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "bench", projectName: project, program },
      {
        workDir,
        pulumiHome: workbench.pulumiHome,
        pulumiCommand,
        envVars: {
          PULUMI_BACKEND_URL: pathToFileURL(workbench.newFolder(`${project}-state`)).href,
          PULUMI_CONFIG_PASSPHRASE: "bench",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          ...vault.identity,
        },
        stackSettings: { bench: { config: { "keyvault:vaultUrl": vault.url } } },
      },
    );
    // `Stack.up` asks the CLI for them after the operation: two more starts of the CLI, which are not measured here.
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return new TimedStack(stack);
  }

  close(): void {
    this.workbench.remove();
  }
}

export class TimedStack {
  constructor(private readonly stack: Stack) {}

  /** Milliseconds from the start of the CLI to its end. */
  async up(parallel: number): Promise<number> {
    const startedAt = performance.now();
    await this.stack.up({ parallel, color: "never" });
    return performance.now() - startedAt;
  }

  async destroy(parallel: number): Promise<void> {
    await this.stack.destroy({ parallel, color: "never" });
  }

  async resources(): Promise<StateResource[]> {
    const { resources = [] } = (await this.stack.exportStack()).deployment as { resources?: StateResource[] };
    return resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  }
}
