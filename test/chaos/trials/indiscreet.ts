import { certificate, type Declared } from "../plan/certificates";
import { Site } from "../site/site";
import { settle, upUntilDone } from "./settle";
import { chainFor } from "./signing";
import type { Trial } from "./trial";

const name = "indiscreet";
const fault = "a private key in the chain, a signer that tells its secret";
const manual = certificate(name, "Unknown");

/** A signer that says what it must not, on the stream named, and ends so. */
function telling(stream: "stdout" | "stderr", exitCode: number, secret: string): Declared {
  const script = `process.${stream}.write("the secret is " + process.env.TOLD + "\\n", () => process.exit(${exitCode}))`;
  return { ...manual, signer: { command: ["node", "-e", script], env: { TOLD: secret } } };
}

/** What people do by mistake: each is refused, and shown nowhere; with the right chain the request then ends well. */
export const indiscreet: Trial = {
  name: fault,
  run: () =>
    Site.with(async (site) => {
      const { privateKeyPem, environment } = site.planted;
      const stack = await site.stack();
      stack.declare({ [name]: manual });
      if (!(await stack.up()).ok) throw new Error("the request was not made");
      const chain = await chainFor(stack, name);
      const mistakes: readonly Declared[] = [
        { ...manual, chain: `${privateKeyPem}\n${chain}` },
        telling("stderr", 1, environment),
        telling("stdout", 0, environment),
      ];
      let accepted = 0;
      for (const mistake of mistakes) {
        stack.declare({ [name]: mistake });
        if ((await stack.up()).ok) accepted += 1;
      }
      stack.declare({ [name]: { ...manual, chain } });
      const ups = await upUntilDone(stack);
      const watched = [{ name, fault, present: true, versions: 1, ordersSince: 0 }];
      const findings = await settle({ site, stack, watched, ups });
      const remark = `${accepted} mistakes were not refused`;
      return {
        findings: findings.map((finding) =>
          accepted === 0
            ? finding
            : { ...finding, lost: finding.lost + accepted, remarks: [...finding.remarks, remark] },
        ),
        transcript: site.transcript,
      };
    }),
};
