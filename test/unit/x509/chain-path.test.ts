import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { type Family, makeCertificate, makeFamily, makeKeys, type Party } from "./authority";
import { base64, chainFor, info, named } from "./chains";

let family: Family;
let stranger: Family;

beforeAll(async () => {
  [family, stranger] = await Promise.all([makeFamily("Family"), makeFamily("Stranger")]);
});

const chainOf = (given: readonly Party[], leaf = family.leaf) => chainFor(leaf, given);

describe("the way up from a leaf", () => {
  test("is linked by names and signatures where there are no key identifiers", async () => {
    const root = await makeCertificate({
      subject: "CN=Old Root",
      keys: await makeKeys(),
      ca: true,
      withoutKeyIds: true,
    });
    const ca = await makeCertificate({
      subject: "CN=Old CA",
      keys: await makeKeys(),
      ca: true,
      issuer: root,
      withoutKeyIds: true,
    });
    const leaf = await makeCertificate({
      subject: "CN=old",
      keys: await makeKeys("RSA"),
      issuer: ca,
      withoutKeyIds: true,
    });
    expect(chainOf([root, ca, leaf], leaf).x5c).toEqual(base64([leaf, ca]));
  });

  test("takes the authority that signed among several of one name", async () => {
    const impostor = await makeCertificate({
      subject: "CN=Family Issuing CA",
      keys: await makeKeys(),
      ca: true,
      issuer: family.policy,
    });
    const { x5c, warnings } = chainOf([impostor, family.policy, family.issuing, family.leaf]);
    expect(x5c).toEqual(base64([family.leaf, family.issuing, family.policy]));
    expect(warnings).toEqual([expect.stringContaining(named(impostor))]);
  });

  test("leaves out the sibling authorities that CAs publish in one file", async () => {
    const sibling = await makeCertificate({
      subject: "CN=Family Issuing CA 2",
      keys: await makeKeys(),
      ca: true,
      issuer: family.policy,
    });
    expect(chainOf([sibling, family.issuing, family.leaf]).x5c).toEqual(
      base64([family.leaf, family.issuing]),
    );
  });

  test("takes a cross-certificate before the root of the same key, and another root's before an expired one", async () => {
    const crossed = await makeCertificate({
      subject: family.root.subject,
      keys: family.root.keys,
      issuer: stranger.root,
      ca: true,
    });
    const expired = await makeCertificate({
      subject: family.root.subject,
      keys: family.root.keys,
      issuer: stranger.root,
      ca: true,
      from: -90,
      to: -1,
    });
    const { root, policy, issuing, leaf } = family;
    expect(chainOf([root, policy, issuing, leaf, crossed])).toMatchObject({
      x5c: base64([leaf, issuing, policy, crossed]),
      warnings: [],
    });
    expect(chainOf([expired, root, policy, issuing, leaf])).toMatchObject({
      x5c: base64([leaf, issuing, policy]),
      warnings: [],
    });
  });

  describe("with two ways up", () => {
    let other: Party;

    /** The issuing CA once more, by another authority: valid longer, and so the first choice if nothing else counted. */
    beforeAll(async () => {
      other = await makeCertificate({
        subject: family.issuing.subject,
        keys: family.issuing.keys,
        issuer: stranger.policy,
        ca: true,
        to: 1800,
      });
    });

    test.each<[string, (f: Family) => Party[]]>([
      ["to the root", (f) => [f.policy, f.root]],
      ["to the authority below the root", (f) => [f.policy]],
    ])("takes the one that is given %s, whatever the order", (_where, above) => {
      const { policy, issuing, leaf } = family;
      const given = [leaf, other, issuing, ...above(family)];
      for (const parties of [given, [...given].reverse()]) {
        expect(chainOf(parties)).toMatchObject({ x5c: base64([leaf, issuing, policy]), warnings: [] });
      }
    });

    test("takes the one that ends in a root, where both are as long", async () => {
      const { root, issuing } = family;
      const direct = await makeCertificate({
        subject: issuing.subject,
        keys: issuing.keys,
        issuer: root,
        ca: true,
      });
      const { x5c } = chainOf([family.leaf, other, stranger.policy, direct, root]);
      expect(x5c).toEqual(base64([family.leaf, direct]));
    });

    test("takes the one on which nothing has expired, though that is further up", async () => {
      const expired = await makeCertificate({
        subject: stranger.policy.subject,
        keys: stranger.policy.keys,
        issuer: stranger.root,
        ca: true,
        from: -90,
        to: -1,
      });
      const { policy, issuing, leaf } = family;
      const { x5c } = chainOf([leaf, other, issuing, policy, expired, stranger.root]);
      expect(x5c).toEqual(base64([leaf, issuing, policy]));
    });

    test("has no gap where the root stands beside its cross-certificate, whatever else was given", async () => {
      const { root, policy, issuing, leaf } = family;
      const crossed = await makeCertificate({
        subject: root.subject,
        keys: root.keys,
        issuer: stranger.policy,
        ca: true,
      });
      const { x5c, warnings } = chainOf([stranger.root, crossed, root, policy, issuing, leaf]);
      expect(x5c).toEqual(base64([leaf, issuing, policy, crossed]));
      expect(warnings).toEqual([`${named(stranger.root)} does not belong to the chain and was left out`]);
    });
  });

  test("believes a signature before a key identifier, with a warning", async () => {
    const wrong = new x509.AuthorityKeyIdentifierExtension("00112233445566778899aabbccddeeff00112233");
    const leaf = await makeCertificate({
      subject: "CN=l",
      keys: await makeKeys(),
      issuer: family.issuing,
      withoutKeyIds: true,
      extensions: [wrong],
    });
    const { x5c, warnings } = chainOf([family.policy, family.issuing, leaf], leaf);
    expect(x5c).toEqual(base64([leaf, family.issuing, family.policy]));
    expect(warnings).toEqual([
      `${named(leaf)} was signed by ${named(family.issuing)}, but names another key identifier for its issuer: some clients do not accept that`,
    ]);
  });

  test("ends where authorities have certified each other in a circle", async () => {
    const [a, b] = [await makeKeys(), await makeKeys()];
    const of = async (subject: string, keys = a, issuer?: Party): Promise<Party> =>
      makeCertificate({ subject, keys, ca: true, ...(issuer && { issuer }) });
    const [rootA, rootB] = [await of("CN=A", a), await of("CN=B", b)];
    const [byB, byA] = [await of("CN=A", a, rootB), await of("CN=B", b, rootA)];
    const leaf = await makeCertificate({ subject: "CN=leaf", keys: await makeKeys(), issuer: rootA });
    expect(chainOf([byA, byB, leaf], leaf).x5c).toEqual(base64([leaf, byB, byA]));
  });

  test("takes the newest of several valid certificates of the key", async () => {
    const { issuing, leaf } = family;
    const renewed = await makeCertificate({
      subject: leaf.subject,
      keys: leaf.keys,
      issuer: issuing,
      from: 0,
    });
    const expired = await makeCertificate({
      subject: leaf.subject,
      keys: leaf.keys,
      issuer: issuing,
      from: -99,
      to: -9,
    });
    const { x5c, warnings } = chainOf([leaf, expired, renewed, issuing]);
    expect(x5c).toEqual(base64([renewed, issuing]));
    expect(warnings).toHaveLength(2);
  });

  test("goes through the certificate whose key identifier the child names, of several of one key", async () => {
    const { policy, issuing, leaf } = family;
    const twin = await certified(issuing, {
      issuer: policy,
      to: 1900,
      withoutKeyIds: true,
      extensions: [new x509.SubjectKeyIdentifierExtension("00112233445566778899aabbccddeeff00112233")],
    });
    expect(chainOf([leaf, twin, policy, issuing]).x5c).toEqual(base64([leaf, issuing, policy]));
  });

  test("is found by names that differ in case and spaces only (RFC 5280 §7.1)", async () => {
    const { policy, issuing } = family;
    const issuer = { ...issuing, subject: "CN=FAMILY  issuing ca" };
    const leaf = await makeCertificate({ subject: "CN=l", keys: await makeKeys(), issuer });
    expect(chainOf([leaf, policy, issuing], leaf).x5c).toEqual(base64([leaf, issuing, policy]));
  });

  test("leads to a root that has not expired, though another would last longer below it", async () => {
    const { root, policy, issuing, leaf } = family;
    const dead = await makeCertificate({
      subject: "CN=Dead Root",
      keys: await makeKeys(),
      ca: true,
      from: -900,
      to: -1,
    });
    const byDead = await certified(issuing, { issuer: dead, to: 3000 });
    const direct = await certified(issuing, { issuer: root, to: 300 });
    expect(chainOf([leaf, byDead, dead, direct, root]).x5c).toEqual(base64([leaf, direct]));
    const crossed = await certified(root, { issuer: dead, to: 3000 });
    expect(chainOf([leaf, issuing, policy, crossed, dead, root]).x5c).toEqual(
      base64([leaf, issuing, policy]),
    );
    // It is not sent, so that it is no reason to refuse the only way.
    expect(chainOf([leaf, byDead, dead]).x5c).toEqual(base64([leaf, byDead]));
  });

  test("leads to an expired root, which is not sent, rather than through an authority that has expired", async () => {
    const { root, policy, issuing, leaf } = family;
    const end = { subject: "CN=Dead Root", keys: await makeKeys(), ca: true, from: -900, to: -1 };
    const dead = await makeCertificate(end);
    const byDead = await certified(issuing, { issuer: dead });
    const expired = await certified(policy, { issuer: root, from: -90, to: -1 });
    expect(chainOf([leaf, byDead, dead, issuing, expired, root]).x5c).toEqual(base64([leaf, byDead]));
  });

  test("goes through the certificate that lasts longest, where nothing else tells them apart", async () => {
    const { policy, issuing, leaf } = family;
    const seen = new Set<boolean>();
    // By hash the longer one would be first in about half of them.
    for (let days = 2000; seen.size < 2; days += 1) {
      const [longer, shorter] = [
        await certified(issuing, { issuer: policy, to: days }),
        await certified(issuing, { issuer: policy, to: 1000 }),
      ];
      seen.add(info(longer).thumbprintSha256 < info(shorter).thumbprintSha256);
      expect(chainOf([leaf, shorter, longer, policy]).x5c).toEqual(base64([leaf, longer, policy]));
    }
  });
});

