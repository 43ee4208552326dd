import { Certificate } from "pulumi-keyvault-certificates";
import { ecPolicy } from "./programs";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

/** The second certificate's vault, and with `named` its name too, are known only once the first certificate is. */
const program =
  ({ named, months }: { named: boolean; months: number }) =>
  () => {
    const first = new Certificate("first", {
      certificateName: named ? "first-of-named" : "first",
      policy: ecPolicy("Self", "CN=first.example.com", { validityInMonths: months }),
    });
    const second = new Certificate("second", {
      vaultUrl: first.certificateId.apply((id) => new URL(id ?? "").origin),
      certificateName: named
        ? first.thumbprint.apply((text) => `after-${(text ?? "").slice(0, 8)}`)
        : "second",
      policy: ecPolicy("Self", "CN=second.example.com", {
        subjectAlternativeNames: { dnsNames: [first.version.apply(() => "second.example.com")] },
      }),
    });
    return Promise.resolve({ secret: second.versionlessSecretId });
  };

const sentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("a certificate whose vault and name are not known yet", () => {
  test("can be previewed, with unknown ids, and created", async () => {
    const stack = await engine().stack("unknown-name", program({ named: true, months: 12 }));
    const preview = await stack.preview();
    expect(preview.ok).toBe(true);
    expect(preview.changes).toEqual({ create: 2 });
    expect(preview.text).not.toContain(sentinel);
    expect(preview.text).toMatch(/secret: (\[unknown\]|output<string>)/);
    expect(preview.requests).toEqual([]);

    const up = await stack.up();
    const { thumbprint } = (await stack.resource("first")).outputs;
    expect(up.outputs["secret"]).toBe(
      `${engine().vault.url}/secrets/after-${String(thumbprint).slice(0, 8)}`,
    );
  });
});

describe("a certificate whose vault is not known in the preview of an update", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await engine().stack("unknown-vault", program({ named: false, months: 12 }));
    expect((await stack.up()).ok).toBe(true);
  });

  test("is not shown as replaced, and is left alone once the vault turns out to be the same", async () => {
    const { vault } = engine();
    const version = await vault.version("second");
    const preview = await stack.preview(program({ named: false, months: 6 }));
    expect(preview.steps).toMatchObject([
      { resource: "first", op: "update" },
      { resource: "second", op: "update" },
    ]);
    expect(preview.text).not.toContain(sentinel);
    expect(preview.requests).toEqual([]);

    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(up.steps.find(({ resource }) => resource === "second")?.op).toBe("same");
    expect(await vault.version("second")).toBe(version);
  });
});
