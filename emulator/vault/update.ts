import type { CertificateRecord } from "./certificate";
import { requireIssuer } from "./create";
import { refusals } from "./errors";
import { patchPolicy } from "./policy-reading";
import { Members, readSettings, type JsonObject } from "./request";
import { withUpdate } from "./transitions";
import type { Vault } from "./vault";

/** The id of the version that a request means: the one it names, else the current one, else the placeholder. */
export function versionId(
  { versions, placeholder }: CertificateRecord,
  asked: string | undefined,
): string | undefined {
  if (asked === undefined) return versions.at(-1)?.id ?? placeholder?.id;
  const wanted = asked.toLowerCase();
  return [...versions.map(({ id }) => id), placeholder?.id].find((id) => id === wanted);
}

/** Changes `enabled`, tags (as a whole) and policy (member by member). Validity dates are not changed. */
export function updateCertificate(
  vault: Vault,
  { name, version, body }: { name: string; version: string | undefined; body: JsonObject },
): CertificateRecord {
  const { record } = vault.live(name);
  const id = versionId(record, version);
  if (id === undefined) throw refusals.certificateNotFound(`${name}/versions/${version ?? ""}`);
  const settings = readSettings(body);
  const policy = new Members(body, () => refusals.invalidProperty("policy")).object("policy");
  const updated = policy === undefined ? record : patchedPolicy(vault, record, policy);
  return vault.save(withUpdate(updated, id, { ...settings, at: vault.seconds() }));
}

/** Changes the stored policy member by member; a request in progress keeps the policy it was made with. */
export function updatePolicy(vault: Vault, name: string, body: JsonObject): CertificateRecord {
  return vault.save(patchedPolicy(vault, vault.live(name).record, body));
}

function patchedPolicy(vault: Vault, record: CertificateRecord, patch: JsonObject): CertificateRecord {
  const policy = patchPolicy(record.policy, patch, vault.seconds());
  requireIssuer(vault, policy.issuer.name);
  return { ...record, policy };
}
