import type { CallOptions, Metadata, ServiceError } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Sdk } from "./sdk";

export type Properties = Record<string, unknown>;

/** What an init error carries besides its message. */
export interface InitFailure {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: readonly string[];
}

/** A call that has no answer by then counts as hanging. */
const callTimeoutMs = 20_000;

/** The calls of the engine on a plugin process, with plain property bags. Every call has a deadline. */
export class PluginClient {
  readonly #client: ResourceProviderClient;
  readonly #sdk: Sdk;

  constructor(sdk: Sdk, address: string) {
    this.#sdk = sdk;
    this.#client = new sdk.providerService.ResourceProviderClient(
      address,
      sdk.grpc.credentials.createInsecure(),
    );
  }

  close(): void {
    this.#client.close();
  }

  async configure(configuration: Readonly<Record<string, string>>): Promise<void> {
    const request = new this.#sdk.provider.ConfigureRequest();
    request.setArgs(this.#bag(configuration));
    await this.#call<ConfigureResponse>((client, ...rest) => client.configure(request, ...rest));
  }

  async check(
    news: Properties,
    olds: Properties = {},
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new this.#sdk.provider.CheckRequest();
    request.setOlds(this.#bag(olds));
    request.setNews(this.#bag(news));
    const reply = await this.#call<CheckResponse>((client, ...rest) => client.check(request, ...rest));
    return { inputs: plain(reply.getInputs()), failures: reply.toObject().failuresList };
  }

  /** `changes` by its name in the protocol: `DIFF_UNKNOWN`, `DIFF_NONE` or `DIFF_SOME`. */
  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: string | undefined; replaces: string[] }> {
    const request = new this.#sdk.provider.DiffRequest();
    request.setId(id);
    request.setOlds(this.#bag(olds));
    request.setNews(this.#bag(news));
    const reply = await this.#call<DiffResponse>((client, ...rest) => client.diff(request, ...rest));
    const names = Object.entries(this.#sdk.provider.DiffResponse.DiffChanges);
    const changes = names.find(([, value]) => value === reply.getChanges())?.[0];
    return { changes, replaces: reply.getReplacesList() };
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new this.#sdk.provider.CreateRequest();
    request.setProperties(this.#bag(inputs));
    const reply = await this.#call<CreateResponse>((client, ...rest) => client.create(request, ...rest));
    return { id: reply.getId(), outputs: plain(reply.getProperties()) };
  }

  async read(
    id: string,
    outputs: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const request = new this.#sdk.provider.ReadRequest();
    request.setId(id);
    request.setProperties(this.#bag(outputs));
    const reply = await this.#call<ReadResponse>((client, ...rest) => client.read(request, ...rest));
    return { id: reply.getId(), outputs: plain(reply.getProperties()), inputs: plain(reply.getInputs()) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ outputs: Properties }> {
    const request = new this.#sdk.provider.UpdateRequest();
    request.setId(id);
    request.setOlds(this.#bag(olds));
    request.setNews(this.#bag(news));
    const reply = await this.#call<UpdateResponse>((client, ...rest) => client.update(request, ...rest));
    return { outputs: plain(reply.getProperties()) };
  }

  async delete(id: string, outputs: Properties): Promise<void> {
    const request = new this.#sdk.provider.DeleteRequest();
    request.setId(id);
    request.setProperties(this.#bag(outputs));
    await this.#call<Empty>((client, ...rest) => client.delete(request, ...rest));
  }

  /** What the engine keeps of a resource that exists and failed; `undefined` for a plain error. */
  initFailureOf({ metadata }: ServiceError): InitFailure | undefined {
    const [bytes] = metadata.get("grpc-status-details-bin");
    if (!Buffer.isBuffer(bytes)) return undefined;
    const { ErrorResourceInitFailed } = this.#sdk.provider;
    const [detail] = this.#sdk.status.Status.deserializeBinary(bytes).getDetailsList();
    const failure = detail?.unpack(
      (packed) => ErrorResourceInitFailed.deserializeBinary(packed),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (!failure) return undefined;
    return {
      id: failure.getId(),
      properties: plain(failure.getProperties()),
      reasons: failure.getReasonsList(),
    };
  }

  #bag(properties: Properties): Struct {
    return this.#sdk.Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
  }

  #call<T>(
    send: (
      client: ResourceProviderClient,
      metadata: Metadata,
      options: Partial<CallOptions>,
      done: (error: ServiceError | null, reply: T) => void,
    ) => unknown,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      send(
        this.#client,
        new this.#sdk.grpc.Metadata(),
        { deadline: Date.now() + callTimeoutMs },
        (error, reply) => {
          if (error === null) resolve(reply);
          else reject(error);
        },
      );
    });
  }
}

function plain(bag: Struct | undefined): Properties {
  return bag?.toJavaScript() ?? {};
}
