/** Where a server is and who goes there. */
export interface ConnectionSettings {
  /** Name or address; an absolute path is the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsSettings;
}

export interface TlsSettings {
  readonly mode: "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";
  /** Paths; null: libpq's own default place. */
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}
