import { X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestStack, useEngine } from "../stack";
import { describeUnless } from "./needs";
import { certificatesOf, newCsr, openssl, opensslMissing } from "./openssl";

const missing = opensslMissing();
const root = join(__dirname, "..", "..", "..");

/** Signs what the configuration says, in the place of the example's own program. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { SignedCertificate } from "./signed-certificate";

const signed = new SignedCertificate("api", { csrPem: new pulumi.Config("test").require("csr") });
export const chain = signed.chainPem;
`;

describeUnless(missing, "a CA as a resource", () => {
  const engine = useEngine();
  let folder: string;
  let stack: TestStack;

  beforeAll(async () => {
    folder = engine().workbench.newFolder("ca-resource");
    cpSync(join(root, "examples", "ca-resource"), folder, {
      recursive: true,
      filter: (source) => !/node_modules|\/ca$/.test(source),
    });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "index.ts"), program);
    stack = await engine().projectStack(folder);
  });

  const configure = (csr: string) => stack.stack.setConfig("test:csr", { value: csr });
  const chain = (outputs: Readonly<Record<string, unknown>>) => certificatesOf(String(outputs["chain"]));

  test("says in an up, and not in a preview, that there is no CA", async () => {
    await configure(newCsr(["api.example.com"]));
    expect((await stack.preview()).ok).toBe(true);
    const up = await stack.up();
    expect(up.ok).toBe(false);
    expect(up.text).toContain("run ./make-ca.sh first");
  });

  test("signs a CSR for its names and its key, and once", async () => {
    execFileSync(join(folder, "make-ca.sh"), { stdio: "pipe" });
    const csr = newCsr(["api.example.com", "b.example.com"], ["basicConstraints=critical,CA:TRUE"]);
    await configure(csr);
    const up = await stack.up();
    const [leaf, ca] = chain(up.outputs).map((pem) => new X509Certificate(pem));
    if (leaf === undefined || ca === undefined) throw new Error(up.text);
    expect(leaf.subjectAltName).toBe("DNS:api.example.com, DNS:b.example.com");
    expect(leaf.publicKey.export({ type: "spki", format: "pem" })).toBe(
      openssl(["req", "-noout", "-pubkey"], csr),
    );
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);

    const again = await stack.up();
    expect(again.changes).toEqual({ same: 1 });
    expect(again.outputs["chain"]).toBe(up.outputs["chain"]);
  });

  test("signs another CSR as another certificate", async () => {
    const before = (await stack.resource("api")).id;
    await configure(newCsr(["api.example.com"]));
    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(up.steps.map(({ op }) => op)).toContain("replace");
    expect((await stack.resource("api")).id).not.toBe(before);
  });

  test("needs no CA to be destroyed", async () => {
    rmSync(join(folder, "ca"), { recursive: true });
    expect((await stack.destroy()).ok).toBe(true);
  });
});
