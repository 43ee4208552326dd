import { Bench, refusal } from "./harness";

describe("issuers and contacts of the emulator", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const admin = { first_name: "First", last_name: "Last", email: "a@example.com", phone: "42" };

  test("an issuer comes back without its password, with zip 0", async () => {
    const put = await bench.put("/certificates/issuers/ca", {
      provider: "Test",
      credentials: { account_id: "user", pwd: "secret" },
      org_details: { admin_details: [admin] },
    });
    const now = bench.clock.milliseconds / 1000;
    expect(put.body).toEqual({
      id: `${bench.emulator.url}/certificates/issuers/ca`,
      provider: "Test",
      credentials: { account_id: "user" },
      org_details: { zip: 0, admin_details: [admin] },
      attributes: { enabled: true, created: now, updated: now },
    });
    expect((await bench.get("/certificates/issuers/CA")).body).toEqual(put.body);
  });

  test("an issuer changes by PATCH member by member, is listed, and is given back when deleted", async () => {
    await bench.put("/certificates/issuers/ca", { provider: "Test", credentials: { account_id: "user" } });
    const patched = await bench.patch("/certificates/issuers/ca", { attributes: { enabled: false } });
    expect(patched.body).toMatchObject({
      provider: "Test",
      credentials: { account_id: "user" },
      attributes: { enabled: false },
    });
    expect((await bench.get("/certificates/issuers")).body).toEqual({
      value: [{ id: `${bench.emulator.url}/certificates/issuers/ca`, provider: "Test" }],
      nextLink: null,
    });
    expect((await bench.delete("/certificates/issuers/ca")).body).toEqual(patched.body);
    expect(refusal(await bench.get("/certificates/issuers/ca"))).toEqual([
      404,
      "CertificateIssuerNotFound",
      "Issuer not found",
      undefined,
    ]);
  });

  test("DigiCert is not accepted without the id of the organisation", async () => {
    expect(refusal(await bench.put("/certificates/issuers/ca", { provider: "DigiCert" }))).toEqual([
      400,
      "BadParameter",
      "Id in organization details is not set",
      undefined,
    ]);
  });

  test("contacts are set as a whole, read, and given back when deleted", async () => {
    const contacts = [{ email: "a@example.com", name: "A", phone: "1" }, { email: "b@example.com" }];
    const expected = { id: `${bench.emulator.url}/certificates/contacts`, contacts };
    expect((await bench.put("/certificates/contacts", { contacts })).body).toEqual(expected);
    expect((await bench.get("/certificates/contacts")).body).toEqual(expected);
    expect((await bench.delete("/certificates/contacts")).body).toEqual(expected);
    expect(refusal(await bench.get("/certificates/contacts"))).toEqual([
      404,
      "ContactsNotFound",
      "Contacts not found",
      undefined,
    ]);
  });
});
