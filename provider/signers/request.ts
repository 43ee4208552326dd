/** How a certificate of issuer `Unknown` is signed, as the user writes it. */
export interface Signer {
  /**
   * The program and its arguments, each taken literally: no shell reads them. A path is relative to the folder of the Pulumi program; a name
   * without a slash is looked up in PATH. The program reads the CSR (PEM) on stdin and writes the chain on stdout; its stderr is shown.
   */
  readonly command: readonly [string, ...string[]];
  /** Variables beside the inherited ones, and over them. Their values are never shown. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** How long one run may take. Default 600. */
  readonly timeoutSeconds?: number | undefined;
}

/** What of the policy a signer is told beside the CSR. */
export interface SignerPolicy {
  /** RFC 4514: `CN=www.contoso.com`. */
  readonly subject?: string | undefined;
  readonly subjectAlternativeNames?:
    | {
        readonly dnsNames?: readonly string[] | undefined;
        readonly emails?: readonly string[] | undefined;
        readonly userPrincipalNames?: readonly string[] | undefined;
        readonly ipAddresses?: readonly string[] | undefined;
        readonly uniformResourceIdentifiers?: readonly string[] | undefined;
      }
    | undefined;
  readonly validityInMonths?: number | undefined;
}

/** A CSR to be signed, and for what. */
export interface SignerRequest {
  readonly signer: Signer;
  readonly csrPem: string;
  /** Normalised: `https://contoso.vault.azure.net`. */
  readonly vaultUrl: string;
  readonly certificateName: string;
  /** `request_id` of the pending object: 32 hexadecimal digits. */
  readonly requestId: string;
  readonly policy: SignerPolicy;
  /** Further texts that must not be shown, such as arguments that the program marked as secret. */
  readonly secrets?: readonly string[] | undefined;
}

/** The process that the command is started from. */
export interface SignerHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin, and the working directory of the command. Absolute. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
}

/** What bounds a run of a signer, and whom it tells. */
export interface SignerRun {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Unix milliseconds: the end of the whole operation, which `timeoutSeconds` does not outlast. */
  readonly deadlineMs: number;
  /** Ends the command early; its reason is what the run then fails with. */
  readonly signal: AbortSignal;
  /** One line of stderr: without secrets, control characters or line break, 500 characters at most, never empty. */
  readonly onLine: (line: string) => void;
  /** Default: this process. */
  readonly host?: SignerHost;
}
