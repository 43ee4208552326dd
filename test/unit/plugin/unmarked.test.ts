import { readMark } from "../../../provider/lifecycle/ownership";
import type { CertificatePolicy } from "../../../provider/vault/model";
import { inputs, withPolicy } from "../build/inputs";
import { replyLost, unreachable } from "../build/model-errors";
import type { ModelVault } from "../build/model-vault";
import { useVault } from "../build/use-vault";

const start = useVault(4);

const policyOf = ({ policy }: ModelVault): CertificatePolicy => {
  if (policy === undefined) throw new Error("there is no certificate");
  return policy;
};

const issuerOf = (vault: ModelVault) => vault.currentVersion?.madeFrom.issuerName;

describe("a version that somebody has made by another policy, without tags", () => {
  /** A refresh after each step of it, so that the state has taken over the policy before the version. */
  async function replacedBySomebody(byRequest: boolean) {
    const { vault, engine } = start();
    await engine.up(inputs());
    const policy = { ...policyOf(vault), issuerName: "DigiCert" };
    vault.behaviour.outcome = "never";
    if (byRequest) vault.request({ policy, tags: {}, enabled: true });
    else vault.policySet = policy;
    await engine.refresh();
    if (byRequest) vault.end("completed");
    else vault.seed({}, policy);
    await engine.refresh();
    vault.behaviour.outcome = "completed";
    return { vault, engine, before: vault.requests.length };
  }

  test.each([["a request", true] as const, ["an import", false] as const])(
    "is not taken for what the program says where it came by %s",
    async (_, byRequest) => {
      const { vault, engine, before } = await replacedBySomebody(byRequest);
      for (let count = 0; count < 2; count += 1) await engine.up(inputs());
      expect([issuerOf(vault), vault.requests.length - before]).toEqual(["Self", 1]);
    },
  );

  test.each([["a request", true] as const, ["an import", false] as const])(
    "is what the program says once that asks for it where it came by %s",
    async (_, byRequest) => {
      const { vault, engine, before } = await replacedBySomebody(byRequest);
      const program = withPolicy({ issuerName: "DigiCert" });
      for (let count = 0; count < 2; count += 1) await engine.up(program);
      expect([issuerOf(vault), vault.requests.length - before]).toEqual(["DigiCert", 0]);
    },
  );
});

describe("the state after a run that could not see what became of its order", () => {
  test("names that order, and what it was for", async () => {
    const { vault, engine } = start();
    const program = (reissue: number) =>
      withPolicy({ issuerName: "Unknown" }, { signer: { command: ["sign"] }, reissue });
    engine.sign = () => Promise.resolve(pem(vault.pending?.order.material.selfSigned ?? ""));
    await engine.up(program(1));
    vault.before("mergeCertificate", () => {
      vault.fail("getCertificate", unreachable());
      throw replyLost();
    });
    const { error } = await engine.up(program(2));
    expect(error?.message).toContain("[KVC_UNREACHABLE]");
    const { requestId, status, __state } = engine.resource?.outputs ?? {};
    expect([requestId, status]).toEqual([vault.pending?.operation.requestId, "inProgress"]);
    expect((__state as { ordered: string }).ordered).toBe(markOf(vault)?.generation);
    expect((await engine.up(program(2))).error).toBeUndefined();
    expect([vault.versions, vault.requests.length]).toEqual([2, 2]);
  });
});

const markOf = ({ pending }: ModelVault) => pending && readMark(pending.order.tags);

function pem(der: string): string {
  return `-----BEGIN CERTIFICATE-----\n${der.replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
}
