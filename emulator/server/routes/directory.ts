import type { Hono } from "hono";
import { readContacts, readIssuer, type Issuer } from "../../vault/directory";
import { refusals } from "../../vault/errors";
import { bodyOf, segment, wireOf, type Call, type CallEnvironment, type Services } from "../call";
import { listPage } from "../paging";

/** `/certificates/issuers` and `/certificates/contacts`. */
export function directoryRoutes(app: Hono<CallEnvironment>, services: Services): void {
  issuerRoutes(app, services);
  contactRoutes(app, services);
}

function issuerRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault, url } = services;
  const path = "/certificates/issuers/:name";
  const stored = (name: string): Issuer => {
    const issuer = vault.state.issuers.get(name.toLowerCase());
    if (issuer === undefined) throw refusals.issuerNotFound();
    return issuer;
  };
  const write = async (call: Call, current: Issuer | undefined): Promise<Response> => {
    const name = segment(call, "name");
    const issuer = readIssuer(await bodyOf(call), current?.name ?? name, { current, now: vault.seconds() });
    vault.state.issuers.set(name.toLowerCase(), issuer);
    return call.json(wireOf(services).issuer(issuer));
  };

  app.get("/certificates/issuers", (call) =>
    call.json(
      listPage(call, url(), () =>
        [...vault.state.issuers.values()].map((issuer) => ({
          key: issuer.name.toLowerCase(),
          item: wireOf(services).issuerListItem(issuer),
        })),
      ),
    ),
  );
  app.get(path, (call) => call.json(wireOf(services).issuer(stored(segment(call, "name")))));
  app.put(path, (call) => write(call, undefined));
  app.patch(path, (call) => write(call, stored(segment(call, "name"))));
  app.delete(path, (call) => {
    const issuer = stored(segment(call, "name"));
    vault.state.issuers.delete(issuer.name.toLowerCase());
    return call.json(wireOf(services).issuer(issuer));
  });
}

function contactRoutes(app: Hono<CallEnvironment>, services: Services): void {
  const { vault } = services;
  const path = "/certificates/contacts";

  app.get(path, (call) => {
    const { contacts } = vault.state;
    if (contacts === undefined) throw refusals.contactsNotFound();
    return call.json(wireOf(services).contacts(contacts));
  });
  app.put(path, async (call) => {
    vault.state.contacts = readContacts(await bodyOf(call));
    return call.json(wireOf(services).contacts(vault.state.contacts));
  });
  app.delete(path, (call) => {
    const { contacts } = vault.state;
    if (contacts === undefined) throw refusals.contactsNotFound();
    vault.state.contacts = undefined;
    return call.json(wireOf(services).contacts(contacts));
  });
}
