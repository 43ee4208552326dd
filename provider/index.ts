export { Certificate } from "./resources/certificate";
export type { CertificateArgs, OnConflict, OnSoftDeleted, RenewalArgs } from "./resources/certificate-args";
export type {
  CertificatePolicyArgs,
  LifetimeActionArgs,
  SubjectAlternativeNamesArgs,
} from "./resources/certificate-policy";
export type {
  CertificateContentType,
  CertificateKeyCurveName,
  CertificateKeyType,
  CertificatePolicy,
  CertificatePolicyAction,
  KeyUsageType,
  LifetimeAction,
  SubjectAlternativeNames,
} from "./vault/model";
