import type { Hono } from "hono";
import { deletePending, mergeCertificate, requestCancellation } from "../../vault/pending";
import {
  apiVersionOf,
  bodyOf,
  segment,
  wireOf,
  type Call,
  type CallEnvironment,
  type Services,
} from "../call";

/** `/certificates/{name}/pending`: the latest request, its cancellation, its removal, and the merge. */
export function pendingRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault, url } = services;
  const path = "/certificates/:name/pending";
  const requestIdOf = (call: Call): string | undefined => call.req.query("request_id");

  app.get(path, (call) => {
    const name = segment(call, "name");
    const { pending } = vault.pending(name, requestIdOf(call));
    if (pending.status === "inProgress") call.header("Retry-After", "10");
    return call.json(wireOf(services).operation(name, pending));
  });

  app.patch(path, async (call) => {
    const name = segment(call, "name");
    const body = await bodyOf(call);
    const pending = requestCancellation(vault, name, { requestId: requestIdOf(call), body });
    return call.json(wireOf(services).operation(name, pending));
  });

  app.delete(path, (call) => {
    const name = segment(call, "name");
    return call.json(wireOf(services).operation(name, deletePending(vault, name, requestIdOf(call))));
  });

  app.post(`${path}/merge`, async (call) => {
    const name = segment(call, "name");
    const record = mergeCertificate(vault, name, await bodyOf(call));
    call.header("Location", `${url()}/certificates/${name}?api-version=${apiVersionOf(call)}`);
    return call.json(wireOf(services).certificate(record), 201);
  });
}
