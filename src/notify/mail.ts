/** E-mail over SMTP. A password goes only over TLS, except to this machine itself. */

import { isIP } from "node:net";
import { createTransport } from "nodemailer";
import type { Message } from "../domain/message.ts";
import { messageOf } from "../domain/error.ts";
import { renderTemplate } from "../domain/message-template.ts";
import { forHtml, forMail, forOneLine } from "./escape.ts";
import { Undelivered, type Receiver } from "./receiver.ts";

export interface MailOptions {
  readonly smtp: string;
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly template: string | null;
}

/** Each of connecting, the greeting and every answer. */
const STEP_MS = 5_000;
const LONGEST_SUBJECT = 200;

export function mailReceiver(options: MailOptions): Receiver {
  return {
    async send(message, signal) {
      const transport = createTransport(transportOptions(options.smtp));
      try {
        await unlessAborted(transport.sendMail(mailOf(message, options)), signal);
      } catch (error) {
        throw undelivered(error, new URL(options.smtp).host);
      } finally {
        transport.close();
      }
    },
  };
}

/** What a URL says, and nothing that a variable could smuggle in but whether the server's certificate counts. */
function transportOptions(smtp: string) {
  const url = new URL(smtp);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = url.protocol.toLowerCase() === "smtps:";
  const auth = url.username === "" ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  const insecure = url.searchParams.get("tls.rejectUnauthorized") === "false";
  return {
    host,
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && auth !== undefined && !isThisMachine(host),
    ...(auth === undefined ? {} : { auth }),
    ...(insecure ? { tls: { rejectUnauthorized: false } } : {}),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    dnsTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function mailOf(message: Message, { to, from, subject, template }: MailOptions) {
  const text = renderTemplate(template ?? message.template, message.fields, forMail);
  return {
    from,
    to: [...to],
    subject: renderTemplate(subject, message.fields, forOneLine).slice(0, LONGEST_SUBJECT),
    text,
    html: `<div style="white-space: pre-wrap">${forHtml(text)}</div>`,
    messageId: `<${message.id}@belay.invalid>`, // the same for a repetition, which mail programs then show once
    headers: { "auto-submitted": "auto-generated" },
  };
}

/** A server that hangs is left alone; what it holds of this process ends with its own time limits. */
async function unlessAborted(sending: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new Undelivered("interrupted", { passing: false }));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([sending, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    sending.catch(() => undefined); // nobody waits for it any more
    aborted.promise.catch(() => undefined);
  }
}

/** SMTP says itself what may pass: 4xx (RFC 5321). Without an answer it is the network, but for TLS that was asked for and is not there. */
function undelivered(error: unknown, host: string): Undelivered {
  if (error instanceof Undelivered) return error;
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  const answered = typeof responseCode === "number";
  const passing = answered ? responseCode >= 400 && responseCode < 500 : typeof code === "string" && NETWORK.has(code);
  return new Undelivered(`${host}: ${messageOf(error).replace(/\s+/g, " ")}`, { passing });
}

const NETWORK: ReadonlySet<string> = new Set(["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "ECONNREFUSED", "ECONNRESET"]);
