/** A refusal by the service: an HTTP status and the members of its `error` object. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly innererror?: string,
  ) {
    super(message);
  }

  /** The reply body: `{error:{code,message[,innererror:{code}]}}`. */
  toBody(): object {
    const inner = this.innererror === undefined ? {} : { innererror: { code: this.innererror } };
    return { error: { code: this.code, message: this.message, ...inner } };
  }
}

const badParameter = (message: string): ServiceError => new ServiceError(400, "BadParameter", message);

const conflict = (message: string, inner?: string): ServiceError =>
  new ServiceError(409, "Conflict", message, inner);

const forbidden = (message: string, inner?: string): ServiceError =>
  new ServiceError(403, "Forbidden", message, inner);

const notFoundHelp = (kind: string, id: string): string =>
  `A ${kind} with (name/id) ${id} was not found in this key vault. If you recently deleted this ${kind} you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`;

/**
 * Every refusal that the emulator gives. Texts are the service's own where one is on record; those marked
 * "assumed" have no recorded text and are listed in the README.
 */
export const refusals = {
  // 400
  invalidName: (name: string) => badParameter(`The request URI contains an invalid name: ${name}`),
  /** `property` may be empty, as in the service's answer to too many tags. */
  invalidProperty: (property: string, detail = "") =>
    badParameter(`Property ${property} has invalid value${detail === "" ? "" : `. ${detail}`}\r\n`),
  invalidDistinguishedName: () =>
    refusals.invalidProperty("policy.x509_props", "Invalid X.500 distinguished name"),
  /** Text assumed. */
  apiVersion: (version: string | undefined) =>
    badParameter(
      version === undefined ? "api-version must be specified" : `api-version ${version} is not supported`,
    ),
  /** Text assumed. */
  malformedBody: () => badParameter("The request body is not a valid JSON object."),
  /** Text assumed. */
  issuerDoesNotExist: (name: string) =>
    badParameter(`Property policy.issuer has invalid value. Issuer not found: ${name}\r\n`),
  organisationIdMissing: () => badParameter("Id in organization details is not set"),
  publicKeyMismatch: () =>
    badParameter(
      "The public key of the end-entity certificate in the specified X.509 certificate content does not match the public part of the specified private key. Please check if certificate is valid.",
    ),
  unreadableCertificate: () =>
    badParameter("Certificate can not be read. Please check if certificate is valid."),
  noCertificates: () => badParameter("x5c must has at least one valid item"),
  valueTooLong: () => badParameter("value is too long."),
  expiredCertificate: () => badParameter("X509 Certificate is already expired"),
  unreadablePkcs12: () =>
    badParameter(
      "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format.",
    ),
  unreadablePem: () =>
    badParameter(
      "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format.",
    ),
  pemWithoutKey: () =>
    badParameter(
      "Private key is not specified in the specified X.509 PEM certificate content. Please specify private key in the X.509 PEM certificate content.",
    ),
  purgeOfLive: () =>
    new ServiceError(
      400,
      "MethodNotAllowed",
      "Certificate must be deleted prior to being purged.",
      "ObjectMustBeDeletedPriorToBeingPurged",
    ),
  /** Assumed from the secrets' twin. */
  recoverOfLive: (name: string) =>
    new ServiceError(
      400,
      "MethodNotAllowed",
      `Certificate exists already: ${name}`,
      "RequestNotAllowedOnNonDeletedObject",
    ),
  /** The documentation's status for a refused cancellation; code and text assumed. */
  cancellationRefused400: () => badParameter("Pending status must be in progress to allow update."),

  // 403
  notInProgress: () => forbidden("Pending status must be in progress to allow update."),
  mergeWhileIssuing: (issuer: string) =>
    forbidden(`Merge is forbidden on pending object created with issuer : ${issuer} while it is in progess.`),
  purgeProtected: () =>
    forbidden(
      'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed. Vault: emulator;location=local',
    ),
  managed: (kind: "Key" | "Secret") =>
    forbidden(
      'Operation "delete" is not allowed as this object\'s lifetime is managed by Key Vault.',
      `${kind}ManagedByKeyVault`,
    ),
  secretDisabled: () => forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled"),

  // 404
  certificateNotFound: (id: string) =>
    new ServiceError(404, "CertificateNotFound", notFoundHelp("certificate", id)),
  deletedCertificateNotFound: (name: string) =>
    new ServiceError(404, "CertificateNotFound", `Deleted Certificate not found: ${name}`),
  pendingNotFound: (name: string) =>
    new ServiceError(404, "PendingCertificateNotFound", `Pending certificate not found: ${name}`),
  issuerNotFound: () => new ServiceError(404, "CertificateIssuerNotFound", "Issuer not found"),
  contactsNotFound: () => new ServiceError(404, "ContactsNotFound", "Contacts not found"),
  secretNotFound: (id: string) => new ServiceError(404, "SecretNotFound", notFoundHelp("secret", id)),
  keyNotFound: (id: string) => new ServiceError(404, "KeyNotFound", notFoundHelp("key", id)),

  // 405
  methodNotAllowed: (method: string) =>
    new ServiceError(405, "MethodNotAllowed", `HTTP ${method} not allowed`),

  // 409
  pendingInProgress: () =>
    conflict(
      "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
    ),
  deletedButRecoverable: (name: string) =>
    conflict(
      `Certificate ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the certificate can only be recovered or purged.`,
      "ObjectIsDeletedButRecoverable",
    ),
  createWhileDeleting: (name: string) =>
    conflict(
      `Certificate ${name} is currently being deleted and cannot be re-created; retry later.`,
      "ObjectIsBeingDeleted",
    ),
  recoverWhileDeleting: (name: string) =>
    conflict(`Certificate ${name} is currently being deleted.`, "ObjectIsBeingDeleted"),
  purgeWhileDeleting: () => conflict("Certificate is currently being deleted.", "ObjectIsBeingDeleted"),
  /** Text assumed. */
  beingRecovered: (name: string) =>
    conflict(`Certificate ${name} is currently being recovered.`, "ObjectIsBeingRecovered"),
  /** Documented to be a 409; text assumed. */
  plainObjectExists: (kind: "key" | "secret", name: string) =>
    conflict(`A ${kind} with the name ${name} already exists and is not managed by a certificate.`),

  // 429 and 5xx
  /** Recorded without Retry-After. */
  throttled: () =>
    new ServiceError(
      429,
      "Throttled",
      "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
    ),
  /** Name of the activity assumed. */
  serverError: (activityId: string) =>
    new ServiceError(500, "ServerError", `ActivityId: ${activityId}, ActivityName: Emulator`),
};
