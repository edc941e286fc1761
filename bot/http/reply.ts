import type { ServerResponse } from "node:http";

export interface Reply {
  readonly status: number;
  /** undefined: no body. */
  readonly json?: unknown;
  /** In place of JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request was not read to its end: what follows on this connection would not be a request. */
  readonly close?: boolean;
}

/** What a body that was not read is answered with. */
export function unread(body: { readonly kind: "too-large" | "too-many" }, limit: string): Reply {
  if (body.kind === "too-many") return { ...notNow("busy", "too many requests are being read", 5), close: true };
  return { ...refused(413, "too-large", `there is more of it than ${limit}`), close: true };
}

export function refused(status: number, code: string, message: string): Reply {
  return { status, json: { reasons: [{ code, message }] } };
}

/** The same may work a little later: nothing was decided. */
export function notNow(code: string, message: string, seconds: number, status: 429 | 503 = 503): Reply {
  return { ...refused(status, code, message), headers: { "retry-after": String(Math.max(1, Math.ceil(seconds))) } };
}

export function send(response: ServerResponse, { status, json, text, headers = {}, close = false }: Reply): void {
  const body = text ?? (json === undefined ? "" : JSON.stringify(json));
  response.writeHead(status, {
    ...(text === undefined ? { "content-type": "application/json; charset=utf-8" } : { "content-type": "text/plain; charset=utf-8" }),
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(close ? { connection: "close" } : {}),
    ...headers,
  });
  response.end(body);
}
