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

let shared: PluginHandlers | undefined;

/** The same object for every class and for the life of the process: one pool, one token and one throttle for each vault. */
const get = () => (shared ??= handlers());

/** The handlers of the class `Certificate`. Which class a call is for stands in its properties. */
export declare const Certificate: PluginHandlers;
/** The handlers of the class `CertificateRequest`. */
export declare const CertificateRequest: PluginHandlers;
/** The handlers of the class `CertificateMerge`. */
export declare const CertificateMerge: PluginHandlers;

for (const className of ["Certificate", "CertificateRequest", "CertificateMerge"])
  Object.defineProperty(exports, className, { enumerable: true, get });
