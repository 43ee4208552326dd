import { type Emulator, startEmulator } from "keyvault-certificates-emulator";
import { Engine } from "./engine";
import { PluginProcess, type PluginSettings, stopAllPlugins } from "./plugin-process";
import type { Program } from "./programs";
import { identityOf } from "./resource";

/** What a suite plays with, made before its first test and taken away after its last. */
export interface Bench {
  readonly program: Program;
  readonly emulator: Emulator;
  readonly engine: Engine;
  /** A plugin process of its own, signed in to the emulator and started by the engine. */
  start(more?: Partial<PluginSettings>): Promise<PluginProcess>;
}

export function useBench(makeProgram: () => Program): Bench {
  // A process starts in a second or two, and a machine may be busy.
  jest.setTimeout(30_000);
  let made: Pick<Bench, "program" | "emulator" | "engine"> | undefined;
  const held = () => {
    if (made === undefined) throw new TypeError("the bench is there only while tests run");
    return made;
  };
  beforeAll(async () => {
    const program = makeProgram();
    made = { program, emulator: await startEmulator(), engine: await Engine.start(program) };
  });
  afterAll(async () => {
    await stopAllPlugins();
    held().engine.kill();
    await held().emulator.close();
    held().program.remove();
  });
  return {
    get program() {
      return held().program;
    },
    get emulator() {
      return held().emulator;
    },
    get engine() {
      return held().engine;
    },
    start: (more = {}) => {
      const { program, emulator, engine } = held();
      return PluginProcess.start({
        program,
        engine: engine.address,
        environment: identityOf(emulator),
        ...more,
      });
    },
  };
}
