import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import {
  CertificateMerge,
  type CertificateMergeArgs,
  CertificateRequest,
  type CertificateRequestArgs,
} from "pulumi-keyvault-certificates";
import { check } from "../../../provider/plugin/check/check";
import { certificateMerge, certificateRequest, kindOf } from "../../../provider/plugin/kinds";
import { type PlainObject, toPlainObject } from "../../../provider/plugin/plain";
import { requestId } from "../build/certificate";

const vaultUrl = "https://contoso.vault.azure.net";
const policy = { subject: "CN=web.contoso.com" };
const mark = "owner=0123456789abcdef incarnation=0a1b2c3d generation=0123456789abcdef";

let registered: pulumi.runtime.MockResourceArgs[];

beforeEach(async () => {
  registered = [];
  pulumi.runtime.setAllConfig({});
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        registered.push(resource);
        const made = resource.type.endsWith(":CertificateRequest")
          ? { requestId, csrPem: "CSR", __mark: mark }
          : {};
        return { id: `${resource.name}-id`, state: { ...(resource.inputs as object), ...made } };
      },
      call: () => ({}),
    },
    "project",
    "dev",
    false,
    "contoso",
  );
});

/** What was sent to the engine for that resource. */
async function sent(
  resource: pulumi.CustomResource,
  className: string,
): Promise<{ type: string; inputs: PlainObject }> {
  await new Promise((resolve) => resource.urn.apply(resolve));
  const found = registered.find(({ type }) => type.endsWith(`:${className}`));
  if (found === undefined) throw new Error("nothing was registered");
  return { type: found.type, inputs: toPlainObject(found.inputs as object) };
}

const newRequest = (
  args: Partial<CertificateRequestArgs> = {},
  options?: pulumi.CustomResourceOptions,
): CertificateRequest => new CertificateRequest("web", { vaultUrl, policy, ...args }, options);
const newMerge = (
  args: Partial<CertificateMergeArgs> = {},
  options?: pulumi.CustomResourceOptions,
): CertificateMerge => new CertificateMerge("web", { request: newRequest(), chain: "PEM", ...args }, options);

const hidden = (className: string) => ({
  __provider: `exports.handler = () => require("pulumi-keyvault-certificates/provider").${className};`,
  __urn: `urn:pulumi:dev::project::pulumi-nodejs:dynamic/keyvault:${className}::web`,
  __owner: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
});

describe("what a CertificateRequest registers", () => {
  test("is what the program wrote, the name of the resource for the certificate's, and hidden inputs", async () => {
    const { type, inputs } = await sent(newRequest(), "CertificateRequest");
    expect(type).toBe("pulumi-nodejs:dynamic/keyvault:CertificateRequest");
    expect(inputs).toEqual({ ...hidden("CertificateRequest"), vaultUrl, certificateName: "web", policy });
    expect(check({}, inputs).failures).toEqual([]);
  });

  test("has every argument that there is, and check takes all of them", async () => {
    const all: Required<CertificateRequestArgs> = {
      vaultUrl,
      certificateName: "other",
      policy: { ...policy, keySize: 4096, reuseKey: false },
      preserveCertificateOrder: true,
      reissue: { a: 1 },
      adopt: true,
      purgeOnDelete: true,
      onConflict: "wait",
      onSoftDeleted: "purge",
      renewal: { lifetimePercentage: 80 },
      ownershipTag: true,
    };
    const { inputs } = await sent(
      newRequest(all, { customTimeouts: { create: "5m" } }),
      "CertificateRequest",
    );
    expect(inputs).toMatchObject({ ...all, timeouts: { create: "5m" } });
    const { inputs: checked, failures } = check({}, inputs);
    expect(failures).toEqual([]);
    expect(Object.keys(checked).sort()).toEqual([...certificateRequest.inputNames].sort());
  });

  test("names the vault of the configuration where the program names none", async () => {
    pulumi.runtime.setAllConfig({ "keyvault:vaultUrl": "https://configured.vault.azure.net" });
    const { inputs } = await sent(new CertificateRequest("web", { policy }), "CertificateRequest");
    expect(inputs["vaultUrl"]).toBe("https://configured.vault.azure.net");
  });
});

