import { Hono } from "hono";
import type { RequestLog } from "../control/request-log";
import type { Faults } from "../faults/faults";
import type { Tokens } from "../identity/tokens";
import { refusals, ServiceError } from "../vault/errors";
import { apiVersion } from "./api-version";
import { authentication, recognition } from "./authentication";
import type { CallEnvironment, Services } from "./call";
import { disturbance } from "./disturbance";
import { dateHeader, serviceHeaders } from "./headers";
import { recording } from "./recording";
import { certificateRoutes } from "./routes/certificates";
import { deletedRoutes } from "./routes/deleted";
import { directoryRoutes } from "./routes/directory";
import { linkedRoutes } from "./routes/linked";
import { pendingRoutes } from "./routes/pending";

export interface AppParts {
  readonly services: Services;
  readonly tokens: Tokens;
  readonly log: RequestLog;
  readonly faults: Faults;
  /** The identity and control endpoints, which are neither recorded nor authenticated. */
  readonly identity: Hono;
  readonly control: Hono;
}

/**
 * The listener's whole routing. A call on the vault passes, in this order: service headers, record, recognition of its
 * token, faults, authentication, API version, route. A fault withholds what follows, or the reply that comes back.
 */
export function createApp(parts: AppParts): Hono<CallEnvironment> {
  const { services, tokens, log, faults, identity, control } = parts;
  const clock = () => services.vault.now();
  const app = new Hono<CallEnvironment>({ strict: false });
  app.use(dateHeader(clock));
  app.use("/emulator/identity/*", disturbance(faults, "identity"));
  app.route("/emulator/identity", identity);
  app.route("/emulator/control", control);
  app.use(
    serviceHeaders,
    recording(log, clock),
    recognition(tokens),
    disturbance(faults, "vault"),
    authentication,
    apiVersion,
  );
  // Fixed paths come before those with a certificate's name in the same place.
  directoryRoutes(app, services);
  pendingRoutes(app, services);
  certificateRoutes(app, services);
  deletedRoutes(app, services);
  linkedRoutes(app, services);
  app.notFound((call) => {
    const refusal = refusals.methodNotAllowed(call.req.method);
    return call.json(refusal.toBody(), 405);
  });
  app.onError((error, call) => {
    const refusal = error instanceof ServiceError ? error : internal(error);
    return new Response(JSON.stringify(refusal.toBody()), {
      status: refusal.status,
      headers: { ...Object.fromEntries(call.res.headers), "Content-Type": "application/json; charset=utf-8" },
    });
  });
  return app;
}

const internal = (error: Error): ServiceError =>
  new ServiceError(500, "ServerError", `The emulator failed: ${error.stack ?? error.message}`);
