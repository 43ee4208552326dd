import { createHash } from "node:crypto";
import type { CertificateRecord, Placeholder, Version, VersionTimes } from "./certificate";
import type { DeletedCertificate } from "./deletion";
import type { Contacts, Issuer } from "./directory";
import type { VaultProperties } from "./state";
import type { Pending } from "./vault";

/** Writes replies as the service does: members in its order, ids under the vault's own URL. */
export class Wire {
  constructor(
    readonly url: string,
    private readonly properties: VaultProperties,
  ) {}

  /** The current version, or the placeholder, with policy and pending object. */
  certificate(record: CertificateRecord): object {
    return {
      ...this.version(record, undefined),
      ...this.policyMember(record),
      ...this.pendingMember(record),
    };
  }

  /** A version by its id: without policy, and with `pending` only in the reply to an update. */
  version(record: CertificateRecord, id: string | undefined, options: { pending?: boolean } = {}): object {
    const version =
      id === undefined ? record.versions.at(-1) : record.versions.find((item) => item.id === id);
    const bundle = version === undefined ? this.placeholder(record) : this.completed(record.name, version);
    return options.pending === true ? { ...bundle, ...this.pendingMember(record) } : bundle;
  }

  deleted({ record, deletedDate, scheduledPurgeDate }: DeletedCertificate): object {
    const recoveryId = `${this.url}/deletedcertificates/${record.name}`;
    return { recoveryId, deletedDate, scheduledPurgeDate, ...this.certificate(record) };
  }

  policy(record: CertificateRecord): object {
    return { id: `${this.url}/certificates/${record.name}/policy`, ...record.policy };
  }

  operation(name: string, { operation, order, status }: Pending): object {
    const ended = status === "completed" || status === "cancelled";
    return {
      id: `${this.url}/certificates/${name}/pending`,
      issuer: { name: order.issuer },
      csr: operation.certificateRequest.toString("base64"),
      cancellation_requested: order.cancellation !== undefined,
      status,
      ...(ended ? {} : { status_details: order.plan.statusDetails }),
      ...(status === "failed" && order.plan.error !== undefined ? { error: order.plan.error } : {}),
      ...(status === "completed" ? { target: `${this.url}/certificates/${name}` } : {}),
      request_id: operation.requestId,
      ...optional("preserveCertOrder", operation.preserveCertOrder),
    };
  }

  /** An entry of `/certificates`, without its version, or of `/versions`, with it. */
  listItem(record: CertificateRecord, item: Version | Placeholder, versioned: boolean): object {
    const base = `${this.url}/certificates/${record.name}`;
    return {
      id: versioned ? `${base}/${item.id}` : base,
      ...(isCompleted(item) ? { x5t: thumbprint(item.certificate) } : {}),
      attributes: attributes(item.times, isCompleted(item) && item.enabled),
      ...optional("tags", item.tags),
      subject: "",
    };
  }

  deletedListItem({ record, deletedDate, scheduledPurgeDate }: DeletedCertificate): object {
    const item = record.versions.at(-1) ?? record.placeholder;
    return {
      recoveryId: `${this.url}/deletedcertificates/${record.name}`,
      deletedDate,
      scheduledPurgeDate,
      id: `${this.url}/certificates/${record.name}`,
      ...(item !== undefined && isCompleted(item) ? { x5t: thumbprint(item.certificate) } : {}),
      ...(item === undefined ? {} : { attributes: this.attributes(item) }),
      ...optional("tags", item?.tags),
    };
  }

  issuer(issuer: Issuer): object {
    const { organisation, enabled, created, updated } = issuer;
    return {
      id: `${this.url}/certificates/issuers/${issuer.name}`,
      provider: issuer.provider,
      ...(issuer.accountId === undefined ? {} : { credentials: { account_id: issuer.accountId } }),
      ...(organisation === undefined
        ? {}
        : {
            org_details: {
              ...optional("id", organisation.id),
              zip: 0,
              ...optional("admin_details", organisation.admins),
            },
          }),
      attributes: { enabled, created, updated },
    };
  }

  issuerListItem(issuer: Issuer): object {
    return { id: `${this.url}/certificates/issuers/${issuer.name}`, provider: issuer.provider };
  }

  contacts(contacts: Contacts): object {
    return { id: `${this.url}/certificates/contacts`, contacts };
  }

  private completed(name: string, version: Version): object {
    return {
      id: `${this.url}/certificates/${name}/${version.id}`,
      kid: `${this.url}/keys/${name}/${version.id}`,
      sid: `${this.url}/secrets/${name}/${version.id}`,
      x5t: thumbprint(version.certificate),
      cer: version.certificate.toString("base64"),
      attributes: this.attributes(version),
      ...optional("tags", version.tags),
      ...optional("preserveCertOrder", version.preserveCertOrder),
    };
  }

  private placeholder({ name, placeholder }: CertificateRecord): object {
    if (placeholder === undefined) return {};
    return {
      id: `${this.url}/certificates/${name}/${placeholder.id}`,
      attributes: this.attributes(placeholder),
      ...optional("tags", placeholder.tags),
    };
  }

  /** With the vault's recovery properties, as bundles have them and list items have not. */
  attributes(item: Version | Placeholder): object {
    return { ...attributes(item.times, isCompleted(item) && item.enabled), ...this.properties };
  }

  private policyMember(record: CertificateRecord): object {
    return { policy: this.policy(record) };
  }

  private pendingMember({ name, operation }: CertificateRecord): object {
    return operation === undefined ? {} : { pending: { id: `${this.url}/certificates/${name}/pending` } };
  }
}

const isCompleted = (item: Version | Placeholder): item is Version => "certificate" in item;

const attributes = (times: VersionTimes, enabled: boolean): object => ({
  enabled,
  nbf: times.notBefore,
  exp: times.expires,
  created: times.created,
  updated: times.updated,
});

/** A member that is left out where there is nothing to say. */
export const optional = (name: string, value: unknown): object =>
  value === undefined ? {} : { [name]: value };

/** `x5t`: SHA-1 of the DER, base64url. */
const thumbprint = (certificate: Buffer): string =>
  createHash("sha1").update(certificate).digest("base64url");
