import { judgeChain } from "../../../provider/lifecycle/judge-chain";
import type { Memory, Situation } from "../../../provider/lifecycle/situation";
import { readCertificate } from "../../../provider/x509/certificate";
import { csrPem } from "../../../provider/x509/csr";
import {
  issued,
  operation,
  otherRequestId,
  placeholder,
  policy,
  requestId,
  versionOne,
} from "../build/certificate";
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

function verdictOnSigned(signed: string, changes: Partial<Situation> = {}): Situation["chain"] {
  const s = { ...waiting, ...changes, signed, wanted: { ...waiting.wanted, policy: manual } };
  return judgeChain({ ...s, signed: undefined }, s, now * 1000).chain;
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

describe("the verdict on a chain where the current version has the key of the request too (reuseKey)", () => {
  const current = () => issued({ cer: family.leaf.der.toString("base64") });

  test("is that the version before was merged already, and not that it answers the new request", () => {
    expect(verdictOn(text(family.leaf, family.issuing), { certificate: current() })).toEqual({
      kind: "merged",
    });
  });

  test("gives the new certificate where the program keeps the one before beside it", async () => {
    const { leaf, issuing } = family;
    // It ends sooner, so that nothing but being the current version speaks against the other.
    const next = await makeCertificate({
      subject: "CN=judged.example",
      keys: leaf.keys,
      issuer: issuing,
      to: 30,
    });
    expect(verdictOn(text(leaf, next, issuing), { certificate: current() })).toMatchObject({
      kind: "answers",
      x5c: [next, issuing].map(({ der }) => der.toString("base64")),
    });
  });

  test("refuses the version before where a signer gives it for the new request", () => {
    const { leaf, issuing } = family;
    expect(verdictOnSigned(text(leaf, issuing), { certificate: current() })).toMatchObject({
      kind: "unusable",
      refusal: { code: "KVC_CHAIN_WRONG_KEY" },
    });
  });
});

describe("the verdict on what a signer gave", () => {
  test("is that it answers where it is for the key of the request", () => {
    expect(verdictOnSigned(text(family.leaf, family.issuing))).toMatchObject({ kind: "answers" });
  });

  test("is a refusal where it is the current version, and another request waits", async () => {
    const older = await leafOfAnotherKey();
    const certificate = issued({ cer: older.der.toString("base64") });
    expect(verdictOnSigned(text(older), { certificate })).toMatchObject({
      kind: "unusable",
      refusal: { details: { found: [{ knownAs: `the current version ${versionOne}` }] } },
    });
  });

  test("is that it was merged where no request waits any more: only the reply to the merge was lost", () => {
    const certificate = issued({ cer: family.leaf.der.toString("base64") });
    const completed = operation({ issuerName: "Unknown", status: "completed" });
    for (const seen of [undefined, "absent", completed] as const)
      expect(verdictOnSigned(text(family.leaf), { certificate, operation: seen })).toEqual({
        kind: "merged",
      });
  });
});

describe("the policy that a chain is compared with", () => {
  test("is the stored one for a merge, which has none of its own", () => {
    const certificate = placeholder({ policy: manual });
    const s = { ...waiting, certificate };
    const merge = {
      ...s.wanted,
      part: "merge" as const,
      policy: { issuerName: "Unknown" },
      chain: text(family.leaf),
    };
    const { chain } = judgeChain({ ...s, operation: undefined }, { ...s, wanted: merge }, now * 1000);
    const warnings = chain?.kind === "answers" ? chain.warnings.join() : "";
    expect(warnings).toContain("departs from policy.subjectAlternativeNames.dnsNames");
    expect(warnings).not.toContain("departs from policy.subject ");
  });
});

const remembered: NonNullable<Memory["request"]> = {
  requestId: otherRequestId,
  generation: "0123456789abcdef",
  unfinished: true,
};
