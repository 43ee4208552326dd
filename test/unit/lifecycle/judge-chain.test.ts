import { judgeChain } from "../../../provider/lifecycle/judge-chain";
import type { Memory, Situation } from "../../../provider/lifecycle/situation";
import { readCertificate } from "../../../provider/x509/certificate";
import { csrPem } from "../../../provider/x509/csr";
import { issued, operation, otherRequestId, policy, requestId, versionOne } from "../build/certificate";
import { memory, situation } from "../build/situation";
import {
  type Family,
  makeCertificate,
  makeCsr,
  makeFamily,
  makeKeys,
  now,
  type Party,
} from "../x509/authority";
import { pem } from "../x509/openssl";

let family: Family;
let waiting: Situation;

beforeAll(async () => {
  family = await makeFamily("Judged");
  const csr = await makeCsr(family.leaf.keys, "CN=judged.example");
  waiting = situation({ operation: operation({ issuerName: "Unknown", csr }) });
});

const leafOfAnotherKey = async (): Promise<Party> =>
  makeCertificate({ subject: "CN=judged.example", keys: await makeKeys(), issuer: family.issuing });

function verdictOn(chain: string | readonly string[], changes: Partial<Situation> = {}): Situation["chain"] {
  const s = { ...waiting, ...changes, wanted: { ...waiting.wanted, policy: manual, chain } };
  return judgeChain({ ...s, operation: undefined }, s, now * 1000).chain;
}

const manual = policy({ issuerName: "Unknown", subject: "CN=judged.example" });
const text = (...parties: readonly Party[]): string =>
  parties.map(({ der }) => pem("CERTIFICATE", der)).join("");

describe("the verdict on a chain", () => {
  test("gives what to merge, and warns of names that the policy did not ask for", () => {
    const { leaf, issuing } = family;
    expect(verdictOn(text(issuing, leaf))).toEqual({
      kind: "answers",
      x5c: [leaf, issuing].map(({ der }) => der.toString("base64")),
      warnings: [expect.stringContaining("departs from policy.subjectAlternativeNames.dnsNames")],
    });
  });

  test("is that it was merged already where its leaf is the current version", () => {
    const certificate = issued({ cer: family.leaf.der.toString("base64") });
    expect(verdictOn(text(family.leaf), { certificate, operation: "absent" })).toEqual({ kind: "merged" });
  });

  test.each<[string, (other: Party) => Promise<Partial<Situation>>]>([
    [
      `the current version ${versionOne}`,
      async ({ keys }) => {
        const older = await makeCertificate({ subject: "CN=judged.example", keys });
        return { certificate: issued({ cer: older.der.toString("base64") }) };
      },
    ],
    [
      `the earlier request ${otherRequestId}`,
      async ({ keys }) => {
        const request = { ...remembered, csrPem: csrPem(await makeCsr(keys, "CN=judged.example")) };
        return { memory: memory({ request }) };
      },
    ],
    [
      `the earlier request ${otherRequestId}`,
      ({ der }) => {
        const { spkiSha256 } = readCertificate(der);
        return Promise.resolve({
          memory: memory({ earlierRequests: [{ requestId: otherRequestId, spkiSha256 }] }),
        });
      },
    ],
  ])("refuses a chain for the key of %s, and says so", async (knownAs, known) => {
    const other = await leafOfAnotherKey();
    expect(verdictOn(text(other, family.issuing), await known(other))).toMatchObject({
      kind: "unusable",
      refusal: { code: "KVC_CHAIN_WRONG_KEY", details: { found: [{ knownAs }] } },
    });
  });

  test("names no earlier request where the remembered one is the one that waits", async () => {
    const other = await leafOfAnotherKey();
    const { spkiSha256 } = readCertificate(other.der);
    const earlierRequests = [{ requestId, spkiSha256 }];
    const verdict = verdictOn(text(other), { memory: memory({ earlierRequests }) });
    expect(JSON.stringify(verdict)).not.toContain("knownAs");
  });
});

const remembered: NonNullable<Memory["request"]> = {
  requestId: otherRequestId,
  generation: "0123456789abcdef",
  unfinished: true,
};
