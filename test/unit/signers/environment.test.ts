import fc from "fast-check";
import {
  idempotencyKey,
  signerEnvironment,
  signerVariablePrefix,
  signerVariables,
} from "../../../provider/signers/environment";
import type { SignerHost } from "../../../provider/signers/request";
import { request } from "./commands";

const host = (env: SignerHost["env"], platform: NodeJS.Platform = "linux"): SignerHost => ({
  env,
  platform,
  folder: "/program",
});
const withEnv = (env: Record<string, string>) => ({ ...request, signer: { ...request.signer, env } });

describe("the environment of a signer", () => {
  test("tells what is to be signed, lists with one item a line, and nothing as empty text", () => {
    expect(signerEnvironment(request, host({}))).toEqual({
      KEYVAULT_CERTIFICATE_VAULT_URL: "https://contoso.vault.azure.net",
      KEYVAULT_CERTIFICATE_NAME: "web",
      KEYVAULT_CERTIFICATE_REQUEST_ID: request.requestId,
      KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY: idempotencyKey(request),
      KEYVAULT_CERTIFICATE_SUBJECT: "CN=www.contoso.com",
      KEYVAULT_CERTIFICATE_DNS_NAMES: "www.contoso.com\ncontoso.com",
      KEYVAULT_CERTIFICATE_EMAILS: "",
      KEYVAULT_CERTIFICATE_USER_PRINCIPAL_NAMES: "",
      KEYVAULT_CERTIFICATE_IP_ADDRESSES: "10.0.0.1",
      KEYVAULT_CERTIFICATE_UNIFORM_RESOURCE_IDENTIFIERS: "",
      KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS: "12",
    });
  });

  test("tells each kind of alternative name in a variable of its own", () => {
    const subjectAlternativeNames = {
      emails: ["a@contoso.com"],
      userPrincipalNames: ["b@contoso.com"],
      uniformResourceIdentifiers: ["https://contoso.com/a,b"],
    };
    expect(signerEnvironment({ ...request, policy: { subjectAlternativeNames } }, host({}))).toMatchObject({
      KEYVAULT_CERTIFICATE_SUBJECT: "",
      KEYVAULT_CERTIFICATE_EMAILS: "a@contoso.com",
      KEYVAULT_CERTIFICATE_USER_PRINCIPAL_NAMES: "b@contoso.com",
      KEYVAULT_CERTIFICATE_UNIFORM_RESOURCE_IDENTIFIERS: "https://contoso.com/a,b",
      KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS: "",
    });
  });

  test("is listed in full, under one prefix", () => {
    const names = Object.keys(signerEnvironment(request, host({})));
    expect(names).toEqual(signerVariables);
    expect(names.filter((name) => !name.startsWith(signerVariablePrefix))).toEqual([]);
  });

  test("inherits everything, and signer.env goes over it", () => {
    const env = signerEnvironment(
      withEnv({ CA: "staging" }),
      host({ PATH: "/bin", CA: "live", GONE: undefined }),
    );
    expect(env).toMatchObject({ PATH: "/bin", CA: "staging" });
    expect(env).not.toHaveProperty("GONE");
  });

  test("does not take what it tells from anywhere else", () => {
    const name = "KEYVAULT_CERTIFICATE_EMAILS";
    expect(signerEnvironment(withEnv({ [name]: "own" }), host({ [name]: "inherited" }))[name]).toBe("");
  });

  test("keeps back the stack's decrypted configuration, unless the program hands it over itself", () => {
    const inherited = host({ PULUMI_CONFIG: '{"app:password":"hunter22"}' });
    expect(signerEnvironment(request, inherited)).not.toHaveProperty("PULUMI_CONFIG");
    expect(signerEnvironment(withEnv({ PULUMI_CONFIG: "{}" }), inherited)["PULUMI_CONFIG"]).toBe("{}");
  });

  test.each<[NodeJS.Platform, string[]]>([
    ["win32", ["PATH"]],
    ["linux", ["Path", "PATH"]],
  ])("on %s has the names %j where two differ only in case", (platform, names) => {
    const env = signerEnvironment(withEnv({ PATH: "mine" }), host({ Path: "inherited" }, platform));
    expect(Object.keys(env).filter((name) => name.toLowerCase() === "path")).toEqual(names);
    expect(env["PATH"]).toBe("mine");
  });
});

describe("the idempotency key", () => {
  test("is 32 hexadecimal digits that stay as they are in every release", () => {
    expect(idempotencyKey(request)).toBe("91150d2cb430304e0a0aac56b92e0c59");
  });

  test("is the same however vault and name are spelled, and whatever else changes", () => {
    const again = {
      ...request,
      csrPem: "other",
      certificateName: "WEB",
      vaultUrl: "https://CONTOSO.vault.azure.net",
    };
    expect(idempotencyKey(again)).toBe(idempotencyKey(request));
  });

  test("differs between any two requests", () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    const one = fc.record({ vaultUrl: name, certificateName: name, requestId: name });
    fc.assert(
      fc.property(one, one, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(idempotencyKey(a) === idempotencyKey(b)).toBe(same);
      }),
    );
  });
});
