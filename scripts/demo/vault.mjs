import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const apiVersion = "2025-07-01";

/**
 * @typedef {object} Vault a local Key Vault that runs until the supervisor ends it
 * @property {string} url
 * @property {Record<string, string>} identity the environment in which the real DefaultAzureCredential finds its token
 */

/**
 * Starts the emulator and waits until it is ready.
 *
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.directory for its ready file
 * @param {import("../toolchain/paths.mjs").Environment} options.env
 * @param {import("../run/supervise.mjs").Supervisor} options.supervisor
 * @returns {Promise<Vault>}
 */
export async function startVault({ root, directory, env, supervisor }) {
  const readyFile = join(directory, "vault-url");
  const program = join(root, "emulator", "bin", "keyvault-certificates-emulator.js");
  const child = await supervisor.start("node", [program, "--port", "0", "--ready-file", readyFile], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.process.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
  child.process.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = child.finished.then(() => {
    throw new Error(`the local vault ended before it was ready:\n${output}`);
  });
  const url = await Promise.race([ended, whenWritten(readyFile, supervisor.signal)]);
  return { url, identity: identityOf(output) };
}

/**
 * @param {string} file
 * @param {AbortSignal} signal
 */
async function whenWritten(file, signal) {
  for (;;) {
    signal.throwIfAborted();
    const text = await readFile(file, "utf8").catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    await sleep(50);
  }
}

/** @param {string} output what the emulator prints: lines of the form `export NAME=value` */
function identityOf(output) {
  return Object.fromEntries(
    [...output.matchAll(/^\s*export ([A-Z_]+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}

/**
 * Makes an integrated issuer in the vault, as whoever administers a vault does once, and lets it take its time.
 *
 * @param {Vault} vault
 * @param {string} name
 * @param {number} durationMs how long the issuer takes for each certificate
 */
export async function addIssuer(vault, name, durationMs) {
  const authorization = `Bearer ${await token(vault)}`;
  await put(
    `${vault.url}/certificates/issuers/${name}?api-version=${apiVersion}`,
    { provider: "Test" },
    { authorization },
  );
  await put(`${vault.url}/emulator/control/issuers/${name}`, { durationMs }, {});
}

/** @param {Vault} vault */
async function token({ identity }) {
  const query = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
  const reply = await fetch(`${identity["IDENTITY_ENDPOINT"]}?${query}`, {
    headers: { "x-identity-header": identity["IDENTITY_HEADER"] ?? "" },
  });
  const body = /** @type {{ access_token: string }} */ (await reply.json());
  return body.access_token;
}

/**
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} headers
 */
async function put(url, body, headers) {
  const reply = await fetch(url, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`the local vault answered ${reply.status} to PUT ${new URL(url).pathname}`);
}
