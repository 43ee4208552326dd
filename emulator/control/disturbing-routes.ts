import type { Hono } from "hono";
import { readRule } from "../faults/read-rule";
import { Members } from "../vault/request";
import { bodyOf, numbersOf, refuse } from "./bodies";
import type { Control } from "./control";
import { ControlError } from "./control-error";

/** Faults, clock, throttling and the life of tokens. */
export function disturbingRoutes(routes: Hono, control: Control): void {
  faultRoutes(routes, control);
  clockRoutes(routes, control);
  routes.put("/throttling", async (context) => {
    const body = await bodyOf(context);
    const enabled = new Members(body, refuse).flag("enabled");
    const switched = enabled === undefined ? {} : { enabled };
    return context.json(
      control.setThrottling({ ...numbersOf(body, ["keyCreations", "windowMs"]), ...switched }),
    );
  });
  routes.put("/tokens", async (context) =>
    context.json(control.setTokens(numbersOf(await bodyOf(context), ["lifetimeMs"]))),
  );
}

function faultRoutes(routes: Hono, { faults }: Control): void {
  routes.get("/faults", (context) => context.json(faults.list()));
  routes.post("/faults", async (context) => context.json(faults.add(readRule(await bodyOf(context))), 201));
  routes.delete("/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  routes.delete("/faults/:name", (context) => {
    faults.remove(context.req.param("name"));
    return context.body(null, 204);
  });
}

function clockRoutes(routes: Hono, { clock }: Control): void {
  routes.get("/clock", (context) => context.json(clock.read()));
  routes.put("/clock", async (context) =>
    context.json(clock.set(demanded(numbersOf(await bodyOf(context), ["now"]), "now"))),
  );
  routes.post("/clock/advance", async (context) =>
    context.json(clock.advance(demanded(numbersOf(await bodyOf(context), ["byMs"]), "byMs"))),
  );
  routes.delete("/clock", (context) => context.json(clock.reset()));
}

function demanded<K extends string>(given: Partial<Record<K, number>>, name: K): number {
  const value = given[name];
  if (value === undefined) throw new ControlError(`${name} is missing.`);
  return value;
}
