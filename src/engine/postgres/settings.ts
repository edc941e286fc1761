/** Where a server is and who goes there. */
export interface ConnectionSettings {
  /** Name or address; an absolute path is the directory of a socket. */
  readonly host: string;
  /** Where to connect instead of asking for the address of `host`, whose name is still what a certificate must carry; null: ask. */
  readonly hostAddress: string | null;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsSettings;
  /** Settings that the address gives the session (`-c search_path=app`), as libpq's `options`; null: none. */
  readonly options: string | null;
  readonly connectTimeoutMs: number;
  readonly channelBinding: "disable" | "prefer" | "require";
}

export interface TlsSettings {
  readonly mode: "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";
  /** Paths; null: libpq's own default place. `system`: the certificates that the system trusts. */
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** The directory of a Unix socket, where it is no network address. */
export function isSocket(host: string): boolean {
  return host.startsWith("/") || host.startsWith("@");
}