describe("what a CertificateMerge registers", () => {
  test("is the chain, what its request hands on, and hidden inputs of its own", async () => {
    const { type, inputs } = await sent(newMerge(), "CertificateMerge");
    expect(type).toBe("pulumi-nodejs:dynamic/keyvault:CertificateMerge");
    const handedOn = { vaultUrl, certificateName: "web", requestId, __mark: mark };
    expect(inputs).toEqual({ ...hidden("CertificateMerge"), ...handedOn, chain: "PEM" });
    expect(check({}, inputs).failures).toEqual([]);
    const { inputs: request } = await sent(newRequest(), "CertificateRequest");
    expect(inputs["__owner"]).not.toBe(request["__owner"]);
  });

  test("has every argument that there is, and check takes all of them", async () => {
    const request = newRequest({ ownershipTag: false });
    const all: Required<Omit<CertificateMergeArgs, "request">> = {
      chain: ["PEM", "PEM"],
      enabled: false,
      tags: { team: "web" },
      lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }],
    };
    const { inputs } = await sent(
      newMerge({ request, ...all }, { customTimeouts: { update: "5m" } }),
      "CertificateMerge",
    );
    expect(inputs).toMatchObject({ ...all, ownershipTag: false, timeouts: { update: "5m" } });
    expect(inputs).not.toHaveProperty("request");
    const { inputs: checked, failures } = check({}, inputs);
    expect(failures).toEqual([]);
    expect(Object.keys(checked).sort()).toEqual([...certificateMerge.inputNames].sort());
  });

  test("depends on its request: the engine runs it after, and deletes it before", () => {
    expect(registered.findIndex(({ type }) => type.endsWith("Merge"))).toBe(-1);
    const merge = newMerge();
    return new Promise<void>((resolve) => merge.urn.apply(() => resolve())).then(() => {
      expect(registered.map(({ type }) => type.split(":").at(-1))).toEqual([
        "CertificateRequest",
        "CertificateMerge",
      ]);
    });
  });

  test("takes a chain that is not there yet", async () => {
    const chain = pulumi.output(Promise.resolve("later"));
    const { inputs } = await sent(newMerge({ chain }), "CertificateMerge");
    expect(inputs["chain"]).toBe("later");
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "got undefined"],
    ["a CSR", "-----BEGIN CERTIFICATE REQUEST-----", "got string"],
    ["an object of another kind", { csrPem: "CSR" }, "got object"],
  ])("is nothing where the request is %s, and says what is needed", (_, request, got) => {
    const make = () => new CertificateMerge("web", { request: request as CertificateRequest, chain: "PEM" });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^CertificateMerge "web": request must be a CertificateRequest, got /);
    expect(make).toThrow(got);
    expect(registered).toEqual([]);
  });
});

describe.each([
  ["CertificateRequest", CertificateRequest, () => newRequest(), certificateRequest],
  ["CertificateMerge", CertificateMerge, () => newMerge(), certificateMerge],
] as const)("the class %s", (className, type, make, kind) => {
  test("has one constant line of code of less than 100 bytes, by which the plugin knows its kind", async () => {
    const { inputs } = await sent(make(), className);
    const text = inputs["__provider"] as string;
    expect(text).toBe(hidden(className).__provider);
    expect(Buffer.byteLength(text)).toBeLessThan(100);
    expect(kindOf(inputs)).toBe(kind);
  });

  test("knows its own, of whichever copy of the package", () => {
    expect(type.isInstance(make())).toBe(true);
    expect(type.isInstance({ __pulumiType: `pulumi-nodejs:dynamic/keyvault:${className}` })).toBe(true);
    expect(type.isInstance({ __pulumiType: "pulumi-nodejs:dynamic/keyvault:Certificate" })).toBe(false);
    for (const other of [undefined, null, "text", {}]) expect(type.isInstance(other)).toBe(false);
  });

  test("has every output as a property, so that programs can refer to it", () => {
    const own = make() as unknown as Record<string, unknown>;
    const names = [...kind.versionNames, ...kind.requestNames, "versionlessId", "versionlessSecretId"];
    for (const name of names)
      expect({ name, is: pulumi.Output.isInstance(own[name]) }).toEqual({ name, is: true });
  });
});

describe("the two classes", () => {
  test("load nothing that only the plugin needs", () => {
    const script = `
      const { CertificateRequest, CertificateMerge } = require("pulumi-keyvault-certificates");
      if (!CertificateRequest || !CertificateMerge) throw new Error("a class is missing");
      const loaded = Object.keys(require.cache).filter((path) =>
        /node_modules[\\\\/](zod|undici|@peculiar|reflect-metadata|@azure|p-wait-for)[\\\\/]|provider[\\\\/]dist[\\\\/](plugin|lifecycle|vault|x509)[\\\\/]/.test(path));
      process.stdout.write(JSON.stringify(loaded));`;
    const loaded = execFileSync(process.execPath, ["-e", script], { cwd: __dirname, encoding: "utf8" });
    expect(JSON.parse(loaded)).toEqual([]);
  });
});
