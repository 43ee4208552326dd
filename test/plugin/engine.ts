import type { sendUnaryData, Server, ServerUnaryCall, ServiceDefinition } from "@grpc/grpc-js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type { Program } from "./programs";
import { loadSdk } from "./sdk";

/** One line as the engine got it. */
export interface EngineLine {
  readonly severity: string;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

/** The log service of an engine, on a real port. */
export class Engine {
  readonly lines: EngineLine[] = [];
  readonly #waiting: { matches: (line: EngineLine) => boolean; resolve: (line: EngineLine) => void }[] = [];

  #port = 0;

  private constructor(private readonly server: Server) {}

  static async start(program: Program): Promise<Engine> {
    const sdk = loadSdk(program.sdkFolder);
    const server = new sdk.grpc.Server();
    const severities = Object.entries(sdk.engine.LogSeverity);
    const engine = new Engine(server);
    const service = sdk.engineService as unknown as { EngineService: ServiceDefinition };
    server.addService(service.EngineService, {
      log: ({ request }: ServerUnaryCall<LogRequest, unknown>, done: sendUnaryData<unknown>) => {
        engine.take({
          severity: severities.find(([, value]) => value === request.getSeverity())?.[0] ?? "",
          message: request.getMessage(),
          urn: request.getUrn(),
          ephemeral: request.getEphemeral(),
        });
        done(null, new sdk.Empty());
      },
    });
    engine.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", sdk.grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return engine;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** The first line, past or to come, that matches. */
  async line(matches: (line: EngineLine) => boolean): Promise<EngineLine> {
    const past = this.lines.find(matches);
    return past ?? new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  /** As after `kill -9`: every connection is cut, and the port refuses new ones. */
  kill(): void {
    this.server.forceShutdown();
  }

  private take(line: EngineLine): void {
    this.lines.push(line);
    for (const { matches, resolve } of this.#waiting) if (matches(line)) resolve(line);
  }
}

/** The address of an engine that is not there. */
export const nobody = "127.0.0.1:9";
