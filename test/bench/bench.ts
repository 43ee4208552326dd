import { hundred } from "./hundred";
import { loading } from "./loading";
import { LocalVault } from "./local-vault";
import { oneCertificate } from "./one-certificate";
import { Stacks } from "./stacks";
import { type Figure, tableOf } from "./table";
import { timeLost } from "./time-lost";

// ts-node maps every stack trace to TypeScript, and the SDK makes one for each property of each resource: half as much again of the
// program's time, which has nothing to do with the provider.
Reflect.deleteProperty(Error, "prepareStackTrace");

/** Rounds of what depends on the machine's mood. */
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);

async function main(): Promise<void> {
  const { stacks, vault } = await Stacks.open((folder) => LocalVault.start(folder));
  const parts: readonly { name: string; measure: () => Figure[] | Promise<Figure[]> }[] = [
    { name: "one certificate", measure: () => oneCertificate(stacks, vault) },
    { name: "loading", measure: () => loading(rounds) },
    { name: "time lost", measure: () => timeLost(stacks, vault) },
    { name: "a hundred certificates", measure: () => hundred(stacks, vault, rounds) },
  ];
  const wanted = process.argv.slice(2);
  const figures: Figure[] = [];
  try {
    for (const { name, measure } of parts) {
      if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
      process.stderr.write(`measuring: ${name}\n`);
      figures.push(...(await measure()));
    }
  } finally {
    await vault.close();
    stacks.close();
  }
  process.stdout.write(`\n${tableOf(figures)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
