import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Grpc from "@grpc/grpc-js";
import type * as Any from "google-protobuf/google/protobuf/any_pb";
import type * as Empty from "google-protobuf/google/protobuf/empty_pb";
import type * as Struct from "google-protobuf/google/protobuf/struct_pb";
import type * as EngineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb";
import type * as ProviderService from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as Provider from "@pulumi/pulumi/proto/provider_pb";

/** The parts of one copy of Pulumi's SDK that speak with its plugin process. They must all be of that copy. */
export interface Sdk {
  readonly grpc: typeof Grpc;
  readonly providerService: typeof ProviderService;
  readonly provider: typeof Provider;
  readonly engineService: typeof EngineService;
  readonly engine: typeof Engine;
  /** Google's `Status`, for which the SDK has no types. */
  readonly status: { readonly Status: { deserializeBinary(bytes: Uint8Array): StatusMessage } };
  readonly Struct: typeof Struct.Struct;
  readonly Empty: typeof Empty.Empty;
  /** The script that the engine's plugin host runs with Node. */
  readonly script: string;
}

interface StatusMessage {
  getDetailsList(): Any.Any[];
}

/** Loads the SDK that lies in the folder. */
export function loadSdk(folder: string): Sdk {
  const load = createRequire(join(folder, "index.js"));
  return {
    grpc: load("@grpc/grpc-js") as typeof Grpc,
    providerService: load("./proto/provider_grpc_pb.js") as typeof ProviderService,
    provider: load("./proto/provider_pb.js") as typeof Provider,
    engineService: load("./proto/engine_grpc_pb.js") as typeof EngineService,
    engine: load("./proto/engine_pb.js") as typeof Engine,
    status: load("./proto/status_pb.js") as Sdk["status"],
    Struct: (load("google-protobuf/google/protobuf/struct_pb.js") as typeof Struct).Struct,
    Empty: (load("google-protobuf/google/protobuf/empty_pb.js") as typeof Empty).Empty,
    script: load.resolve("./cmd/dynamic-provider"),
  };
}
