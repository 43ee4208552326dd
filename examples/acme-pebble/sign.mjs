// A signer: a CSR in PEM on stdin, the chain in PEM on stdout, words for people on stderr.
//
// Asked again with the same idempotency key it goes on with the order that it made then, or prints the chain that came of it.
import { join } from "node:path";
import { text } from "node:stream/consumers";
import acme from "acme-client";
import { whileServing } from "./http-challenge.mjs";
import { openMemory } from "./memory.mjs";

/** @typedef {ReturnType<typeof openMemory>} Memory */

const say = (/** @type {string} */ message) => void process.stderr.write(`${message}\n`);

// Two retries of a call take the library six seconds; its own setting is five in 75, about which it says nothing.
Object.assign(acme.axios.defaults.acmeSettings, { retryMaxAttempts: 2, retryDefaultDelay: 2 });
let failures = 0;
acme.setLogger((line) => {
  // As in "Caught ECONNREFUSED, retry attempt 1/2 to URL https://…": of a CA that cannot be reached, acme-client 5.4.0 says why only here.
  if (!/^Caught .+, retry attempt /.test(line)) return;
  // The host alone: the plugin hides the directory's URL, as it does every value of `signer.env`.
  say(line.replace(/ URL (\S+)$/, (_, url) => ` ${new URL(url).host}`));
  failures += 1;
});

