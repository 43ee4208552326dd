import type { Hono } from "hono";
import { deletedCertificate, described, purgeCertificate, recoverCertificate } from "../../vault/deletion";
import { segment, wireOf, type CallEnvironment, type Services } from "../call";
import { listPage, type Row } from "../paging";

/** `/deletedcertificates`: read, list, recover and purge. */
export function deletedRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault, url } = services;

  app.get("/deletedcertificates", (call) =>
    call.json(listPage(call, url(), ({ includePending }) => deletedRows(services, includePending))),
  );

  app.get("/deletedcertificates/:name", (call) =>
    call.json(wireOf(services).deleted(deletedCertificate(vault, segment(call, "name")))),
  );

  app.post("/deletedcertificates/:name/recover", (call) =>
    call.json(wireOf(services).certificate(recoverCertificate(vault, segment(call, "name")))),
  );

  app.delete("/deletedcertificates/:name", (call) => {
    purgeCertificate(vault, segment(call, "name"));
    return call.body(null, 204);
  });
}

function deletedRows(services: Services, includePending: boolean): Row[] {
  const { vault } = services;
  const wire = wireOf(services);
  return [...vault.state.certificates.values()].map(({ name }) => {
    const found = vault.find(name);
    const record = found?.phase === "deleted" ? found.record : undefined;
    const shown = record !== undefined && (includePending || record.versions.length > 0);
    return { key: name.toLowerCase(), item: shown ? wire.deletedListItem(described(record)) : undefined };
  });
}
