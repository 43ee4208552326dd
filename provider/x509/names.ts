/** Names in text: everything that works without reading a certificate, and so without loading a parser. */
export {
  type AlternativeNameKind,
  type AlternativeNames,
  differingNames,
  type GivenAlternativeNames,
  normaliseDnsName,
  normaliseEmail,
  normaliseIpAddress,
  normaliseSubjectAlternativeNames,
  normaliseUri,
  sameNames,
} from "./alternative-names";
export {
  checkDistinguishedName,
  checkDnsName,
  checkEmail,
  checkIpAddress,
  checkUri,
  checkUserPrincipalName,
} from "./check-names";
export { formatDistinguishedName, parseDistinguishedName } from "./distinguished-name";
export { checkObjectIdentifier } from "./object-identifier";
export { commonName, normaliseDistinguishedName, sameDistinguishedName } from "./same-name";
