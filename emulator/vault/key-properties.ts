import type { Curve, KeySpecification } from "../x509/keys";
import { refusals } from "./errors";
import type { KeyProperties } from "./policy";
import { Members, type JsonObject } from "./request";

const refuse = () => refusals.invalidProperty("policy");

const curveSizes: Readonly<Record<Curve, number>> = {
  "P-256": 256,
  "P-384": 384,
  "P-521": 521,
  "P-256K": 256,
};

const isCurve = (text: string): text is Curve => Object.hasOwn(curveSizes, text);

const isRsaSize = (size: number): size is 2048 | 3072 | 4096 => [2048, 3072, 4096].includes(size);

const keyTypes = ["RSA", "RSA-HSM", "EC", "EC-HSM"];

/**
 * Reads `key_props` over the stored ones, if any. Defaults: exportable RSA-2048, a new key for each version;
 * for EC, curve and size follow from each other, P-256 if neither is given. A key in an HSM is not exportable.
 */
export function keyProperties(request: JsonObject = {}, current?: KeyProperties): KeyProperties {
  const members = new Members(request, refuse);
  const kty = keyType(members.text("kty") ?? current?.kty);
  // Size, curve and exportability of another kind of key say nothing about the new one.
  const kept = current?.kty === kty ? current : undefined;
  const exportable = isExportable(kty, members.flag("exportable") ?? kept?.exportable);
  const reuse = members.flag("reuse_key") ?? current?.reuse_key ?? false;
  if (kty.startsWith("RSA")) {
    return { exportable, kty, key_size: rsaSize(members, kept), reuse_key: reuse };
  }
  const { size, curve } = ellipticCurve(members, kept);
  return { exportable, kty, key_size: size, reuse_key: reuse, crv: curve };
}

function keyType(kty = "RSA"): string {
  if (!keyTypes.includes(kty)) throw refuse();
  return kty;
}

function isExportable(kty: string, asked: boolean | undefined): boolean {
  const inHsm = kty.endsWith("-HSM");
  if (inHsm && asked === true) throw refuse();
  return asked ?? !inHsm;
}

function rsaSize(members: Members, kept: KeyProperties | undefined): number {
  const size = members.count("key_size") ?? kept?.key_size ?? 2048;
  if (members.has("crv") || !isRsaSize(size)) throw refuse();
  return size;
}

function ellipticCurve(members: Members, kept: KeyProperties | undefined): { size: number; curve: string } {
  const asked = members.count("key_size");
  const bySize = Object.keys(curveSizes).find((curve) => isCurve(curve) && curveSizes[curve] === asked);
  const curve = members.text("crv") ?? (asked === undefined ? (kept?.crv ?? "P-256") : bySize);
  if (curve === undefined || !isCurve(curve)) throw refuse();
  if (asked !== undefined && asked !== curveSizes[curve]) throw refuse();
  return { size: curveSizes[curve], curve };
}

/** What key generation has to make for a policy that was accepted. */
export function keySpecification({ kty, key_size: size, crv }: KeyProperties): KeySpecification {
  if (kty.startsWith("RSA") && isRsaSize(size)) return { kind: "RSA", size };
  if (crv !== undefined && isCurve(crv)) return { kind: "EC", curve: crv };
  throw refuse();
}
