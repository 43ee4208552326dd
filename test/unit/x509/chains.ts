import { type CertificateInfo, readCertificate } from "../../../provider/x509/certificate";
import { type BuiltChain, buildChain, type ChainExpectation } from "../../../provider/x509/chain";
import { refusalError } from "../../../provider/x509/refusal";
import { now, type Party } from "./authority";

export const info = ({ der }: Party): CertificateInfo => readCertificate(der);
export const base64 = (parties: readonly Party[]): string[] =>
  parties.map(({ der }) => der.toString("base64"));

/** What is expected where the request is for the key of this leaf. */
export const expecting = (leaf: Party, more: Partial<ChainExpectation> = {}): ChainExpectation => ({
  csrSpkiSha256: info(leaf).spkiSha256,
  now,
  ...more,
});

/** The chain for the key of this leaf. Throws the refusal. */
export function chainFor(
  leaf: Party,
  given: readonly Party[],
  more: Partial<ChainExpectation> = {},
): BuiltChain {
  const result = buildChain(given.map(info), expecting(leaf, more));
  if (!result.ok) throw refusalError(result.refusal, { vaultUrl: "https://v.example" });
  return result.value;
}

/** How a message names a certificate. */
export const named = (party: Party): string => {
  const { subject, serialNumber, thumbprintSha256 } = info(party);
  return `"${subject}" (serial ${serialNumber}, SHA-256 ${thumbprintSha256})`;
};