describe("the leaf of several certificates of the key", () => {
  const leafOf = async (...ends: { from: number; to: number; selfSigned?: true }[]) => {
    const { issuing } = family;
    const keys = await makeKeys();
    const made = await Promise.all(
      ends.map(({ selfSigned, ...end }) =>
        makeCertificate({ subject: "CN=l", keys, ...end, ...(selfSigned ? {} : { issuer: issuing }) }),
      ),
    );
    const [first] = made;
    if (first === undefined) throw new Error("no certificate was asked for");
    const leaf = chainOf([...made, issuing], first).x5c[0];
    return made.findIndex(({ der }) => der.toString("base64") === leaf);
  };

  test("is the valid one, though a younger one has expired", async () => {
    expect(await leafOf({ from: -5, to: -1 }, { from: -10, to: 9 })).toBe(1);
  });

  test("is the newest valid one", async () => {
    expect(await leafOf({ from: -5, to: 90 }, { from: -1, to: 90 }, { from: -3, to: 90 })).toBe(1);
  });

  test("is one that an authority has signed, though a younger one is self-signed", async () => {
    expect(await leafOf({ from: -1, to: 90, selfSigned: true }, { from: -9, to: 90 })).toBe(1);
  });
});

/** Another certificate of an authority's name and key. */
const certified = (
  { subject, keys }: Party,
  more: Omit<Parameters<typeof makeCertificate>[0], "subject" | "keys">,
): Promise<Party> => makeCertificate({ subject, keys, ca: true, ...more });
