import fc from "fast-check";
import {
  type AlternativeNameKind,
  checkDistinguishedName,
  checkDnsName,
  checkEmail,
  checkIpAddress,
  checkObjectIdentifier,
  checkUri,
  checkUserPrincipalName,
  commonName,
  differingNames,
  formatDistinguishedName,
  normaliseDistinguishedName,
  normaliseSubjectAlternativeNames,
  parseDistinguishedName,
  sameDistinguishedName,
  sameNames,
} from "../../../provider/x509/names";

const oids = ["2.5.4.3", "2.5.4.10", "2.5.4.11", "0.9.2342.19200300.100.1.25", "1.3.6.1.4.1.99999.1"];
const value = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.constantFrom('a"b', "a, b", " a ", "#x", "a\\,b"),
  )
  .filter((text) => !/^#([0-9a-f]{2})+$/i.test(text));
const relativeNames = fc.array(
  fc.array(fc.record({ oid: fc.constantFrom(...oids), value }), { minLength: 1, maxLength: 2 }),
  { minLength: 1, maxLength: 5 },
);

describe("a distinguished name", () => {
  test.each([
    ["attribute types in any case and spaces around the parts", "cn = a ,  o=b", "CN=a,O=b"],
    ["the state under its Windows keyword", "CN=a, S=WA", "CN=a,ST=WA"],
    ["quotes around a value with a comma", 'CN=a, O="Contoso, Inc."', "CN=a,O=Contoso\\, Inc."],
    ["a doubled quote inside quotes", 'O="The ""A"" Team"', 'O=The \\"A\\" Team'],
    ["semicolons between the parts", "CN=a;O=b", "CN=a,O=b"],
    ["a dotted identifier, with and without OID.", "OID.2.5.4.3=a,2.5.4.10=b", "CN=a,O=b"],
    ["a relative name of several attributes in any order", "CN=a + O=b", "O=b+CN=a"],
    ["RFC 4514 escapes", "CN=a\\, b,O=c", "CN=a\\, b,O=c"],
    ["a backslash that escapes nothing", "CN=DOMAIN\\user", "CN=DOMAIN\\\\user"],
  ])("is normalised with %s", (_what, text, normal) => {
    expect(normaliseDistinguishedName(text)).toBe(normal);
  });

  test("keeps the case of values and the order of its parts when normalised", () => {
    expect(normaliseDistinguishedName("O=Contoso, CN=A")).toBe("O=Contoso,CN=A");
  });

  test("survives being written and read again", () => {
    fc.assert(
      fc.property(relativeNames, (names) => {
        expect(parseDistinguishedName(formatDistinguishedName(names))).toEqual({ names });
      }),
    );
  });

  test("is normalised once and for all, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), relativeNames.map(formatDistinguishedName)), (text) => {
        const once = normaliseDistinguishedName(text);
        expect(normaliseDistinguishedName(once)).toBe(once);
        expect(sameDistinguishedName(text, once)).toBe(true);
      }),
    );
  });

  test.each([
    ["in the case of attribute types", "CN=a", "cn = a"],
    ["in the case and white space of values", "O=Contoso  Ltd", "O=contoso ltd"],
    ["in quoting", 'O="a, b"', "O=a\\, b"],
    ["in the place of unlike types", "CN=a,O=b,C=c", "C=c,CN=a,O=b"],
    ["in the end that it is read from", "CN=a,OU=x,OU=y", "OU=y,OU=x,CN=a"],
  ])("is the same where it differs %s only", (_what, a, b) => {
    expect(sameDistinguishedName(a, b)).toBe(true);
    expect(sameDistinguishedName(b, a)).toBe(true);
  });

  test.each([
    ["a value", "CN=a", "CN=b"],
    ["an attribute more", "CN=a", "CN=a,O=b"],
    ["the type of a value", "CN=a", "O=a"],
    ["the order among units", "CN=a,OU=x,OU=y,OU=z", "CN=a,OU=y,OU=x,OU=z"],
    ["the grouping into relative names", "CN=a+O=b", "CN=a,O=b"],
    ["being empty", "", "CN=a"],
  ])("is another with %s", (_what, a, b) => {
    expect(sameDistinguishedName(a, b)).toBe(false);
  });

  test("gives its common name wherever that stands", () => {
    expect(commonName('O=x, CN="a, b"')).toBe("a, b");
    expect(commonName("O=x")).toBeUndefined();
  });
});

