import { inspect } from "node:util";
import { makeCertificate, makeKeys } from "../x509/authority";
import { pem } from "../build/materials";
import { bundle, failure, operation, unauthorized, wireBundle, wireOperation } from "./harness";
import {
  type Answer,
  dripping,
  huge,
  json,
  type RealVault,
  realVault,
  refusal,
  reset,
  said,
  silent,
  text,
  truncated,
} from "./server";

let vault: RealVault;

beforeEach(async () => void (vault = await realVault()));
afterEach(() => vault.close());

const get = () => vault.client.getCertificate("web", vault.watched);
const create = () => vault.client.createCertificate("web", { policy: { issuerName: "Self" } }, vault.watched);

const place = 'certificate "web" in vault VAULT: ';
const unreachable = (reason: string) =>
  `${place}no whole reply to 6 attempts of GET /certificates/web: ${reason}; check that this machine reaches the vault, through a proxy where it needs one (HTTPS_PROXY) [KVC_UNREACHABLE]`;
const failed = (words: string) =>
  `${place}the service failed on 6 attempts of GET /certificates/web: ${words}; run again later [KVC_SERVICE_FAILED]`;
const unreadable = (problem: string, reply = "the reply of 200") =>
  `${place}${reply} to GET /certificates/web cannot be read: ${problem}; check that the URL is that of a Key Vault, and that no proxy answers in its place [KVC_RESPONSE_UNREADABLE]`;
const unknown = (reason: string) =>
  `${place}nobody knows whether POST /certificates/web/create was carried out: ${reason}; run again: what became of it is looked up before anything is sent twice [KVC_OUTCOME_UNKNOWN]`;

interface Fault {
  readonly answer: Answer;
  readonly read: string;
  readonly write: string;
  /** How often the read is sent; the write is sent once, whatever happens to it. */
  readonly reads: number;
  /** It takes a while: the read meets it the last time only, and the fault is not tried with all operations. */
  readonly slow?: true;
}

const serverError = refusal(500, "ServerError", "ActivityId: 1, ActivityName: CertificateGet");
const faults: Readonly<Record<string, Fault>> = {
  "a 500 of the service": {
    answer: serverError,
    read: failed('500 ServerError: "ActivityId: 1, ActivityName: CertificateGet"'),
    write: unknown("the vault answered 500"),
    reads: 6,
  },
  "a 502 of a gateway, in HTML": {
    answer: text(502, "text/html", "<html>Bad Gateway</html>"),
    read: failed("502"),
    write: unknown("the vault answered 502"),
    reads: 6,
  },
  "a 504": { answer: json(504, {}), read: failed("504"), write: unknown("the vault answered 504"), reads: 6 },
  "a reset": {
    answer: reset,
    read: unreachable("read ECONNRESET"),
    write: unknown("read ECONNRESET"),
    reads: 6,
  },
  "a reply that never begins": {
    answer: silent,
    read: unreachable("no reply in time (UND_ERR_HEADERS_TIMEOUT)"),
    write: unknown("no reply in time (UND_ERR_HEADERS_TIMEOUT)"),
    reads: 6,
    slow: true,
  },
  "a body that never ends": {
    answer: dripping,
    read: unreachable("the reply did not end in time"),
    write: unknown("the reply did not end in time"),
    reads: 6,
    slow: true,
  },
  "a body that is cut off": {
    answer: truncated(200),
    read: unreachable("other side closed (UND_ERR_SOCKET)"),
    write: unknown("other side closed (UND_ERR_SOCKET)"),
    reads: 6,
  },
  "half of a JSON body that claims to be whole": {
    answer: text(200, "application/json; charset=utf-8", '{"id":"https://'),
    read: unreadable("the body must be JSON, got application/json; charset=utf-8 of 15 characters"),
    write: unknown(
      "a reply of 200: the body must be JSON, got application/json; charset=utf-8 of 15 characters",
    ),
    reads: 6,
  },
  "a body over the limit": {
    answer: huge,
    read: unreadable("a reply over 100000 bytes", "the reply"),
    write: unknown("a reply over 100000 bytes"),
    reads: 1,
  },
  "a page of HTML with status 200": {
    answer: text(200, "text/html", "<html>Sign in to the Wi-Fi</html>"),
    read: unreadable("the body must be JSON, got text/html of 33 characters"),
    write: unknown("a reply of 200: the body must be JSON, got text/html of 33 characters"),
    reads: 1,
  },
  "an empty body": {
    answer: text(200, "application/json", ""),
    read: unreadable('"certificate" must be an object, got nothing'),
    write: unknown('a reply of 200: "operation" must be an object, got nothing'),
    reads: 1,
  },
  "JSON of another service": {
    answer: json(200, { status: "ok" }),
    read: unreadable('"attributes" must be an object, got nothing'),
    write: unknown('a reply of 200: "issuer" must be an object, got nothing'),
    reads: 1,
  },
};

