import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isError, KeyVaultCertificateError } from "../../../provider/errors/error";
import { type ErrorCode, errorTable, retiredCodes } from "../../../provider/errors/table";
import { chainErrors } from "../../../provider/errors/chain";
import { lifecycleErrors } from "../../../provider/errors/lifecycle";
import { signerErrors } from "../../../provider/errors/signer";
import { wireErrors } from "../../../provider/errors/wire";
import { requestId, vaultUrl } from "../build/certificate";

const identity = { subject: "CN=web", serialNumber: "0A", thumbprintSha256: "AB" };
const where = { vaultUrl, certificateName: "web" };

/** Details with everything that any row may show. */
const details = {
  request: "POST /certificates/web/create",
  status: 400,
  attempts: 5,
  permission: "create",
  serviceCode: "BadParameter",
  serviceMessage: "Property policy has invalid value\r\n",
  serviceRequestId: "6f9b",
  kind: "beingDeleted",
  reason: "the host has no address",
  scope: "https://vault.azure.net/.default",
  problem: '"status" must be text, got 5',
  outcomeUnknown: true,
  place: "item 2",
  found: "html",
  why: "ends in its middle",
  certificate: identity,
  issued: identity,
  issuer: "DigiCert",
  unplaced: [identity],
  csrSpkiSha256: "CD",
  limit: 1_767_225_600,
  now: 1_767_225_600,
  requestId,
  holder: "another resource",
  since: undefined,
  waitingFor: "the deletion",
  waited: "10 min",
  last: "it still going on",
  option: "delete",
  doing: "a request was waited for",
  version: "1",
  words: "a secret has this name",
  deletedOn: "2026-01-01T00:00:00.000Z",
  recoveryLevel: "Recoverable",
  purgedOn: undefined,
  busy: "a deletion",
  successor: "request 1",
  steps: 400,
  program: "./sign.sh",
  folder: "/program",
  code: "ENOENT",
  stderr: ["no quota"],
  ending: { exitCode: 3 },
  seconds: 600,
  by: "signer.timeoutSeconds",
  longestBytes: 1_048_576,
};
const special: Partial<Record<ErrorCode, object>> = {
  KVC_CHAIN_WRONG_KEY: {
    more: 0,
    found: [{ certificate: identity, spkiSha256: "EF", knownAs: "the current version" }],
  },
  KVC_CHAIN_BAD_SIGNATURE: { issuer: identity },
  KVC_SIGNER_NOT_STARTED: { problem: "notThere" },
};
const codes = Object.keys(errorTable) as ErrorCode[];
const errorOf = (code: ErrorCode) =>
  new KeyVaultCertificateError(code, where, { ...details, ...special[code] } as never);

const provider = join(__dirname, "../../../provider");
const sources = readdirSync(provider, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/^(dist|node_modules|errors)\b/.test(path))
  .map((path) => readFileSync(join(provider, path), "utf8"))
  .join("\n");

describe("the table of failures", () => {
  test("has no code in two of its parts, which would hide one of them", () => {
    const parts = [wireErrors, chainErrors, lifecycleErrors, signerErrors].flatMap((part) =>
      Object.keys(part),
    );
    expect(new Set(parts).size).toBe(parts.length);
    expect(parts.sort()).toEqual([...codes].sort());
  });

  test("gives no retired code to another failure", () => {
    expect(retiredCodes.filter((code) => Object.hasOwn(errorTable, code))).toEqual([]);
    expect(new Set(retiredCodes).size).toBe(retiredCodes.length);
  });

  test.each(codes)("has %s raised somewhere", (code) => {
    expect(code).toMatch(/^KVC_[A-Z]+(_[A-Z]+)*$/);
    expect(sources).toMatch(new RegExp(`"${code}"`));
  });

  test("has no code raised that is not in it", () => {
    const raised = new Set([...sources.matchAll(/"(KVC_[A-Z_]+)"/g)].map(([, code]) => code));
    expect([...raised].filter((code) => code === undefined || !Object.hasOwn(errorTable, code))).toEqual([]);
  });
});

describe("a failure", () => {
  test.each(codes)("%s says where, what, what to do and its code, in one line", (code) => {
    const { message, remedy } = errorOf(code);
    expect(message).toMatch(
      /^certificate "web" in vault https:\/\/contoso\.vault\.azure\.net: [^\n\r]+ \[KVC_[A-Z_]+\]$/,
    );
    expect(message.endsWith(`; ${remedy} [${code}]`)).toBe(true);
    expect(message).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test.each(codes)("%s begins small and has no full stop, and its remedy neither", (code) => {
    const { message, remedy } = errorOf(code);
    const text = message.slice(message.indexOf(": ") + 2, -` [${code}]`.length - remedy.length - 2);
    for (const part of [text, remedy]) expect(part).toMatch(/^([a-z"]|POST ).*[^.;,\s]$/s);
  });

  test.each(codes)("%s says whether the same may succeed later", (code) => {
    expect(errorOf(code).retryable).toBe(errorTable[code].retryable);
  });

  test("says only the vault where no certificate is concerned", () => {
    const { message } = new KeyVaultCertificateError(
      "KVC_CHALLENGE_REFUSED",
      { vaultUrl },
      { reason: "it asks for none" },
    );
    expect(message).toMatch(/^vault https:\/\/contoso\.vault\.azure\.net: the host must ask/);
  });

  test("keeps its cause, and has no property that the SDK would take for an init error's", () => {
    const cause = new Error("below");
    const error = new KeyVaultCertificateError(
      "KVC_SOFT_DELETED",
      where,
      { deletedOn: undefined },
      { cause },
    );
    expect(error.cause).toBe(cause);
    expect(error).not.toHaveProperty("id");
    expect(typeof error.code).toBe("string");
    expect(error.name).toBe("KeyVaultCertificateError");
  });
});

describe("telling a failure of this package", () => {
  test("works by code, with some codes or any", () => {
    const error = errorOf("KVC_SOFT_DELETED");
    expect(isError(error)).toBe(true);
    expect(isError(error, "KVC_SOFT_DELETED")).toBe(true);
    expect(isError(error, "KVC_NOT_OURS", "KVC_SOFT_DELETED")).toBe(true);
    expect(isError(error, "KVC_NOT_OURS")).toBe(false);
  });

  test("works across two loaded copies of the package", () => {
    let copy: typeof KeyVaultCertificateError | undefined;
    jest.isolateModules(() => {
      const path = "../../../provider/errors/error";
      copy = jest.requireActual<{ KeyVaultCertificateError: typeof KeyVaultCertificateError }>(
        path,
      ).KeyVaultCertificateError;
    });
    if (copy === undefined) throw new Error("no copy");
    const error = new copy("KVC_SOFT_DELETED", where, { deletedOn: undefined });
    expect(error).not.toBeInstanceOf(KeyVaultCertificateError);
    expect(isError(error, "KVC_SOFT_DELETED")).toBe(true);
  });

  test.each([
    ["an error without a code", new Error("no")],
    ["an error of Node", Object.assign(new Error("no"), { code: "ECONNRESET" })],
    ["an error of grpc", Object.assign(new Error("no"), { code: 2 })],
    [
      "an error whose code is a property of every object",
      Object.assign(new Error("no"), { code: "constructor" }),
    ],
    ["what only looks like one", { code: "KVC_SOFT_DELETED" }],
    ["nothing", undefined],
  ])("is false for %s", (_, value) => {
    expect(isError(value)).toBe(false);
  });
});
