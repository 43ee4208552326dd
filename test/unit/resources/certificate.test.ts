import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { Certificate, type CertificateArgs } from "pulumi-keyvault-certificates";
import { providerText } from "../../../provider/resources/hidden-inputs";
import { check } from "../../../provider/plugin/check/check";
import { certificate } from "../../../provider/plugin/kinds";
import { type PlainObject, toPlainObject } from "../../../provider/plugin/plain";

const urlVariable = "AZURE_KEYVAULT_URL";
const args: CertificateArgs = {
  vaultUrl: "https://contoso.vault.azure.net",
  policy: { issuerName: "Self", subject: "CN=web.contoso.com" },
};

let registered: pulumi.runtime.MockResourceArgs[];
let urlBefore: string | undefined;

/** An engine that answers every registration; a user's own test seldom names an organization. */
async function useMocks(organization?: string): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        registered.push(resource);
        return { id: `${resource.name}-id`, state: resource.inputs as Record<string, unknown> };
      },
      call: () => ({}),
    },
    "project",
    "dev",
    false,
    organization,
  );
}

beforeEach(async () => {
  registered = [];
  urlBefore = process.env[urlVariable];
  Reflect.deleteProperty(process.env, urlVariable);
  pulumi.runtime.setAllConfig({});
  await useMocks("contoso");
});
afterEach(() => {
  if (urlBefore !== undefined) process.env[urlVariable] = urlBefore;
});

/** What the class sends to the engine. */
async function sent(
  name = "web",
  given: CertificateArgs = args,
  options?: pulumi.CustomResourceOptions,
): Promise<{ type: string; inputs: PlainObject }> {
  const certificate = new Certificate(name, given, options);
  await new Promise((resolve) => certificate.urn.apply(resolve));
  const found = registered.find((resource) => resource.name === name);
  if (found === undefined) throw new Error("nothing was registered");
  return { type: found.type, inputs: toPlainObject(found.inputs as object) };
}

describe("what a Certificate registers", () => {
  test("has a type token that starts the plugin of dynamic resources", async () => {
    expect((await sent()).type).toBe("pulumi-nodejs:dynamic/keyvault:Certificate");
  });

  test("has one constant line of code of less than 100 bytes, for ever", async () => {
    const text = (await sent()).inputs["__provider"] as string;
    expect(text).toBe(
      'exports.handler = () => require("pulumi-keyvault-certificates/provider").Certificate;',
    );
    expect(Buffer.byteLength(text)).toBeLessThan(100);
    expect(Buffer.byteLength(providerText("CertificateContacts"))).toBeLessThan(100);
  });

  test("has what the program wrote, the name of the resource for the certificate's, and hidden inputs", async () => {
    const { inputs } = await sent();
    expect(inputs).toEqual({
      __provider: providerText("Certificate"),
      __urn: "urn:pulumi:dev::project::pulumi-nodejs:dynamic/keyvault:Certificate::web",
      __owner: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      certificateName: "web",
      vaultUrl: "https://contoso.vault.azure.net",
      policy: { issuerName: "Self", subject: "CN=web.contoso.com" },
    });
  });

  test("has every argument that there is, and check takes all of them", async () => {
    const all: Required<Omit<CertificateArgs, "signer">> = {
      vaultUrl: "https://contoso.vault.azure.net",
      certificateName: "other",
      policy: { issuerName: "Unknown", subject: "CN=web.contoso.com" },
      enabled: false,
      tags: { team: "web" },
      preserveCertificateOrder: true,
      chain: ["PEM"],
      reissue: { a: 1 },
      adopt: true,
      waitForCompletion: false,
      purgeOnDelete: true,
      ownershipTag: true,
      onConflict: "wait",
      onSoftDeleted: "purge",
      renewal: { lifetimePercentage: 80 },
    };
    const { inputs } = await sent("web", all, { customTimeouts: { create: "5m" } });
    expect(inputs).toMatchObject(all);
    expect(check({}, inputs).failures).toEqual([]);
    // A signer stands in the place of a chain.
    const derived = ["versionlessId", "versionlessSecretId", "__urn", "signer"];
    expect(
      Object.keys(inputs)
        .filter((name) => !derived.includes(name))
        .sort(),
    ).toEqual([...certificate.inputNames].filter((name) => !derived.includes(name)).sort());
  });

  test.each([
    ["the same for the same program", "web", "web", true],
    ["another for another name", "web", "api", false],
  ])("has an owner that is %s", async (_, one, other, same) => {
    const first = (await sent(one)).inputs["__owner"];
    registered = [];
    const second = (await sent(other)).inputs["__owner"];
    expect(first === second).toBe(same);
  });

  test("has an owner that does not change with what the program wants", async () => {
    const first = (await sent()).inputs["__owner"];
    registered = [];
    const second = (await sent("web", { ...args, certificateName: "other", reissue: 2 })).inputs["__owner"];
    expect(second).toBe(first);
  });

  test("has an owner and a URN that tell parents of two types apart", async () => {
    const [one, two] = [
      new pulumi.ComponentResource("a:b:C", "one"),
      new pulumi.ComponentResource("a:b:D", "two"),
    ];
    const first = (await sent("web", args, { parent: one })).inputs;
    registered = [];
    const second = (await sent("web", args, { parent: two })).inputs;
    expect(first["__urn"]).toBe(
      "urn:pulumi:dev::project::a:b:C$pulumi-nodejs:dynamic/keyvault:Certificate::web",
    );
    expect(first["__owner"]).not.toBe(second["__owner"]);
  });

  test("has customTimeouts as an input, as the engine does not pass them on", async () => {
    const customTimeouts = { create: "2h", delete: "5m" };
    expect((await sent("web", args, { customTimeouts })).inputs["timeouts"]).toEqual(customTimeouts);
    registered = [];
    expect((await sent()).inputs).not.toHaveProperty("timeouts");
  });

  test("needs no organization in a user's own unit test", async () => {
    await useMocks();
    expect((await sent()).inputs["__owner"]).toMatch(/^[0-9a-f]{16}$/);
  });

  test("waits for what is not there yet", async () => {
    const vaultUrl = pulumi.output(Promise.resolve("https://later.vault.azure.net"));
    expect((await sent("web", { ...args, vaultUrl })).inputs["vaultUrl"]).toBe(
      "https://later.vault.azure.net",
    );
  });
});

