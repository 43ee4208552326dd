import { TestAuthority } from "../../e2e/authority";
import type { ChaosStack } from "../site/stack";

/** The chain that answers the CSR which the state shows for a certificate. PEM. */
export async function chainFor(stack: ChaosStack, name: string): Promise<string> {
  const authority = await TestAuthority.create();
  return authority.sign(String(stack.state().certificates[name]?.outputs["csrPem"]));
}
