import type { RecordedRequest } from "keyvault-certificates-emulator";
import type { LocalVault } from "./local-vault";
import { certificates } from "./programs";
import type { Stacks, StateResource } from "./stacks";
import type { Figure } from "./table";

const durationMs = 3000;

/** One Self certificate from nothing, what it leaves in the state, and an `up` after it. */
export async function oneCertificate(stacks: Stacks, vault: LocalVault): Promise<Figure[]> {
  await vault.reset();
  await vault.setIssuer("Self", durationMs);
  const stack = await stacks.create("one", certificates(1));
  await stack.up(1);
  const requests = await vault.requests();
  const { tokens, challenges } = await vault.stats();
  const resources = await stack.resources();
  await stack.up(1);
  const again = (await vault.requests()).length - requests.length;
  const { tokens: tokensAfter } = await vault.stats();
  return [
    requestsFigure(requests, { tokens, challenges }),
    ...resources.flatMap(stateFigures),
    {
      figure: "an `up` with nothing to do",
      target: "no request to any vault, no token",
      measured: `${again} requests, ${tokensAfter - tokens} tokens`,
      held: again === 0 && tokensAfter === tokens,
    },
  ];
}

function requestsFigure(
  requests: readonly RecordedRequest[],
  { tokens, challenges }: { tokens: number; challenges: number },
): Figure {
  const own = requests.filter(({ authorized }) => authorized);
  const polls = own.filter(({ method, path }) => method === "GET" && path.endsWith("/pending"));
  return {
    figure: `requests for one Self certificate (${durationMs / 1000} s)`,
    target: "3 + polls; 1 challenge, 1 token",
    measured: `${own.length - polls.length} + ${polls.length} polls; ${challenges} challenge, ${tokens} token`,
    held: own.length - polls.length === 3 && challenges === 1 && tokens === 1,
  };
}

function stateFigures(resource: StateResource): Figure[] {
  const provider = Buffer.byteLength(String(resource.inputs["__provider"]));
  const state = Buffer.byteLength(JSON.stringify(resource));
  return [
    {
      figure: "`__provider` in the state",
      target: "< 100 bytes",
      measured: `${provider} bytes`,
      held: provider < 100,
    },
    {
      figure: "state of one certificate",
      target: "< 6 kB",
      measured: `${(state / 1000).toFixed(1)} kB`,
      held: state < 6000,
    },
  ];
}