describe.each(Object.entries(faults))("%s", (_, { answer, read, write, reads, slow }) => {
  test("is named, with the next step, when a read meets nothing else", async () => {
    const before = Array.from({ length: slow ? reads - 1 : 0 }, () => reset);
    vault.answer(...before, answer);
    expect(await said(vault, get())).toBe(read);
    expect(vault.carried()).toEqual(Array(reads).fill("GET /certificates/web"));
    expect(vault.time.slept).toEqual([1000, 2000, 4000, 8000, 16_000].slice(0, reads - 1));
  });

  test("is named when a create meets it, which is sent once", async () => {
    vault.answer(answer);
    expect(await said(vault, create())).toBe(write);
    expect(vault.carried()).toEqual(["POST /certificates/web/create"]);
  });
});

const planted = "planted-4711";
const plantedCreate = () =>
  vault.client.createCertificate("web", { policy: { issuerName: "Self" }, tags: { planted } }, vault.watched);
const indiscreet: readonly (readonly [string, Answer])[] = [
  ...Object.entries(faults).map(([name, { answer }]) => [name, answer] as const),
  ["a 401 to every token", json(401, unauthorized)],
];

// What a crash dump, a debugger or a careless log shows of an error is all of it, its causes and their hidden properties too.
describe.each(indiscreet)("the whole error of %s", (_, answer) => {
  test.each([
    ["a create with a secret in its body", plantedCreate, planted],
    ["a delete", () => vault.client.deleteOperation("web", undefined, vault.watched), ""],
  ])("holds neither token nor header nor body of %s", async (_name, call, body) => {
    vault.answer(answer);
    const everything = inspect(await failure(call()), { depth: 50, showHidden: true, getters: true });
    const carried = vault.seen.filter(({ authorization }) => authorization !== undefined);
    expect(carried.length).toBeGreaterThan(0);
    expect(carried[0]?.body).toContain(body);
    for (const { authorization = "" } of carried) {
      expect(authorization).toMatch(/^Bearer token-\d+$/);
      expect(everything).not.toContain(authorization.replace("Bearer ", ""));
    }
    expect(everything).not.toMatch(/authorization: ?'|Bearer token/i);
    expect(everything).not.toContain(planted);
    expect(everything).toContain("[KVC_");
  });
});

const transient = Object.entries(faults).filter(([, { reads, slow }]) => reads > 1 && slow !== true);

describe.each(transient)("%s, once", (_, { answer }) => {
  test("does not end a read", async () => {
    vault.answer(answer, json(200, wireBundle));
    expect(await get()).toEqual(bundle);
    expect(vault.carried()).toHaveLength(2);
  });

  const pending = "/certificates/web/pending";
  test.each([
    ["PATCH /certificates/web", wireBundle, () => vault.client.updateCertificate("web", undefined, {})],
    ["PATCH /certificates/web/policy", wireBundle.policy, () => vault.client.updatePolicy("web", {})],
    ["DELETE /certificates/web", wireBundle, () => vault.client.deleteCertificate("web")],
    ["DELETE /deletedcertificates/web", {}, () => vault.client.purgeDeletedCertificate("web")],
    [`PATCH ${pending}`, wireOperation, () => vault.client.cancelOperation("web", "r")],
    [`DELETE ${pending}`, wireOperation, () => vault.client.deleteOperation("web", "r")],
  ])("does not end %s, which is safe to repeat", async (request, body, call) => {
    vault.answer(answer, json(200, body));
    await call();
    expect(vault.carried()).toEqual([request, request]);
  });

  test.each([
    ["POST /certificates/web/create", () => create()],
    [`POST ${pending}/merge`, () => vault.client.mergeCertificate("web", { x5c: ["MIIA"] })],
    ["POST /deletedcertificates/web/recover", () => vault.client.recoverDeletedCertificate("web")],
    [`PATCH ${pending}`, () => vault.client.cancelOperation("web")],
    [`DELETE ${pending}`, () => vault.client.deleteOperation("web")],
  ])("ends %s, which is not", async (request, call) => {
    vault.answer(answer, json(200, { ...wireBundle, ...wireOperation }));
    expect(await said(vault, call())).toContain("[KVC_OUTCOME_UNKNOWN]");
    expect(vault.carried()).toEqual([request]);
  });
});

describe("JSON under another content type", () => {
  test("is read all the same", async () => {
    vault.answer(text(200, "text/plain", JSON.stringify(wireBundle)));
    expect(await get()).toEqual(bundle);
  });
});

describe("a vault that does not listen", () => {
  test("is named, with the next step, and the waits were told", async () => {
    await vault.stop();
    expect((await said(vault, get())).replace(/:\d+/, ":PORT")).toBe(
      "vault VAULT: no whole reply to 6 attempts of GET /certificates: connect ECONNREFUSED 127.0.0.1:PORT; " +
        "check that this machine reaches the vault, through a proxy where it needs one (HTTPS_PROXY) [KVC_UNREACHABLE]",
    );
    expect(vault.notes.map(({ request, delayMs }) => [request, delayMs])).toEqual(
      [1000, 2000, 4000, 8000, 16_000].map((ms) => ["GET /certificates", ms]),
    );
  });

  test("is no reason not to send a create again, as nothing of it has left", async () => {
    vault.answer(json(200, wireBundle), json(202, wireOperation));
    await get();
    await vault.stop();
    // The connections that were kept open are gone after this.
    await said(vault, get());
    vault.notes.length = 0;
    vault.whileAsleep(async () => {
      vault.whileAsleep(() => Promise.resolve());
      await vault.listenAgain();
    });
    expect(await create()).toEqual(operation);
    expect(vault.notes).toMatchObject([{ request: "POST /certificates/web/create", delayMs: 1000 }]);
    expect(vault.carried()).toEqual(["GET /certificates/web", "POST /certificates/web/create"]);
  });
});

describe("a TLS certificate", () => {
  async function served(validity: { readonly from: number; readonly to: number }): Promise<RealVault> {
    const keys = await makeKeys();
    const certificate = await makeCertificate({ subject: "CN=localhost", keys, ...validity });
    const key = keys.node.export({ type: "pkcs8", format: "pem" }).toString();
    const cert = pem(certificate);
    return realVault({
      host: "localhost",
      tls: { key, cert },
      ...(validity.to < 0 && { connect: { ca: cert } }),
    });
  }

  test("that is not trusted is named with the variable that makes it so, and nothing is sent", async () => {
    await vault.close();
    vault = await served({ from: -1, to: 9000 });
    // Node adds a hint of its own from some version on.
    expect((await said(vault, create())).replace(/; if the root CA is installed [^(]*/, " ")).toBe(
      "vault VAULT: the TLS certificate of the host must be trusted (GET /certificates): self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT); " +
        "set NODE_EXTRA_CA_CERTS to the CA of the proxy or vault, if it is one to trust [KVC_HOST_UNTRUSTED]",
    );
    expect(vault.seen).toEqual([]);
    expect(vault.time.slept).toEqual([]);
  });

  test("that has expired, or seems so, is named with the clock", async () => {
    await vault.close();
    vault = await served({ from: -60, to: -30 });
    expect(await said(vault, get())).toBe(
      "vault VAULT: the TLS certificate of the host must be trusted (GET /certificates): certificate has expired (CERT_HAS_EXPIRED); " +
        "check that this machine's clock is right, and renew the TLS certificate of the proxy or vault if it is [KVC_HOST_UNTRUSTED]",
    );
    expect(vault.seen).toEqual([]);
  });
});
