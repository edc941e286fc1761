/** One POST to a webhook. Its address is a secret: no message of this file names more of it than the host. */

import { messageOf } from "../domain/error.ts";
import { Undelivered } from "./receiver.ts";

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What answers may be busy, or have a bad moment. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** One try gives the next ones time. */
const TRY_MS = 5_000;

/**
 * Posts JSON. Redirects are not followed: the body and its signature are for this address. Throws `Undelivered`; a request whose answer
 * was lost may have been taken.
 */
export async function post({ url, body, headers = {} }: Post, signal: AbortSignal): Promise<void> {
  const host = new URL(url).host;
  const tooLong = AbortSignal.timeout(TRY_MS);
  let response: Response;
  try {
    const { address, authorization } = withoutCredentials(url);
    response = await fetch(address, {
      method: "POST",
      headers: { ...authorization, connection: "close", "content-type": "application/json", "user-agent": "belay", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, tooLong]),
    });
    await response.body?.cancel();
  } catch (error) {
    if (tooLong.aborted) throw new Undelivered(`${host} did not answer within ${TRY_MS / 1000} s`, { passing: true });
    throw new Undelivered(`${host}: ${whyNot(error)}`, { passing: true });
  }
  if (response.ok) return;
  const { status } = response;
  const moved = status >= 300 && status < 400 ? ", which is not followed" : "";
  throw new Undelivered(`${host} answered ${status}${moved}`, { passing: PASSING.includes(status), retryAfterMs: retryAfterMs(response) });
}

/** A URL cannot be fetched with user and password in it. */
function withoutCredentials(url: string) {
  const address = new URL(url);
  const { username, password } = address;
  address.username = "";
  address.password = "";
  const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const authorization: Record<string, string> = username === "" && password === "" ? {} : { authorization: `Basic ${user}` };
  return { address, authorization };
}

/** In seconds or as a date (RFC 9110). */
function retryAfterMs(response: Response): number | null {
  const written = response.headers.get("retry-after");
  if (written === null) return null;
  if (/^\d+$/.test(written)) return Number(written) * 1000;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** The innermost cause has the code of the system's call; its words may name the address, so that they stay out. */
function whyNot(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner: unknown = cause instanceof AggregateError ? cause.errors.at(-1) : cause;
  if (inner instanceof Error && "code" in inner && typeof inner.code === "string") return `no answer (${inner.code})`;
  return inner instanceof Error ? `no answer (${inner.name})` : `no answer (${error instanceof Error ? error.name : messageOf(error)})`;
}
