import { keyProperties } from "./key-properties";
import { refusals } from "./errors";
import {
  isUnknown,
  pemFile,
  pkcs12,
  type IssuerParameters,
  type LifetimeAction,
  type Policy,
} from "./policy";
import { Members, type JsonObject } from "./request";
import { x509Properties } from "./x509-properties";

const refuse = () => refusals.invalidProperty("policy");

/** Issuer of a policy that names none. */
const unknownIssuer = "Unknown";

/**
 * The policy that a create request leads to: what it names, and the service's defaults for the rest.
 * `created` is that of the policy it replaces, where there is one. Seconds since 1970.
 */
export function completePolicy(request: JsonObject, now: number, created = now): Policy {
  return readPolicy(request, undefined, { created, updated: now });
}

/** The policy after a PATCH: members that are named replace the stored ones, one by one. */
export function patchPolicy(current: Policy, patch: JsonObject, now: number): Policy {
  return readPolicy(patch, current, { created: current.attributes.created, updated: now });
}

function readPolicy(
  request: JsonObject,
  current: Policy | undefined,
  times: { created: number; updated: number },
): Policy {
  const members = new Members(request, refuse);
  const x509 = x509Properties(members.object("x509_props"), current?.x509_props);
  const issuer = issuerParameters(members.object("issuer"), current?.issuer);
  const attributes = new Members(members.object("attributes") ?? {}, refuse);
  return {
    key_props: keyProperties(members.object("key_props"), current?.key_props),
    secret_props: { contentType: contentType(members.object("secret_props"), current) },
    x509_props: x509,
    lifetime_actions:
      members.objects("lifetime_actions")?.map((action) => lifetimeAction(action, x509.validity_months)) ??
      current?.lifetime_actions ??
      defaultLifetimeActions(issuer.name),
    issuer,
    attributes: { enabled: attributes.flag("enabled") ?? current?.attributes.enabled ?? true, ...times },
  };
}

function contentType(request: JsonObject | undefined, current: Policy | undefined): string {
  const type = new Members(request ?? {}, refuse).text("contentType");
  if (type === undefined) return current?.secret_props.contentType ?? pkcs12;
  if (type !== pkcs12 && type !== pemFile) throw refuse();
  return type;
}

function issuerParameters(
  request: JsonObject | undefined,
  current: IssuerParameters | undefined,
): IssuerParameters {
  const members = new Members(request ?? {}, refuse);
  const cty = members.text("cty") ?? current?.cty;
  const transparency = members.flag("cert_transparency") ?? current?.cert_transparency;
  return {
    name: members.text("name") ?? current?.name ?? unknownIssuer,
    ...(cty === undefined ? {} : { cty }),
    ...(transparency === undefined ? {} : { cert_transparency: transparency }),
  };
}

const actionTypes = ["AutoRenew", "EmailContacts"];

/** One action at 80 % of the lifetime: renewal, or mail where nobody but the user can renew. */
export function defaultLifetimeActions(issuer: string): readonly LifetimeAction[] {
  const action = isUnknown(issuer) ? "EmailContacts" : "AutoRenew";
  return [{ trigger: { lifetime_percentage: 80 }, action: { action_type: action } }];
}

function lifetimeAction(request: JsonObject, validityMonths: number): LifetimeAction {
  const members = new Members(request, refuse);
  const trigger = new Members(members.object("trigger") ?? {}, refuse);
  const percentage = trigger.count("lifetime_percentage");
  const days = trigger.count("days_before_expiry");
  const type = actionTypes.find(
    (known) =>
      known.toLowerCase() ===
      new Members(members.object("action") ?? {}, refuse).text("action_type")?.toLowerCase(),
  );
  const oneTrigger = (percentage === undefined) !== (days === undefined);
  const inRange = within(percentage ?? 1, 99) && within(days ?? 1, validityMonths * 27);
  if (type === undefined || !oneTrigger || !inRange) throw refuse();
  return {
    trigger: percentage === undefined ? { days_before_expiry: days } : { lifetime_percentage: percentage },
    action: { action_type: type },
  };
}

const within = (value: number, maximum: number): boolean => value >= 1 && value <= maximum;
