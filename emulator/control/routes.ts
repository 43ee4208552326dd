import { Hono } from "hono";
import { Members, type JsonObject } from "../vault/request";
import { ServiceError } from "../vault/errors";
import { bodyOf, numbersOf, oneOf, refuse } from "./bodies";
import type { Control, IssuerBehaviourSettings } from "./control";
import { ControlError } from "./control-error";
import { disturbingRoutes } from "./disturbing-routes";
import type { OrderEnd } from "./orders";

/** The control endpoint: JSON, without authentication, for whoever can reach the listener. */
export function controlRoutes(control: Control): Hono {
  const routes = new Hono();
  observationRoutes(routes, control);
  settingRoutes(routes, control);
  plantingRoutes(routes, control);
  disturbingRoutes(routes, control);
  routes.all("*", (context) =>
    context.json(problem("NotFound", `There is no ${context.req.method} ${context.req.path}.`), 404),
  );
  routes.onError((error, context) => {
    if (error instanceof ControlError || error instanceof ServiceError) {
      return context.json(problem("BadRequest", error.message), 400);
    }
    throw error;
  });
  return routes;
}

function observationRoutes(routes: Hono, control: Control): void {
  routes.get("/requests", (context) => context.json(control.requests()));
  routes.delete("/requests", (context) => {
    control.clearRequests();
    return context.body(null, 204);
  });
  routes.get("/stats", (context) => context.json(control.stats()));
  routes.get("/orders", (context) => context.json(control.orders()));
  routes.put("/orders/:requestId", async (context) =>
    context.json(control.endOrder(context.req.param("requestId"), orderEndOf(await bodyOf(context)))),
  );
}

function settingRoutes(routes: Hono, control: Control): void {
  routes.put("/issuers/:name", async (context) =>
    context.json(control.setIssuer(context.req.param("name"), behaviourOf(await bodyOf(context)))),
  );
  routes.put("/timing", async (context) =>
    context.json(control.setTiming(numbersOf(await bodyOf(context), ["deleteMs", "recoverMs", "purgeMs"]))),
  );
  routes.put("/vault", async (context) => {
    const body = await bodyOf(context);
    const recoveryLevel = new Members(body, refuse).text("recoveryLevel");
    const level = recoveryLevel === undefined ? {} : { recoveryLevel };
    return context.json(control.setVault({ ...numbersOf(body, ["recoverableDays"]), ...level }));
  });
  routes.post("/reset", (context) => {
    control.reset();
    return context.body(null, 204);
  });
}

function plantingRoutes(routes: Hono, control: Control): void {
  for (const [path, kind] of [
    ["/keys/:name", "key"],
    ["/secrets/:name", "secret"],
  ] as const) {
    routes.put(path, (context) => {
      control.plant(kind, context.req.param("name"));
      return context.body(null, 204);
    });
    routes.delete(path, (context) => {
      control.unplant(kind, context.req.param("name"));
      return context.body(null, 204);
    });
  }
}

const problem = (code: string, message: string): object => ({ error: { code, message } });

function errorOf(members: Members): { code: string; message: string } | undefined {
  const given = members.object("error");
  if (given === undefined) return undefined;
  const error = new Members(given, refuse);
  return { code: error.text("code") ?? "", message: error.text("message") ?? "" };
}

function behaviourOf(body: JsonObject): IssuerBehaviourSettings {
  const members = new Members(body, refuse);
  return {
    ...numbersOf(body, ["durationMs", "cancellationMs"]),
    outcome: oneOf(members, "outcome", ["completed", "failed", "cancelled", "inProgress"]),
    error: body["error"] === null ? null : errorOf(members),
    statusDetails: members.text("statusDetails"),
    cancellation: oneOf(members, "cancellation", ["honoured", "ignored", "refused400", "refused403"]),
  };
}

function orderEndOf(body: JsonObject): OrderEnd {
  const members = new Members(body, refuse);
  const outcome = oneOf(members, "outcome", ["completed", "failed", "cancelled"]);
  if (outcome === undefined) throw new ControlError("outcome is missing.");
  return { outcome, error: errorOf(members), statusDetails: members.text("statusDetails") };
}
