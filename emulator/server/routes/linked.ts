import type { Hono } from "hono";
import type { CertificateRecord, Version } from "../../vault/certificate";
import { refusals, type ServiceError } from "../../vault/errors";
import { keyBundle, secretBundle } from "../../vault/linked-wire";
import { versionId } from "../../vault/update";
import type { Vault } from "../../vault/vault";
import { segment, wireOf, type Call, type CallEnvironment, type Services } from "../call";

/** `/secrets` and `/keys`: what the vault keeps with a certificate. Only reading; they are managed by it. */
export function linkedRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault } = services;
  const secret = (call: Call): Response => {
    const { record, version } = linked(vault, call, refusals.secretNotFound);
    if (version?.enabled !== true) throw refusals.secretDisabled();
    return call.json(secretBundle(wireOf(services), record, version));
  };
  const key = (call: Call): Response => {
    const { record, version } = linked(vault, call, refusals.keyNotFound);
    if (version === undefined) throw refusals.keyNotFound(record.name);
    return call.json(keyBundle(wireOf(services), record, version));
  };
  app.get("/secrets/:name", secret);
  app.get("/secrets/:name/:version", secret);
  app.get("/keys/:name", key);
  app.get("/keys/:name/:version", key);
  app.delete("/secrets/:name", (call) => {
    linked(vault, call, refusals.secretNotFound);
    throw refusals.managed("Secret");
  });
  app.delete("/keys/:name", (call) => {
    linked(vault, call, refusals.keyNotFound);
    throw refusals.managed("Key");
  });
}

/** The version that the call means; undefined while only a placeholder exists. */
function linked(
  vault: Vault,
  call: Call,
  notFound: (id: string) => ServiceError,
): { record: CertificateRecord; version: Version | undefined } {
  const name = segment(call, "name");
  const asked = call.req.param("version");
  const found = vault.find(name);
  const id = found?.phase === "live" ? versionId(found.record, asked) : undefined;
  if (found === undefined || id === undefined) {
    throw notFound(asked === undefined ? name : `${name}/${asked}`);
  }
  return { record: found.record, version: found.record.versions.find((item) => item.id === id) };
}
