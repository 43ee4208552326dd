import { demandNode } from "./plugin/node-version";
import type { PluginHandlers } from "./plugin/certificate-provider";
import type * as plugin from "./plugin/certificate-provider";

/**
 * What the plugin process requires: the constant text in every state, `require("pulumi-keyvault-certificates/provider").<Class>`, names a
 * property of this module. Both stay for ever, for states of every earlier release. The Node version is checked before anything is loaded
 * that would die on an old one.
 */
function handlers(): PluginHandlers {
  demandNode();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only after the check above
  const { certificateProvider } = require("./plugin/certificate-provider") as typeof plugin;
  return certificateProvider();
}

let certificate: PluginHandlers | undefined;

/** The handlers of `Certificate`: the same object for the life of the process. */
export declare const Certificate: PluginHandlers;

Object.defineProperty(exports, "Certificate", { enumerable: true, get: () => (certificate ??= handlers()) });
