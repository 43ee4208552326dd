import fc from "fast-check";
import type { KeyVaultCertificateError } from "../../../provider/errors/error";
import { type Cast, makeCast, signLeaves } from "./mangled/certificates";
import { holdsSecret, leavesOf, mangle, type Mangling, manglings } from "./mangled/mangling";
import { secretFinder } from "./mangled/secrets";
import { type Outcome, type Request, Vault } from "./mangled/vault";

/** To see a failure again: the seed that it names, and the path to go there at once. */
const seed = Number(process.env["MANGLED_SEED"] ?? 20260101);
const path = process.env["MANGLED_PATH"];
const numRuns = Number(process.env["MANGLED_COUNT"] ?? 1000);

// Twenty seconds of work, on a machine that may be busy.
jest.setTimeout(240_000);

let vault: Vault;
let cast: Cast;
/** The request that is next to be answered: a refused bundle leaves it as it was. */
let open: Request | undefined;

beforeAll(async () => {
  vault = await Vault.start();
  cast = await makeCast();
});

afterAll(async () => vault.stop());

const leafOf = (x5c: unknown): string => String((x5c as readonly string[])[0]);
const bodyOf = (pem: unknown): string => String(pem).replaceAll(/-----[^-]+-----|\s/g, "");

function expectMerge({ merges, merged, other }: Outcome): void {
  expect(other).toBeUndefined();
  expect(merges.map(({ status }) => status)).toEqual([201]);
  const sent = leafOf((merges[0]?.body as { x5c: unknown }).x5c);
  expect(merged).toMatchObject({ status: "completed", version: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(bodyOf(merged?.["certificatePem"])).toBe(sent);
}

/** Codes whose refusal is about one certificate that could be read. */
const named = /EXPIRED|NOT_YET_VALID|INCOMPLETE|BAD_SIGNATURE|NOT_A_CA/;
const identity = {
  subject: expect.any(String),
  serialNumber: expect.stringMatching(/^[0-9A-F]+$/),
  thumbprintSha256: expect.stringMatching(/^[0-9A-F]{64}$/),
};

function expectRefusal({ merges }: Outcome, { code, message, details }: KeyVaultCertificateError): void {
  expect(code).toMatch(/^KVC_CHAIN_/);
  expect(merges).toEqual([]);
  expect(message).not.toMatch(/undefined|NaN|Invalid|\[object|""/);
  if (named.test(code)) expect(details).toMatchObject({ certificate: identity });
  if (code === "KVC_CHAIN_WRONG_KEY") {
    const { found } = details as { readonly found: readonly unknown[] };
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toMatchObject({ certificate: identity });
  }
}

const everyEnd = [
  "KVC_CHAIN_BAD_SIGNATURE",
  "KVC_CHAIN_DAMAGED",
  "KVC_CHAIN_EMPTY",
  "KVC_CHAIN_EXPIRED",
  "KVC_CHAIN_FOREIGN",
  "KVC_CHAIN_INCOMPLETE",
  "KVC_CHAIN_NOT_A_CA",
  "KVC_CHAIN_NOT_YET_VALID",
  "KVC_CHAIN_PRIVATE_KEY",
  "KVC_CHAIN_WRONG_KEY",
  "merged",
];

describe("mangled bundles, given to the provider and the vault", () => {
  test("a thousand of them are merged or refused with what is wrong; none meets an error of the service or shows a key", async () => {
    const secretIn = secretFinder(cast.secrets);
    const ends = new Set<string>();
    const judge = async (mangling: Mangling): Promise<void> => {
      const request = (open ??= await vault.request());
      const leaves = await signLeaves(request.csr, cast, leavesOf(mangling));
      const chain = mangle(mangling, cast, leaves);
      const foreseen = vault.preview(request, chain);
      const outcome = await vault.merge(request, chain);
      const { refusal } = outcome;
      if (holdsSecret(mangling)) {
        expect(foreseen.join()).toMatch(/holds a private key/);
        expect(refusal?.code).toMatch(/^KVC_CHAIN_(?:PRIVATE_KEY|FOREIGN)$/);
      }
      if (outcome.merged !== undefined) open = undefined;
      expect(secretIn(`${foreseen.join("\n")}\n${outcome.seen}`)).toBeUndefined();
      if (refusal === undefined) expectMerge(outcome);
      else expectRefusal(outcome, refusal);
      ends.add(refusal?.code ?? "merged");
    };
    await fc.assert(fc.asyncProperty(manglings, judge), {
      seed,
      numRuns,
      ...(path === undefined ? {} : { path }),
    });
    // Else it would prove little that none failed.
    if (numRuns >= 1000) expect([...ends].sort()).toEqual(expect.arrayContaining(everyEnd));
  });
});
