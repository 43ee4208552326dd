import {
  type KeyKind,
  type Keys,
  makeCertificate,
  makeCsr,
  makeKeys,
  now,
  type Party,
} from "../x509/authority";

/** What a vault makes for one request, made beforehand: a vault in memory then answers without waiting for real work. */
export interface Material {
  readonly keys: Keys;
  /** DER in base64. */
  readonly csr: string;
  /** The certificate that issuer Self makes of it, DER in base64. */
  readonly selfSigned: string;
}

export const subject = "CN=web.contoso.com";

export async function makeMaterials(count: number, kind: KeyKind = "P-256"): Promise<Material[]> {
  return Promise.all(Array.from({ length: count }, () => makeMaterial(kind)));
}

async function makeMaterial(kind: KeyKind): Promise<Material> {
  const keys = await makeKeys(kind);
  const { der } = await makeCertificate({ subject, keys });
  return { keys, csr: await makeCsr(keys, subject), selfSigned: der.toString("base64") };
}

/** A certificate authority of the test, and the chain in PEM that it gives for a key. */
export async function makeAuthority(name = "CN=Test CA") {
  const root = await makeCertificate({ subject: name, keys: await makeKeys(), ca: true });
  return {
    /** `at`: when it signs, in Unix seconds. The leaf lasts 90 days from then. */
    chainFor: async (keys: Keys, at = now): Promise<string> => {
      const leaf = await makeCertificate({ subject, keys, issuer: root, at });
      return pem(leaf) + pem(root);
    },
  };
}

export function pem({ der }: Party): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
