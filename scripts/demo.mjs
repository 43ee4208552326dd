import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, build, report, root } from "./bootstrap.mjs";
import { describeCertificate } from "./demo/show.mjs";
import { DemoError, Stack } from "./demo/stack.mjs";
import { signWithThrowAwayCa } from "./demo/throw-away-ca.mjs";
import { addIssuer, startVault } from "./demo/vault.mjs";
import { supervise } from "./run/supervise.mjs";

/** @param {string} text */
const say = (text) => void process.stdout.write(`${text}\n`);
/** @param {string} text */
const chapter = (text) => say(`\n━━ ${text}`);

/**
 * The whole life of three certificates on the real engine, against a local vault.
 *
 * @param {import("./run/supervise.mjs").Supervisor} supervisor
 * @returns {Promise<number>} exit code
 */
async function main(supervisor) {
  const toolchain = await bootstrap({ supervisor });
  if (!(await build({ supervisor, toolchain, projects: ["provider", "emulator"] }))) return 1;
  const directory = supervisor.temporaryDirectory();

  chapter("A local Key Vault, with an integrated CA that takes four seconds for a certificate");
  const vault = await startVault({ root, directory, env: toolchain.env, supervisor });
  await addIssuer(vault, "ContosoCA", 4000);
  say(
    `It answers at ${vault.url}. No cloud and no account: the token comes from its managed-identity endpoint.`,
  );

  const env = { ...withoutAccounts(toolchain.env), ...stackEnvironment(directory), ...vault.identity };
  const stack = new Stack({ root, name: `demo-${process.pid}`, env, supervisor, say });
  await stack.init();
  await stack.configure("keyvault:vaultUrl", vault.url);

  await createThree(stack);
  await mergeTheThird(stack);
  await changeTheFirst(stack);

  chapter("Destroy");
  await stack.show(["destroy", "--remove", ...briefly]);
  say(
    "\nDone: three certificates came and went. The program is examples/quickstart/index.ts; README.md says the rest.",
  );
  return 0;
}

const briefly = ["--yes", "--skip-preview", "--suppress-outputs", "--suppress-permalink=true"];

/** @param {Stack} stack */
async function createThree(stack) {
  chapter("First `pulumi up`: one certificate from the vault itself, one from the CA, and a CSR for a third");
  await stack.show(["up", ...briefly]);
  const { certificates } = await stack.outputs();
  say(`\n${describeCertificate("Self-signed", certificates.selfSigned)}`);
  say(`\n${describeCertificate("Issued by the integrated CA", certificates.issued)}`);
  say(`\n${describeCertificate("Manual", certificates.manual)}`);
}

/** @param {Stack} stack */
async function mergeTheThird(stack) {
  chapter("A CA outside the vault signs the CSR, and a second `pulumi up` merges the chain");
  const { manualCsr } = await stack.outputs();
  await stack.configure("quickstart:chain", await signWithThrowAwayCa(manualCsr));
  say("The private key was made in the vault and stays there: the CSR came out, the chain goes in.");
  await stack.show(["up", ...briefly]);
  const { certificates } = await stack.outputs();
  say(`\n${describeCertificate("Manual", certificates.manual)}`);
}

/** @param {Stack} stack */
async function changeTheFirst(stack) {
  chapter(
    "A changed policy is a new version under the same name, and the preview shows exactly what changes",
  );
  const before = (await stack.outputs()).certificates.selfSigned;
  await stack.configure("quickstart:validityInMonths", "12");
  await stack.show(["preview", "--diff", "--suppress-outputs", "--suppress-permalink=true"]);
  await stack.show(["up", ...briefly]);
  const after = (await stack.outputs()).certificates.selfSigned;
  say(`\n${describeCertificate("Self-signed", after)}`);
  say(`  ${"before".padEnd(11)} ${before.certificateId.split("/").at(-1)} (still in the vault)`);
}

/** @param {string} directory */
function stackEnvironment(directory) {
  const [state, temporary] = [join(directory, "state"), join(directory, "tmp")];
  for (const folder of [state, temporary]) mkdirSync(folder);
  return {
    // The language host leaves pipes in the directory for temporary files.
    TMPDIR: temporary,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SUPPRESS_NEO_LINK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/**
 * Accounts that the user is signed in with are none of the demo's business.
 *
 * @param {import("./toolchain/paths.mjs").Environment} env
 */
function withoutAccounts(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PULUMI|AZURE|ARM|MSI|IDENTITY)_/.test(name)),
  );
}

await supervise(main, (error) => {
  if (error instanceof DemoError) process.stderr.write(`\n${error.message}\n`);
  else report(error);
});