describe("the check of a subject", () => {
  test.each([
    "CN=example.com",
    'cn=a, O="Contoso, Inc.", S=WA, C=US',
    "CN=*.example.com, OU=x + OU=y, DC=example, DC=com",
    "CN=a, OID.2.5.4.97=VATDE-123",
    "CN=DOMAIN\\user",
    "CN=Bücher",
  ])("accepts %s", (text) => {
    expect(checkDistinguishedName(text)).toBeUndefined();
  });

  test.each([
    ["", /is empty; leave it out, or write/],
    ["Self", /"Self", which is not attribute=value; write it as CN=…/],
    ["CN=a, O=Contoso, Inc.", /"Inc\.", which is not attribute=value.*O="Contoso, Inc\."/],
    ["CN=a, O=Contoso\\, Inc.", /backslash escape.*double quotes/],
    ["CM=a", /unknown attribute "CM"; write CN, O/],
    ["CN=", /no value for CN/],
    ["CN=a,", /empty part; remove the separator/],
    ['CN="a', /quotes do not match/],
    ['CN="a"b', /quotes do not match/],
    ["CN=a\nO=b", /line break/],
    ["CN=a, E=a@example.com", /e-mail.*subjectAlternativeNames\.emails/],
    [`CN=${"a".repeat(198)}`, /has 201 characters, and Key Vault takes 200/],
  ])("refuses %j with a remedy", (text, reason) => {
    expect(checkDistinguishedName(text)).toMatch(reason);
  });

  test("answers hostile text at once", () => {
    const started = performance.now();
    checkDistinguishedName(`CN="${"\\a".repeat(95)}`);
    checkDistinguishedName(`CN=${"a ".repeat(98)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("the check of an alternative name", () => {
  test.each([
    [checkDnsName, "example.com"],
    [checkDnsName, "*.example.com"],
    [checkDnsName, "localhost"],
    [checkDnsName, "my_service.internal"],
    [checkDnsName, "xn--bcher-kva.example"],
    [checkDnsName, "EXAMPLE.com"],
    [checkIpAddress, "192.0.2.1"],
    [checkIpAddress, "2001:DB8::1"],
    [checkEmail, "first.last+tag@example.com"],
    [checkUserPrincipalName, "user@corp.local"],
    [checkUri, "https://example.com"],
    [checkUri, "spiffe://example.com/a"],
    [checkUri, "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
  ] as const)("accepts (%p) %s", (check, text) => {
    expect(check(text)).toBeUndefined();
  });

  test.each([
    [checkDnsName, "", /empty/],
    [checkDnsName, "bücher.example", /A-label \(punycode\): "xn--bcher-kva\.example"/],
    [checkDnsName, "*.bücher.example", /"\*\.xn--bcher-kva\.example"/],
    [checkDnsName, "example.com.", /ends in a dot; write "example\.com"/],
    [checkDnsName, " example.com", /spaces/],
    [checkDnsName, "192.0.2.1", /ipAddresses/],
    [checkDnsName, "::1", /ipAddresses/],
    [checkDnsName, "https://example.com", /URI/],
    [checkDnsName, "example.com:443", /port.*write "example\.com"/],
    [checkDnsName, "a@example.com", /write it in emails/],
    [checkDnsName, "*", /stand for every name/],
    [checkDnsName, "a*.example.com", /wildcard/],
    [checkDnsName, "*a.example.com", /wildcard/],
    [checkDnsName, "a.*.example.com", /wildcard/],
    [checkDnsName, "a..b", /two dots/],
    [checkDnsName, "-a.example", /"-a", and labels are/],
    [checkDnsName, "a b.example", /"a b", and labels are/],
    [checkDnsName, `${"a".repeat(64)}.example`, /63/],
    [checkDnsName, `${"a.".repeat(127)}aa`, /253/],
    [checkIpAddress, "10.0.0.0/8", /network/],
    [checkIpAddress, "fe80::1%eth0", /zone/],
    [checkIpAddress, "[2001:DB8::1]", /write "2001:db8::1"/],
    [checkIpAddress, "256.1.1.1", /no IP address/],
    [checkEmail, "example.com", /no e-mail address/],
    [checkEmail, "a@b@c", /no e-mail address/],
    [checkEmail, "A <a@example.com>", /bare address/],
    [checkEmail, "a@bücher.example", /wrong domain.*A-label/],
    [checkEmail, "ä@example.com", /not ASCII before the @/],
    [checkEmail, "a@*.example", /wildcard/],
    [checkUserPrincipalName, "user", /user principal name/],
    [checkUri, "example.com/path", /no absolute URI/],
    [checkUri, "https://", /no URI/],
    [checkUri, "https://example.com/ü", /write "https:\/\/example\.com\/%C3%BC"/],
  ] as const)("refuses (%p) %j with a remedy", (check, text, reason) => {
    expect(check(text)).toMatch(reason);
  });
});

describe("the check of an object identifier", () => {
  test.each(["1.3.6.1.5.5.7.3.1", "2.5.29.37.0", "2.999.1", "0.9.2342"])("accepts %s", (text) => {
    expect(checkObjectIdentifier(text)).toBeUndefined();
  });

  test.each([
    ["serverAuth", /write its object identifier "1\.3\.6\.1\.5\.5\.7\.3\.1"/],
    ["code signing", /1\.3\.6\.1\.5\.5\.7\.3\.3/],
    ["1", /not an object identifier/],
    ["1.2.", /not an object identifier/],
    ["1.02.3", /leading zero/],
    ["3.1", /only 0, 1 and 2/],
    ["1.40", /39 is the last/],
  ])("refuses %s with a remedy", (text, reason) => {
    expect(checkObjectIdentifier(text)).toMatch(reason);
  });
});

describe("subject alternative names", () => {
  const someNames = fc.record(
    {
      dnsNames: fc.array(
        fc.oneof(fc.domain(), fc.string(), fc.string({ unit: fc.constantFrom("a", ".", " ", "*", "ü") })),
      ),
      emails: fc.array(fc.oneof(fc.emailAddress(), fc.string())),
      userPrincipalNames: fc.array(fc.emailAddress()),
      ipAddresses: fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())),
      uniformResourceIdentifiers: fc.array(fc.oneof(fc.webUrl(), fc.string())),
    },
    { requiredKeys: [] },
  );

  test.each<[AlternativeNameKind, string, string]>([
    ["dnsNames", "WWW.Example.com.", "www.example.com"],
    ["dnsNames", "bücher.example", "xn--bcher-kva.example"],
    ["ipAddresses", "2001:0DB8:0:0::0001", "2001:db8::1"],
    ["ipAddresses", "192.0.2.1", "192.0.2.1"],
    ["emails", "Admin@Example.COM", "Admin@example.com"],
    ["userPrincipalNames", "User@Corp.Local", "user@corp.local"],
    ["uniformResourceIdentifiers", "https://example.com", "https://example.com/"],
  ])("of kind %s write %s as %s", (kind, text, canonical) => {
    expect(normaliseSubjectAlternativeNames({ [kind]: [text] })).toEqual({ [kind]: [canonical] });
  });

  test("takes no longer for many dots inside than for as many letters", () => {
    const name = `a${".".repeat(1_000_000)}a`;
    expect(normaliseSubjectAlternativeNames({ dnsNames: [name, `${name}..`] })).toEqual({ dnsNames: [name] });
  });

  test("are sorted sets without empty kinds", () => {
    expect(
      normaliseSubjectAlternativeNames({ dnsNames: ["b", "A", "a"], emails: [], ipAddresses: undefined }),
    ).toEqual({
      dnsNames: ["a", "b"],
    });
  });

  test("are normalised once and for all", () => {
    fc.assert(
      fc.property(someNames, (names) => {
        const once = normaliseSubjectAlternativeNames(names);
        expect(normaliseSubjectAlternativeNames(once)).toEqual(once);
      }),
    );
  });

  test("are the same as themselves in another order and twice", () => {
    fc.assert(
      fc.property(someNames, (names) => {
        const twisted = Object.fromEntries(
          Object.entries(names).map(([kind, list]) => [kind, [...list, ...list].reverse()]),
        );
        expect(sameNames(names, twisted)).toBe(true);
      }),
    );
  });

  test("differ exactly in the kinds that have other names", () => {
    expect(
      differingNames({ dnsNames: ["a"], emails: ["a@b.c"] }, { dnsNames: ["a", "b"], emails: ["a@b.c"] }),
    ).toEqual(["dnsNames"]);
    expect(sameNames({ dnsNames: ["a"] }, {})).toBe(false);
  });
});
