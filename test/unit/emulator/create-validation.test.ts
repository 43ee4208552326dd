import { Bench, refusal } from "./harness";

describe("the emulator's validation of a create", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench.emulator.close());

  const x509 = "Property policy.x509_props has invalid value\r\n";
  const distinguishedName =
    "Property policy.x509_props has invalid value. Invalid X.500 distinguished name\r\n";
  const policy = "Property policy has invalid value\r\n";

  test.each<[string, object, string]>([
    [
      "a subject that is no distinguished name",
      { x509_props: { subject: "Self", key_usage: ["x"] } },
      distinguishedName,
    ],
    ["an e-mail RDN", { x509_props: { subject: "E=a@example.com, CN=x" } }, distinguishedName],
    ["an open quote", { x509_props: { subject: 'CN="x' } }, distinguishedName],
    ["neither subject nor alternative name", { x509_props: { sans: {} } }, x509],
    ["a subject of more than 200 characters", { x509_props: { subject: `CN=${"x".repeat(200)}` } }, x509],
    ["an unknown key usage", { x509_props: { subject: "CN=x", key_usage: ["sign"] } }, x509],
    ["a purpose that is no OID", { x509_props: { subject: "CN=x", ekus: ["serverAuth"] } }, x509],
    ["no validity", { x509_props: { subject: "CN=x", validity_months: 0 } }, x509],
    ["a malformed IP address", { x509_props: { sans: { ipAddresses: ["10.0.0"] } } }, x509],
    ["a relative URI", { x509_props: { sans: { uris: ["/x"] } } }, x509],
    ["an unknown key type", { key_props: { kty: "DSA" } }, policy],
    ["an RSA key of 1024 bits", { key_props: { kty: "RSA", key_size: 1024 } }, policy],
    ["an RSA key with a curve", { key_props: { kty: "RSA", crv: "P-256" } }, policy],
    ["a curve of another size", { key_props: { kty: "EC", crv: "P-384", key_size: 256 } }, policy],
    ["an unknown curve", { key_props: { kty: "EC", crv: "P-512" } }, policy],
    ["an exportable key in an HSM", { key_props: { kty: "RSA-HSM", exportable: true } }, policy],
    ["an unknown content type", { secret_props: { contentType: "text/plain" } }, policy],
    [
      "a percentage of 100",
      { lifetime_actions: [{ trigger: { lifetime_percentage: 100 }, action: { action_type: "AutoRenew" } }] },
      policy,
    ],
    [
      "more days than 27 a month",
      { lifetime_actions: [{ trigger: { days_before_expiry: 325 }, action: { action_type: "AutoRenew" } }] },
      policy,
    ],
    [
      "two triggers at once",
      {
        lifetime_actions: [
          {
            trigger: { days_before_expiry: 1, lifetime_percentage: 1 },
            action: { action_type: "AutoRenew" },
          },
        ],
      },
      policy,
    ],
    ["a member of the wrong type", { key_props: { exportable: "yes" } }, policy],
  ])("refuses %s", async (_, change, message) => {
    expect(refusal(await bench.create("c", change))).toEqual([400, "BadParameter", message, undefined]);
  });

  test.each(["under_score", "dot.ted", "x".repeat(128)])("refuses the name %s", async (name) => {
    expect(refusal(await bench.create(name))).toEqual([
      400,
      "BadParameter",
      `The request URI contains an invalid name: ${name}`,
      undefined,
    ]);
  });

  test("refuses a sixteenth tag", async () => {
    const tags = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, "x"]));
    expect(refusal(await bench.create("tags", {}, { tags: tags(16) }))).toEqual([
      400,
      "BadParameter",
      "Property  has invalid value\r\n",
      undefined,
    ]);
    expect((await bench.create("tags", {}, { tags: tags(15) })).status).toBe(202);
  });

  test("refuses an issuer that the vault does not have", async () => {
    expect(await bench.create("c", { issuer: { name: "nobody" } })).toMatchObject({
      status: 400,
      body: { error: { code: "BadParameter" } },
    });
  });

  test("refuses a body that is not JSON, and a first create without a policy", async () => {
    expect((await bench.post("/certificates/c/create", "{")).status).toBe(400);
    expect((await bench.post("/certificates/c/create", {})).status).toBe(400);
  });

  test.each([
    [{ kty: "EC" }, { key_size: 256, crv: "P-256" }],
    [
      { kty: "EC", key_size: 384 },
      { key_size: 384, crv: "P-384" },
    ],
    [
      { kty: "EC", crv: "P-521" },
      { key_size: 521, crv: "P-521" },
    ],
    [
      { kty: "EC-HSM", crv: "P-256" },
      { exportable: false, key_size: 256 },
    ],
    [{ key_size: 3072 }, { kty: "RSA", key_size: 3072 }],
  ])("fills in %j to %j", async (given, completed) => {
    bench.emulator.control.reset();
    await bench.create("c", { key_props: given });
    expect((await bench.get("/certificates/c/policy")).body.key_props).toMatchObject(completed);
  });

  test("leaves nothing behind after a refusal", async () => {
    bench.emulator.control.reset();
    await bench.create("c", { key_props: { kty: "DSA" } });
    expect((await bench.get("/certificates/c")).status).toBe(404);
    expect(bench.emulator.control.orders()).toEqual([]);
  });
});