/** @param {string} name */
function demand(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this script is the signer of a Certificate`);
  return value;
}

/**
 * The account of this folder at this CA; made by the first run.
 *
 * @param {Memory} memory
 * @param {string} directoryUrl
 */
async function openAccount(memory, directoryUrl) {
  const accountKey = memory.keep(
    "account.key",
    (await acme.crypto.createPrivateEcdsaKey("P-256")).toString(),
  );
  const client = new acme.Client({
    directoryUrl,
    accountKey,
    backoffAttempts: 30,
    backoffMin: 250,
    backoffMax: 5_000,
  });
  const contact = process.env["ACME_CONTACT"];
  const account = { termsOfServiceAgreed: true, ...(contact ? { contact: [`mailto:${contact}`] } : {}) };
  try {
    await client.createAccount(account);
  } catch (error) {
    // The library updates an account that exists, and a CA may refuse an update that changes nothing. Its URL is known by then.
    if (!hasAccount(client)) throw error;
  }
  return client;
}

/** @param {acme.Client} client */
function hasAccount(client) {
  try {
    return client.getAccountUrl() !== "";
  } catch {
    return false;
  }
}

/**
 * The order that an earlier run has made for this request, if anything can still come of it.
 *
 * @param {acme.Client} client
 * @param {Memory} request
 */
async function earlierOrder(client, request) {
  const remembered = request.read("order");
  if (remembered === undefined) return undefined;
  const { url, expires } = JSON.parse(remembered);
  const isOver = expires !== undefined && Date.parse(expires) < Date.now();
  const order = isOver ? undefined : await readOrder(client, url, request.pathOf("order"));
  if (order !== undefined && order.status !== "invalid") {
    say(`goes on with order ${url}, which is ${order.status}`);
    return order;
  }
  say(`order ${url} is ${order?.status ?? "past its end"}: a new one is made`);
  request.forget("order");
  return undefined;
}

/**
 * @param {acme.Client} client
 * @param {string} url
 * @param {string} file
 */
async function readOrder(client, url, file) {
  try {
    return await client.getOrder(/** @type {acme.Order} */ ({ url }));
  } catch (cause) {
    // The library does not tell "no such order" from other refusals, and of an order that lives no second one must be made.
    const reason = cause.message || "the CA gives no reason";
    throw new Error(`order ${url} cannot be read (${reason}); if the CA has lost it, remove ${file}`, {
      cause,
    });
  }
}

/**
 * @param {string} csr
 * @returns {string[]}
 */
function namesOf(csr) {
  const { commonName, altNames } = acme.crypto.readCsrDomains(csr);
  return [...new Set([commonName, ...altNames].filter(Boolean).map((name) => name.toLowerCase()))];
}

/**
 * @param {acme.Client} client
 * @param {Memory} request
 * @param {string[]} names
 */
async function newOrder(client, request, names) {
  const order = await client.createOrder({ identifiers: names.map((value) => ({ type: "dns", value })) });
  // Kept before anything is done with it: a run that is killed from here on does not lead to a second order.
  const kept = request.keep("order", JSON.stringify({ url: order.url, expires: order.expires }));
  const { url } = JSON.parse(kept);
  say(`order ${url} for ${names.join(", ")}`);
  return url === order.url ? order : readOrder(client, url, request.pathOf("order"));
}

/**
 * Shows the CA that the names of an order are ours.
 *
 * @param {acme.Client} client
 * @param {acme.Order} order
 */
function answerChallenges(client, order) {
  /** @type {Map<string, string>} */
  const answers = new Map();
  const port = Number(process.env["ACME_HTTP_PORT"] ?? 80);
  return whileServing(answers, { port, host: process.env["ACME_HTTP_HOST"], say }, async () => {
    // Read only now: while this run waited for the port, another one may have answered for the same order.
    const authorizations = await client.getAuthorizations(order);
    for (const { identifier, status, challenges } of authorizations) {
      if (status !== "pending") continue;
      const challenge = challenges.find(({ type }) => type === "http-01");
      if (challenge === undefined)
        throw new Error(`the CA offers no http-01 challenge for ${identifier.value}`);
      answers.set(challenge.token, await client.getChallengeKeyAuthorization(challenge));
      if (challenge.status === "pending") await client.completeChallenge(challenge);
      await client.waitForValidStatus(challenge);
    }
  });
}

/**
 * Brings an order to its end, from wherever it stands.
 *
 * @param {acme.Client} client
 * @param {acme.Order} order
 * @param {string} csr
 * @returns {Promise<string>} the chain
 */
async function finish(client, order, csr) {
  const { url } = order;
  if (order.status === "pending") {
    await answerChallenges(client, order);
    order = { ...(await client.waitForValidStatus(order)), url };
  }
  if (order.status === "ready") order = await finalise(client, order, csr);
  return client.getCertificate(order);
}

/**
 * @param {acme.Client} client
 * @param {acme.Order} order
 * @param {string} csr
 */
async function finalise(client, order, csr) {
  try {
    return await client.finalizeOrder(order, csr);
  } catch (error) {
    // A run that was thought dead may have been quicker with the same CSR.
    const seen = await client.getOrder(order);
    if (seen.status === "ready") throw error;
    return seen;
  }
}

async function main() {
  const key = demand("KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY");
  const directoryUrl = demand("ACME_DIRECTORY_URL");
  const csr = (await text(process.stdin)).trim();
  const names = namesOf(csr);

  const folder = process.env["ACME_FOLDER"] ?? join(import.meta.dirname, ".acme");
  const ca = join(folder, new URL(directoryUrl).host.replace(":", "-"));
  const request = openMemory(join(ca, key));
  if (request.keep("csr.pem", csr) !== csr) {
    throw new Error(`the idempotency key ${key} belongs to another CSR: see ${request.pathOf("csr.pem")}`);
  }

  const known = request.read("chain.pem");
  if (known !== undefined) {
    say(`issued before, see ${request.pathOf("chain.pem")}`);
    return known;
  }
  const client = await openAccount(openMemory(ca), directoryUrl);
  const order = (await earlierOrder(client, request)) ?? (await newOrder(client, request, names));
  return request.keep("chain.pem", await finish(client, order, csr));
}

try {
  process.stdout.write(await main());
} catch (error) {
  // It then throws a TypeError, as it has no reply to read.
  say(failures > 0 && error instanceof TypeError ? "the CA does not answer" : error.message);
  process.exitCode = 1;
}
