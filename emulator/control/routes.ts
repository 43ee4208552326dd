import { Hono, type Context } from "hono";
import { isObject, Members, type JsonObject } from "../vault/request";
import { ServiceError } from "../vault/errors";
import { ControlError, type Control, type IssuerBehaviourSettings, type OrderEnd } from "./control";

const refuse = () => new ServiceError(400, "BadRequest", "A member of the request has the wrong type.");

/** The control endpoint: JSON, without authentication, for whoever can reach the listener. */
export function controlRoutes(control: Control): Hono {
  const routes = new Hono();
  observationRoutes(routes, control);
  settingRoutes(routes, control);
  plantingRoutes(routes, control);
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

async function bodyOf(context: Context): Promise<JsonObject> {
  const text = await context.req.text();
  const body: unknown = text === "" ? {} : await context.req.json().catch(() => undefined);
  if (!isObject(body)) throw new ControlError("The request body is not a JSON object.");
  return body;
}

function numbersOf<K extends string>(body: JsonObject, names: readonly K[]): Partial<Record<K, number>> {
  const members = new Members(body, refuse);
  const result: Partial<Record<K, number>> = {};
  for (const name of names) {
    const value = members.count(name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function oneOf<T extends string>(members: Members, name: string, known: readonly T[]): T | undefined {
  const text = members.text(name);
  const found = known.find((value) => value === text);
  if (text !== undefined && found === undefined) {
    throw new ControlError(`${name} is "${text}", but must be one of ${known.join(", ")}.`);
  }
  return found;
}

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
