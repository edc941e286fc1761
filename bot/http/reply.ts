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
