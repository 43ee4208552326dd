import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { buildChain, type ChainExpectation } from "../../../provider/x509/chain";
import { type ChainRefusal, refusalError } from "../../../provider/x509/refusal";
import { day, type Family, makeCertificate, makeFamily, makeKeys, now, type Party } from "./authority";
import { base64, chainFor, expecting, info, named } from "./chains";

let family: Family;
let stranger: Family;

beforeAll(async () => {
  [family, stranger] = await Promise.all([makeFamily("Family"), makeFamily("Stranger")]);
});

const chainOf = (given: readonly Party[], more: Partial<ChainExpectation> = {}, leaf = family.leaf) =>
  chainFor(leaf, given, more);

function refusalOf(
  parties: readonly Party[],
  leaf: Party,
  more: Partial<ChainExpectation> = {},
): ChainRefusal & { words: string } {
  const result = buildChain(parties.map(info), expecting(leaf, more));
  if (result.ok) throw new Error("was accepted");
  return {
    ...result.refusal,
    words: refusalError(result.refusal, { vaultUrl: "https://v.example" }).message,
  };
}

describe("a chain", () => {
  test("is ordered from the leaf up, without the root and without duplicates", () => {
    const { root, policy, issuing, leaf } = family;
    expect(chainOf([root, policy, leaf, issuing, leaf, policy])).toEqual({
      x5c: base64([leaf, issuing, policy]),
      leaf: info(leaf),
      warnings: [],
    });
  });

  test("keeps the root where that is asked for", () => {
    const { root, policy, issuing, leaf } = family;
    expect(chainOf([policy, leaf, root, issuing], { keepRoot: true }).x5c).toEqual(
      base64([leaf, issuing, policy, root]),
    );
  });

  test("may be the leaf alone, with a warning that names its issuer", () => {
    const { x5c, warnings } = chainOf([family.leaf]);
    expect(x5c).toEqual(base64([family.leaf]));
    expect(warnings).toEqual([
      `chain holds ${named(family.leaf)} alone: if its issuer "CN=Family Issuing CA" is an intermediate, add it, as clients that do not have it cannot verify the certificate`,
    ]);
  });

  test("may be a leaf that the root has signed itself, and says nothing where the root is given", async () => {
    const leaf = await makeCertificate({ subject: "CN=l", keys: await makeKeys(), issuer: family.root });
    expect(chainOf([family.root, leaf], {}, leaf)).toMatchObject({ x5c: base64([leaf]), warnings: [] });
  });

  test("may be a self-signed leaf, which is kept", async () => {
    const leaf = await makeCertificate({ subject: "CN=self", keys: await makeKeys() });
    expect(chainOf([leaf], {}, leaf)).toMatchObject({ x5c: base64([leaf]), warnings: [] });
  });

  test("may end below the root", () => {
    const { issuing, leaf } = family;
    expect(chainOf([issuing, leaf])).toMatchObject({ x5c: base64([leaf, issuing]), warnings: [] });
  });

  test("leaves out what does not belong, with a warning that names it", () => {
    const { root, policy, issuing, leaf } = family;
    const { x5c, warnings } = chainOf([stranger.root, root, policy, issuing, leaf, stranger.leaf]);
    expect(x5c).toEqual(base64([leaf, issuing, policy]));
    expect([...warnings].sort()).toEqual(
      [stranger.root, stranger.leaf]
        .map((party) => `${named(party)} does not belong to the chain and was left out`)
        .sort(),
    );
  });

  test("leaves out a whole other chain, though neither has its root", () => {
    const { x5c, warnings } = chainOf([stranger.issuing, stranger.leaf, family.issuing, family.leaf]);
    expect(x5c).toEqual(base64([family.leaf, family.issuing]));
    expect(warnings).toHaveLength(2);
  });

  test("counts the strangers of a trust store, and names the first five", async () => {
    const roots = await Promise.all(
      Array.from({ length: 8 }, async (_, n) =>
        makeCertificate({ subject: `CN=Root ${n}`, keys: await makeKeys(), ca: true }),
      ),
    );
    const { warnings } = chainOf([...roots, family.root, family.policy, family.issuing, family.leaf]);
    expect(warnings).toHaveLength(6);
    expect(warnings.at(-1)).toBe("3 more certificates do not belong to the chain and were left out");
  });

  describe("warns where", () => {
    const usages = (...oids: string[]): x509.ExtendedKeyUsageExtension =>
      new x509.ExtendedKeyUsageExtension(oids);
    const [serverAuth, clientAuth, mail] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"];
    const leafWith = async (options: Partial<Parameters<typeof makeCertificate>[0]>): Promise<Party> =>
      makeCertificate({ subject: "CN=l", keys: await makeKeys(), issuer: family.issuing, ...options });

    test("the leaf is an authority", async () => {
      const leaf = await leafWith({ ca: true });
      expect(chainOf([leaf, family.issuing], {}, leaf).warnings).toEqual([
        `${named(leaf)} is a certificate authority (CA:TRUE): whoever may use its key can sign certificates`,
      ]);
    });

    test("an authority above it is limited to other usages", async () => {
      const ca = await leafWith({ subject: "CN=Mail CA", ca: true, extensions: [usages(mail)] });
      const leaf = await leafWith({ issuer: ca, extensions: [usages(serverAuth)] });
      expect(chainOf([leaf, ca, family.issuing], {}, leaf).warnings).toEqual([
        `${named(ca)} is limited to the usages ${mail}, but ${named(leaf)} is for ${serverAuth}`,
      ]);
    });

    test.each<[string, string[], string[] | undefined, string[]]>([
      ["the policy names, all of them", [serverAuth, clientAuth], [serverAuth, clientAuth], []],
      ["the policy names, one of them", [serverAuth], [serverAuth, clientAuth], ["policy.enhancedKeyUsage"]],
      ["the service assumes, one of them", [serverAuth], undefined, []],
      ["the service assumes, none of them", [mail], undefined, ["policy.enhancedKeyUsage"]],
    ])("its usages are not those that %s", async (_what, has, enhancedKeyUsage, paths) => {
      const leaf = await leafWith({ extensions: [usages(...has)] });
      const expectation = { wanted: { enhancedKeyUsage }, defaultUsages: [serverAuth, clientAuth] };
      const { warnings } = chainOf([leaf, family.issuing], expectation, leaf);
      expect(warnings).toEqual(
        paths.map((path) => expect.stringContaining(`departs from ${path}: asked for`) as string),
      );
    });
  });

  test("warns where the leaf is not what the policy asks for", () => {
    const wanted = {
      subject: "CN=other",
      subjectAlternativeNames: { dnsNames: ["family.example", "b.example"] },
      keyType: "EC",
    };
    expect(chainOf([family.issuing, family.leaf], { wanted }).warnings).toEqual([
      'the signed certificate departs from policy.subject: asked for "CN=other", got "CN=family.example"',
      "the signed certificate departs from policy.subjectAlternativeNames.dnsNames: asked for b.example, family.example, got family.example",
    ]);
  });
});

