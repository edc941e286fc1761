/** libpq's `sslmode` as Node's TLS understands it, and the attempts that a mode stands for, in their order. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates, type ConnectionOptions } from "node:tls";

import { messageOf, refusal } from "../../domain/error.ts";
import { isSocket, type ConnectionSettings } from "./settings.ts";

/** How to try; false: in plain text. The next is tried where the one before it was turned down. */
export function tlsAttempts(settings: ConnectionSettings, home: string): readonly (false | ConnectionOptions)[] {
  // a socket of this machine has no TLS, whatever the mode
  if (isSocket(settings.host) && settings.hostAddress === null) return [false];
  switch (settings.tls.mode) {
    case "disable":
      return [false];
    case "allow":
      return [false, tlsOptions(settings, home)];
    case "prefer":
      return [tlsOptions(settings, home), false];
    case "require":
    case "verify-ca":
    case "verify-full":
      return [tlsOptions(settings, home)];
  }
}

function tlsOptions({ tls }: ConnectionSettings, home: string): ConnectionOptions {
  const folder = join(home, ".postgresql");
  const root = tls.rootCertificate ?? join(folder, "root.crt");
  const verifies = tls.mode === "verify-ca" || tls.mode === "verify-full";
  const identity = clientIdentity(tls.certificate ?? join(folder, "postgresql.crt"), tls.key ?? join(folder, "postgresql.key"), {
    asked: tls.certificate !== null,
  });
  // a root certificate that lies there is used even by `require`, as libpq does
  if (!verifies && (tls.mode !== "require" || !existsSync(root))) return { rejectUnauthorized: false, ...identity };
  const ca =
    root === "system" ? [...rootCertificates] : [read(root, "root certificate", "name the file of the authority with sslrootcert")];
  const anyName = tls.mode === "verify-full" ? {} : { checkServerIdentity: () => undefined };
  return { ca, rejectUnauthorized: true, ...anyName, ...identity };
}

function clientIdentity(certificate: string, key: string, { asked }: { readonly asked: boolean }): ConnectionOptions {
  if (!asked && !existsSync(certificate)) return {};
  const cert = read(certificate, "client certificate", "look at sslcert in the address");
  const stats = statSync(key, { throwIfNoEntry: false });
  if (process.platform !== "win32" && stats !== undefined && (stats.mode & (stats.uid === 0 ? 0o037 : 0o077)) !== 0) {
    throw refusal("tls-refused", `others may read the private key ${key}`, { hint: `chmod 600 ${key}` });
  }
  return { cert, key: read(key, "private key", "look at sslkey in the address") };
}

function read(path: string, what: string, hint: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw refusal("tls-refused", `the ${what} ${path} cannot be read: ${messageOf(error)}`, { hint, cause: error });
  }
}
