import { canonicalJson, type Plain } from "./canonical";
import type { Target } from "./wanted";

type Bag = Readonly<Record<string, Plain | undefined>>;

/** The names of the inputs that differ from their echo. */
export function differingInputs(names: readonly string[], echo: Bag, inputs: Bag): string[] {
  return names.filter((name) => canonicalJson(echo[name]) !== canonicalJson(inputs[name]));
}

/**
 * The inputs whose change makes it another object: vault and name, compared as the service does, without case. `undefined` as the new
 * target stands for one that is not known yet: a replacement is never claimed on a guess.
 */
export function replacingInputs(
  old: Target,
  target: { [K in keyof Target]: Target[K] | undefined },
): (keyof Target)[] {
  const replaces: (keyof Target)[] = [];
  if (target.vaultUrl !== undefined && target.vaultUrl !== old.vaultUrl) replaces.push("vaultUrl");
  const name = target.certificateName;
  if (name !== undefined && name.toLowerCase() !== old.certificateName.toLowerCase())
    replaces.push("certificateName");
  return replaces;
}