describe("a chain is refused", () => {
  test("where nothing is in it", () => {
    expect(refusalOf([], family.leaf)).toMatchObject({ code: "KVC_CHAIN_EMPTY" });
  });

  test("for the wrong key, naming what was found and the key that was asked for", () => {
    const { code, words } = refusalOf([stranger.root, stranger.issuing, stranger.leaf], family.leaf);
    expect(code).toBe("KVC_CHAIN_WRONG_KEY");
    expect(words).toContain(`SPKI SHA-256 ${info(family.leaf).spkiSha256}`);
    expect(words).toContain(`${named(stranger.leaf)} for another key`);
    expect(words).not.toContain(named(stranger.root));
  });

  test("for the wrong key, without a long list", async () => {
    const keys = await makeKeys();
    const leaves = await Promise.all(
      ["a", "b", "c", "d", "e"].map((name) =>
        makeCertificate({ subject: `CN=${name}`, keys, issuer: family.root }),
      ),
    );
    const { words } = refusalOf(leaves, family.leaf);
    expect(leaves.filter((leaf) => words.includes(named(leaf)))).toHaveLength(3);
    expect(words).toContain(", and 2 more that are not for it");
  });

  test("in words that no name turns round", async () => {
    const other = await makeCertificate({ subject: "CN=a\u202Eb", keys: await makeKeys() });
    expect(refusalOf([other], family.leaf).words).toContain('"CN=a\\u202eb" (serial');
    expect(chainOf([family.issuing, family.leaf, other]).warnings.join()).toContain('"CN=a\\u202eb" (serial');
  });

  test("for the key of another request, saying of which", () => {
    const known = { what: "the current version 0a1b", spkiSha256: info(stranger.leaf).spkiSha256 };
    const { words } = refusalOf([stranger.leaf], family.leaf, { knownVersions: [known] });
    expect(words).toContain(`${named(stranger.leaf)} for the key of the current version 0a1b`);
  });

  test("where only authorities are in it", () => {
    const { code, words } = refusalOf([family.root, family.policy], family.leaf);
    expect(code).toBe("KVC_CHAIN_WRONG_KEY");
    expect(words).toContain(named(family.policy));
  });

  test.each([
    ["KVC_CHAIN_EXPIRED", -30, -1, /expired at 2025-12-31T00:00:00Z/],
    ["KVC_CHAIN_NOT_YET_VALID", 1, 30, /not valid before 2026-01-02T00:00:00Z/],
  ])("as %s where the leaf is, or an authority above it", async (code, from, to, words) => {
    const leaf = await makeCertificate({
      subject: "CN=l",
      keys: await makeKeys(),
      issuer: family.issuing,
      from,
      to,
    });
    expect(refusalOf([leaf, family.issuing], leaf)).toMatchObject({
      code,
      words: expect.stringMatching(words),
    });
    expect(refusalOf([leaf, family.issuing], leaf).words).toContain(named(leaf));
    const ca = await makeCertificate({
      subject: "CN=ca",
      keys: await makeKeys(),
      issuer: family.policy,
      ca: true,
      from,
      to,
    });
    const below = await makeCertificate({ subject: "CN=b", keys: await makeKeys(), issuer: ca });
    expect(refusalOf([below, ca, family.policy], below).words).toContain(named(ca));
  });

  test("to the second at the end of validity, and after five minutes of clock difference at its start", () => {
    const { notBefore, expiresOn } = info(family.leaf);
    const code = (at: number): string | undefined => {
      const result = buildChain([info(family.leaf)], expecting(family.leaf, { now: at }));
      return result.ok ? undefined : result.refusal.code;
    };
    expect(code(expiresOn)).toBeUndefined();
    expect(code(expiresOn + 1)).toBe("KVC_CHAIN_EXPIRED");
    expect(code(notBefore - 300)).toBeUndefined();
    expect(code(notBefore - 301)).toBe("KVC_CHAIN_NOT_YET_VALID");
  });

  test("for an expired root only where that is kept", async () => {
    const root = await makeCertificate({ subject: "CN=r", keys: await makeKeys(), ca: true, to: -1 });
    const leaf = await makeCertificate({ subject: "CN=l", keys: await makeKeys(), issuer: root });
    expect(chainOf([root, leaf], {}, leaf).x5c).toEqual(base64([leaf]));
    expect(refusalOf([root, leaf], leaf, { keepRoot: true })).toMatchObject({ code: "KVC_CHAIN_EXPIRED" });
  });

  test.each<[string, (f: Family) => Party[], (f: Family) => Party, (f: Family) => Party]>([
    ["between leaf and root", (f) => [f.leaf, f.root], (f) => f.leaf, (f) => f.root],
    ["below the policy CA", (f) => [f.leaf, f.policy], (f) => f.leaf, (f) => f.policy],
    ["below the root", (f) => [f.leaf, f.issuing, f.root], (f) => f.issuing, (f) => f.root],
  ])("where an intermediate is missing %s, naming both sides of the gap", (_where, parties, below, above) => {
    const { code, words } = refusalOf(parties(family), family.leaf);
    expect(code).toBe("KVC_CHAIN_INCOMPLETE");
    expect(words).toContain(
      `the issuer "${info(below(family)).issuer}" of ${named(below(family))} is not in it`,
    );
    expect(words).toContain(named(above(family)));
    expect(words).toContain("add the certificate of");
  });

  test("where the issuer of that very name has another key, naming the key that is missing", async () => {
    const renewed = await makeCertificate({
      subject: family.issuing.subject,
      keys: await makeKeys(),
      issuer: family.policy,
      ca: true,
    });
    const { code, words } = refusalOf([family.leaf, renewed, family.root], family.leaf);
    expect(code).toBe("KVC_CHAIN_INCOMPLETE");
    expect(words).toContain(
      `the issuer "CN=Family Issuing CA" (key id ${info(family.leaf).authorityKeyId}) of ${named(family.leaf)} is not in it`,
    );
  });

  test("where a signature does not verify with the key that bears the issuer's name", async () => {
    const { issuing, leaf, policy, root } = family;
    const damaged = { ...leaf, der: Buffer.from(leaf.der) };
    damaged.der.writeUInt8(damaged.der.readUInt8(damaged.der.length - 5) ^ 1, damaged.der.length - 5);
    const { code, words } = refusalOf([damaged, issuing, policy, root], leaf);
    expect(code).toBe("KVC_CHAIN_BAD_SIGNATURE");
    expect(words).toContain(
      `the signature of ${named(damaged)} does not verify with the key of ${named(issuing)}`,
    );
    const older = await makeCertificate({
      subject: "CN=CA",
      keys: await makeKeys(),
      ca: true,
      withoutKeyIds: true,
    });
    const ca = await makeCertificate({
      subject: "CN=CA",
      keys: await makeKeys("RSA"),
      ca: true,
      withoutKeyIds: true,
    });
    const below = await makeCertificate({
      subject: "CN=b",
      keys: await makeKeys(),
      issuer: ca,
      withoutKeyIds: true,
    });
    expect(refusalOf([below, older], below)).toMatchObject({ code: "KVC_CHAIN_BAD_SIGNATURE" });
  });

  test.each([
    ["no authority at all", {}],
    [
      "an authority whose key usage forbids it",
      { ca: true, extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature)] },
    ],
  ])("where it was signed by %s", async (_what, options) => {
    const signer = await makeCertificate({
      subject: "CN=s",
      keys: await makeKeys(),
      issuer: family.issuing,
      ...options,
    });
    const leaf = await makeCertificate({ subject: "CN=l", keys: await makeKeys(), issuer: signer });
    const { code, words } = refusalOf([leaf, signer, family.issuing], leaf);
    expect(code).toBe("KVC_CHAIN_NOT_A_CA");
    expect(words).toContain(`${named(signer)}, which signed ${named(leaf)}, may not sign certificates`);
  });

  test("as a value that is plain data", () => {
    const { code, details } = refusalOf([family.leaf, family.root], family.leaf);
    const refusal = { code, details };
    expect(JSON.parse(JSON.stringify(refusal))).toStrictEqual(refusal);
    expect(info(family.leaf).expiresOn).toBe(now + 90 * day);
  });
});
