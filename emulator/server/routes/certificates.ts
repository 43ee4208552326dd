import type { Hono } from "hono";
import { createCertificate } from "../../vault/create";
import { deleteCertificate } from "../../vault/deletion";
import { refusals } from "../../vault/errors";
import { importCertificate } from "../../vault/import";
import { updateCertificate, updatePolicy, versionId } from "../../vault/update";
import { apiVersionOf, bodyOf, segment, wireOf, type CallEnvironment, type Services } from "../call";
import { listPage, type Row } from "../paging";

/** `/certificates`: create, import, read, list, update, delete, and the stored policy. */
export function certificateRoutes(app: Hono<CallEnvironment>, services: Services): void {
  makingRoutes(app, services);
  listRoutes(app, services);
  policyRoutes(app, services);
  bundleRoutes(app, services);
}

function makingRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault, url } = services;

  app.post("/certificates/:name/create", async (call) => {
    const name = segment(call, "name");
    const pending = await createCertificate(vault, name, await bodyOf(call));
    const query = `api-version=${apiVersionOf(call)}&request_id=${pending.operation.requestId}`;
    call.header("Location", `${url()}/certificates/${name}/pending?${query}`);
    call.header("Retry-After", "10");
    return call.json(wireOf(services).operation(name, pending), 202);
  });

  app.post("/certificates/:name/import", async (call) => {
    const name = segment(call, "name");
    return call.json(wireOf(services).certificate(importCertificate(vault, name, await bodyOf(call))));
  });
}

function listRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { url } = services;

  app.get("/certificates", (call) =>
    call.json(listPage(call, url(), ({ includePending }) => certificateRows(services, includePending))),
  );

  app.get("/certificates/:name/versions", (call) =>
    call.json(listPage(call, url(), () => versionRows(services, segment(call, "name")))),
  );
}

function policyRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault } = services;

  app.get("/certificates/:name/policy", (call) =>
    call.json(wireOf(services).policy(vault.live(segment(call, "name")).record)),
  );

  app.patch("/certificates/:name/policy", async (call) => {
    const body = await bodyOf(call);
    return call.json(wireOf(services).policy(updatePolicy(vault, segment(call, "name"), body)));
  });
}

function bundleRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault } = services;

  app.get("/certificates/:name", (call) =>
    call.json(wireOf(services).certificate(vault.live(segment(call, "name")).record)),
  );

  app.get("/certificates/:name/:version", (call) => {
    const [name, version] = [segment(call, "name"), segment(call, "version")];
    const found = vault.find(name);
    const id = found?.phase === "live" ? versionId(found.record, version) : undefined;
    if (found === undefined || id === undefined)
      throw refusals.certificateNotFound(`${name}/versions/${version}`);
    return call.json(wireOf(services).version(found.record, id));
  });

  app.patch("/certificates/:name", async (call) => {
    const body = await bodyOf(call);
    const record = updateCertificate(vault, { name: segment(call, "name"), version: undefined, body });
    return call.json(wireOf(services).certificate(record));
  });

  app.patch("/certificates/:name/:version", async (call) => {
    const version = segment(call, "version");
    const body = await bodyOf(call);
    const record = updateCertificate(vault, { name: segment(call, "name"), version, body });
    return call.json(wireOf(services).version(record, versionId(record, version), { pending: true }));
  });

  app.delete("/certificates/:name", (call) =>
    call.json(wireOf(services).deleted(deleteCertificate(vault, segment(call, "name")))),
  );
}

function certificateRows(services: Services, includePending: boolean): Row[] {
  const { vault } = services;
  const wire = wireOf(services);
  return [...vault.state.certificates.values()].map(({ name }) => {
    const found = vault.find(name);
    const record = found?.phase === "live" ? found.record : undefined;
    const item = record?.versions.at(-1) ?? (includePending ? record?.placeholder : undefined);
    const shown = record !== undefined && item !== undefined;
    return { key: name.toLowerCase(), item: shown ? wire.listItem(record, item, false) : undefined };
  });
}

function versionRows(services: Services, name: string): Row[] {
  const found = services.vault.find(name);
  if (found?.phase !== "live") return [];
  const { record } = found;
  const items = record.placeholder === undefined ? record.versions : [...record.versions, record.placeholder];
  return items.map((item) => ({ key: item.id, item: wireOf(services).listItem(record, item, true) }));
}
