export { Certificate } from "./resources/certificate";
export type {
  CertificateArgs,
  OnConflict,
  OnSoftDeleted,
  RenewalArgs,
  SignerArgs,
} from "./resources/certificate-args";
export { CertificateMerge, type CertificateMergeArgs } from "./resources/certificate-merge";
export {
  CertificateRequest,
  type CertificateRequestArgs,
  type CertificateRequestPolicyArgs,
} from "./resources/certificate-request";
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