describe("the signer of a Certificate", () => {
  const unknown = { ...args, policy: { issuerName: "Unknown", subject: "CN=web.contoso.com" } };
  const command = ["./sign.sh", "--days", "90"];

  /** What is registered as the signer, and whether it is marked as a secret. */
  async function sentSigner(signer: CertificateArgs["signer"]) {
    const { inputs } = await sent("web", { ...unknown, ...(signer === undefined ? {} : { signer }) });
    const value = inputs["signer"] as PlainObject | undefined;
    const isSecret = value?.[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;
    return { isSecret, signer: isSecret ? value["value"] : value };
  }

  test("is sent as it is written, and check takes it", async () => {
    const signer = { command, timeoutSeconds: 60 };
    expect(await sentSigner(signer)).toEqual({ isSecret: false, signer });
    const { inputs } = await sent("other", { ...unknown, signer: { ...signer, env: { TOKEN: "x" } } });
    expect(check({}, { ...inputs, signer: { ...signer, env: { TOKEN: "x" } } }).failures).toEqual([]);
  });

  test("has an environment that is a secret, though the program does not say so", async () => {
    const signer = { command, env: { TOKEN: "planted" } };
    expect(await sentSigner(signer)).toEqual({ isSecret: true, signer });
  });

  test("is absent where there is none", async () => {
    expect(await sentSigner(undefined)).toEqual({ isSecret: false, signer: undefined });
  });
});

describe("the vault of a Certificate", () => {
  const policy = args.policy;

  test("is the one of the configuration where the program names none", async () => {
    pulumi.runtime.setAllConfig({ "keyvault:vaultUrl": "https://configured.vault.azure.net" });
    process.env[urlVariable] = "https://environment.vault.azure.net";
    expect((await sent("web", { policy })).inputs["vaultUrl"]).toBe("https://configured.vault.azure.net");
  });

  test("is the one of the environment where the configuration names none either", async () => {
    process.env[urlVariable] = "https://environment.vault.azure.net";
    expect((await sent("web", { policy })).inputs["vaultUrl"]).toBe("https://environment.vault.azure.net");
    Reflect.deleteProperty(process.env, urlVariable);
  });

  test("is the program's before both", async () => {
    pulumi.runtime.setAllConfig({ "keyvault:vaultUrl": "https://configured.vault.azure.net" });
    expect((await sent()).inputs["vaultUrl"]).toBe("https://contoso.vault.azure.net");
  });

  test("is absent where nobody names one, and check says how to", async () => {
    const { inputs } = await sent("web", { policy });
    expect(inputs).not.toHaveProperty("vaultUrl");
    expect(check({}, inputs).failures.map(({ property }) => property)).toEqual(["vaultUrl"]);
  });
});

describe("the class", () => {
  test("knows its own, of whichever copy of the package", async () => {
    const own = new Certificate("web", args);
    await new Promise((resolve) => own.urn.apply(resolve));
    expect(Certificate.isInstance(own)).toBe(true);
    expect(Certificate.isInstance({ __pulumiType: "pulumi-nodejs:dynamic/keyvault:Certificate" })).toBe(true);
    expect(Certificate.isInstance(new pulumi.ComponentResource("a:b:C", "c"))).toBe(false);
    for (const other of [undefined, null, "text", {}]) expect(Certificate.isInstance(other)).toBe(false);
    expect(Certificate).toHaveProperty("__pulumiType", "pulumi-nodejs:dynamic/keyvault:Certificate");
  });

  test("has every output as a property, so that programs can refer to it", () => {
    const own = new Certificate("web", args);
    const outputs = [
      ...[
        "versionlessId",
        "versionlessSecretId",
        "certificateId",
        "secretId",
        "keyId",
        "version",
        "thumbprint",
      ],
      ...[
        "thumbprintSha256",
        "certificatePem",
        "csrPem",
        "status",
        "statusDetails",
        "requestId",
        "operationError",
      ],
      ...[
        "notBefore",
        "expiresOn",
        "createdOn",
        "updatedOn",
        "serialNumber",
        "vaultUrl",
        "certificateName",
        "policy",
      ],
    ] as const;
    for (const name of outputs) expect(pulumi.Output.isInstance(own[name])).toBe(true);
  });

  test("loads nothing that only the plugin needs", () => {
    const script = `
      require("pulumi-keyvault-certificates");
      const loaded = Object.keys(require.cache).filter((path) =>
        /node_modules[\\\\/](zod|undici|@peculiar|reflect-metadata|@azure|p-wait-for)[\\\\/]|provider[\\\\/]dist[\\\\/](plugin|lifecycle|vault|x509)[\\\\/]/.test(path));
      process.stdout.write(JSON.stringify(loaded));`;
    const loaded = execFileSync(process.execPath, ["-e", script], { cwd: __dirname, encoding: "utf8" });
    expect(JSON.parse(loaded)).toEqual([]);
  });
});
