import { refusals } from "./errors";
import { isObject, Members, type JsonObject } from "./request";

/** An issuer of the vault, without its credential's password, which is never given back. */
export interface Issuer {
  readonly name: string;
  readonly provider: string;
  readonly accountId: string | undefined;
  readonly organisation: Organisation | undefined;
  readonly enabled: boolean;
  /** Whole seconds since 1970. */
  readonly created: number;
  readonly updated: number;
}

export interface Organisation {
  readonly id: string | undefined;
  readonly admins: readonly Readonly<Record<string, string>>[] | undefined;
}

export interface Contact {
  readonly email: string;
  readonly name?: string;
  readonly phone?: string;
}

export type Contacts = readonly Contact[];

const refuse = () => refusals.invalidProperty("");

/** What PUT starts from. */
const noIssuer = { provider: undefined, accountId: undefined, organisation: undefined, enabled: true };

/** The issuer after PUT (`current` undefined) or PATCH. DigiCert wants the id of the organisation. */
export function readIssuer(
  request: JsonObject,
  name: string,
  { current, now }: { current: Issuer | undefined; now: number },
): Issuer {
  const members = new Members(request, refuse);
  const base = current ?? { ...noIssuer, created: now };
  const provider = members.text("provider") ?? base.provider;
  if (provider === undefined) throw refusals.invalidProperty("provider");
  const organisation = readOrganisation(members.object("org_details"), base.organisation);
  if (isDigiCert(provider) && organisation?.id === undefined) throw refusals.organisationIdMissing();
  return {
    name,
    provider,
    accountId: part(members, "credentials").text("account_id") ?? base.accountId,
    organisation,
    enabled: part(members, "attributes").flag("enabled") ?? base.enabled,
    created: base.created,
    updated: now,
  };
}

const part = (members: Members, name: string): Members => new Members(members.object(name) ?? {}, refuse);

const isDigiCert = (provider: string): boolean => provider.toLowerCase() === "digicert";

function readOrganisation(
  request: JsonObject | undefined,
  current: Organisation | undefined,
): Organisation | undefined {
  if (request === undefined) return current;
  const members = new Members(request, refuse);
  return {
    id: members.text("id") ?? current?.id,
    admins:
      members.objects("admin_details")?.map(texts(["first_name", "last_name", "email", "phone"])) ??
      current?.admins,
  };
}

/** The members named, in this order, of those that are there. */
const texts =
  (names: readonly string[]) =>
  (source: JsonObject): Record<string, string> => {
    const members = new Members(source, refuse);
    return Object.fromEntries(
      names.flatMap((name) => {
        const text = members.text(name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
  };

/** Reads `{contacts:[{email,name?,phone?}]}`. */
export function readContacts(request: JsonObject): Contacts {
  const list = request["contacts"];
  if (!Array.isArray(list) || !list.every(isObject)) throw refuse();
  return list.map((item) => {
    const { email, ...rest } = texts(["email", "name", "phone"])(item);
    if (email === undefined) throw refuse();
    return { email, ...rest };
  });
}
