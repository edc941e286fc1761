/** A real mail server over loopback, with a certificate of its own. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Every mail as it came, with who it was for. */
  readonly mails: readonly { readonly to: readonly string[]; readonly source: string }[];
  /** Passwords that came, and whether over TLS. */
  readonly logins: readonly { readonly password: string; readonly secure: boolean }[];
}

/** The user is `belay`, the password `pa@ss`. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: { to: string[]; source: string }[] = [];
  const logins: { password: string; secure: boolean }[] = [];
  const server = new SMTPServer({
    ...certificate(),
    authOptional: true,
    logger: false,
    onAuth({ password, username }, { secure }, callback) {
      logins.push({ password: password ?? "", secure });
      if (username === "belay" && password === "pa@ss") callback(null, { user: username });
      else callback(new Error("no such user here"));
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), source: Buffer.concat(chunks).toString() });
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // a client that leaves is what some tests are about
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(resolve);
      await promise;
    },
  };
}

let made: { readonly key: Buffer; readonly cert: Buffer } | undefined;

function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), "belay-mail-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", ...subject], {
    stdio: "ignore",
  });
  made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}
