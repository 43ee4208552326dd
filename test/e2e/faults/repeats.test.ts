import { certificates, ecPolicy } from "../programs";
import { orderBody, statuses, until } from "../scenarios/helpers";
import { type Certificates, Project } from "../scenarios/project";
import { useEngine } from "../stack";

const engine = useEngine();

describe("a create that the vault lets wait, while a stranger's is carried out", () => {
  const mark = "owner=feedfacefeedface incarnation=0a1b2c3d generation=0123456789abcdef";

  test.each([
    ["Throttled", 429, { "pulumi-keyvault-certificates": mark }, "KVC_NOT_OURS"],
    ["ForbiddenByRbac", 403, {}, "KVC_ALREADY_EXISTS"],
  ] as const)("after %s is not sent again", async (refuse, status, tags, code) => {
    const { vault } = engine();
    const name = `late-${status}`;
    const path = `/certificates/${name}/create`;
    vault.control.faults.add({ path, times: 3, effect: { refuse } });
    const stack = await engine().stack(name, certificates({ [name]: {} }));
    const up = stack.up();
    const refused = () => vault.requests().filter((request) => request.path === path);
    await until(() => (refused().length === 3 ? true : undefined));
    // Four seconds are left until the next attempt.
    const { status: accepted } = await vault.byHand("POST", path, {
      ...orderBody("Self", `CN=${name}.by.hand`),
      tags,
    });
    expect(accepted).toBe(202);
    await until(async () => (await vault.certificate(name))?.cer);

    const { ok, text, requests } = await up;
    expect(ok).toBe(false);
    expect(text).toContain(`[${code}]`);
    const posts = requests.filter((request) => request.path === path).map((request) => request.status);
    expect(posts).toEqual([status, status, status]);
    expect(statuses(vault, name)).toEqual(["completed"]);
    expect((await vault.certificate(name))?.tags ?? {}).toEqual(tags);
    expect(await stack.state()).toEqual({});
  });
});

describe("more certificates than the vault makes keys at once", () => {
  const names = Array.from({ length: 25 }, (_, index) => `many-${index}`);

  test("get one order each, and the next up sends nothing", async () => {
    const { vault } = engine();
    vault.control.setThrottling({ enabled: true });
    const declared: Certificates = Object.fromEntries(
      names.map((name) => [name, { policy: ecPolicy("Self", `CN=${name}.example.com`) }]),
    );
    const project = (await Project.create(engine(), "many")).declare(declared);
    const up = await project.up();
    const creates = up.requests.filter(({ method }) => method === "POST");
    vault.control.setThrottling({ enabled: false });
    expect(up.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(creates.map(({ status }) => status)).toContain(429);
    expect(creates.filter(({ status }) => status === 202)).toHaveLength(names.length);
    expect(names.map((name) => statuses(vault, name))).toEqual(names.map(() => ["completed"]));
    const again = await project.up();
    expect(again.changes).toEqual({ same: names.length });
    expect(again.requests).toEqual([]);
  });
});
