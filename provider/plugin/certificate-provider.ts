import type * as offline from "./check/check";
import type * as offlineDiff from "./diff";
import type { Failure } from "./check/failures";
import { isError } from "../errors/error";
import type { Holders, Online } from "./online/call";
import type * as online from "./online/online";
import { type Configuration, identityEnvironment } from "./configuration";
import { connectEngine, type Engine } from "./engine";
import { type PlainObject, toPlainObject } from "./plain";
import { QueueHint } from "./queue-hint";
import type { Session } from "./session";
import type * as sessionModule from "./session";
import { Urns } from "./urns";

/* eslint-disable @typescript-eslint/no-require-imports --
   A preview runs check and diff only: they load zod and nothing more. undici, x509 and p-wait-for are loaded with the first call
   that needs the vault, and @azure/identity with the first token. */
const load = {
  check: () => require("./check/check") as typeof offline,
  diff: () => require("./diff") as typeof offlineDiff,
  online: () => require("./online/online") as typeof online,
  session: () => require("./session") as typeof sessionModule,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** What the SDK's plugin process calls, for the lifetime of that process. */
export interface PluginHandlers {
  configure(request: { config: Configuration }): void;
  check(olds: object, news: object): { inputs: PlainObject; failures: Failure[] };
  diff(id: string, olds: object, news: object): Promise<{ changes?: boolean; replaces: string[] }>;
  create(inputs: object): Promise<{ id: string; outs: PlainObject }>;
  read(id: string, props: object): Promise<online.ReadResult>;
  update(id: string, olds: object, news: object): Promise<{ outs: PlainObject }>;
  delete(id: string, props: object): Promise<void>;
}

/**
 * The failure as the engine shows it best. Given a property it prints that property's value, in clear even where a part of it is a secret, and
 * finds none for a path such as `policy.keySize` (`value {<nil>}`); so the path is the first word of the reason instead.
 */
function asShown({ property, reason }: Failure): Failure {
  return { property: "", reason: property === "" ? reason : `${property}: ${reason}` };
}

/**
 * Rethrows a failure of read or delete. Beside returning it, the SDK prints what those two throw, as `${error}: ${error.stack}`: the long message
 * twice, and a stack that says nothing to a user. Of ours only the subject and the code are printed; the engine gets the whole message all the same.
 */
function printedBriefly(what: string): (error: unknown) => never {
  return (error) => {
    if (!isError(error)) throw error;
    const { certificateName, vaultUrl } = error.where;
    const brief = `certificate "${certificateName ?? ""}" in vault ${vaultUrl} ${what}`;
    const { message, code } = error;
    throw Object.assign(new Error(message, { cause: error }), { code, stack: code, toString: () => brief });
  };
}

/** The handlers of every class of this package. */
export function certificateProvider(): PluginHandlers {
  const urns = new Urns();
  const engine = connectEngine();
  let configuration: Configuration | undefined;
  let session: Session | undefined;
  const holders: Holders = new Map();

  const onlineFor = (properties: PlainObject) => {
    session ??= new (load.session().Session)(identityEnvironment(configuration, process.env), engine);
    return { session, urn: urns.of(properties["__owner"]), clock: Date.now, holders };
  };

  return {
    // The SDK lets other calls in while this one is awaited, so it must be done when it returns.
    configure: ({ config }) => {
      configuration = config;
    },
    ...previewHandlers(urns, engine),
    ...vaultHandlers(onlineFor, engine),
  };
}

/** What a preview runs. */
function previewHandlers(urns: Urns, engine: Engine): Pick<PluginHandlers, "check" | "diff"> {
  const say = (severity: "info" | "warning", message: string, owner: unknown) =>
    engine.log({ severity, message, urn: urns.of(owner), ephemeral: false });

  return {
    check: (olds, news) => {
      const { __owner: given, __urn: urn } = news as { __owner?: unknown; __urn?: unknown };
      const pinned = urns.pinnedFor(given);
      const before = { ...(pinned === undefined ? {} : { __owner: pinned }), ...toPlainObject(olds) };
      const { inputs, failures, warnings } = load.check().check(before, toPlainObject(news));
      urns.remember({ given, pinned: inputs["__owner"], urn });
      for (const warning of warnings) void say("warning", warning, inputs["__owner"]);
      return { inputs, failures: failures.map(asShown) };
    },

    diff: async (_id, olds, news) => {
      const before = toPlainObject(olds);
      const refreshing = !urns.wasChecked(before["__owner"]);
      const now = { now: Date.now(), refreshing };
      const { changes, replaces, notice } = load.diff().diff(before, toPlainObject(news), now);
      if (notice !== undefined) await say("info", notice, before["__owner"]);
      return { ...(changes === undefined ? {} : { changes }), replaces };
    },
  };
}

type VaultHandlers = Pick<PluginHandlers, "create" | "read" | "update" | "delete">;

/** What reaches the vault. */
function vaultHandlers(onlineFor: (properties: PlainObject) => Online, engine: Engine): VaultHandlers {
  const queue = new QueueHint(Date.now);
  return {
    create: async (inputs) => {
      const plain = toPlainObject(inputs);
      const online = onlineFor(plain);
      const { hint, end } = queue.begin();
      if (hint !== undefined)
        void engine.log({ severity: "info", message: hint, urn: online.urn, ephemeral: false });
      try {
        return await load.online().create(plain, online);
      } finally {
        end();
      }
    },

    read: async (id, props) => {
      const plain = toPlainObject(props);
      return load.online().read(id, plain, onlineFor(plain)).catch(printedBriefly("was not read"));
    },

    update: async (id, olds, news) => {
      const plain = toPlainObject(news);
      return load.online().update(id, { olds: toPlainObject(olds), news: plain }, onlineFor(plain));
    },

    delete: async (_id, props) => {
      const plain = toPlainObject(props);
      return load.online().destroy(plain, onlineFor(plain)).catch(printedBriefly("was not deleted"));
    },
  };
}
