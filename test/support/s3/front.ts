/**
 * What stands between Belay and an S3 server in tests: adds what the server does not know of the protocol and Belay needs (conditional
 * writes, giving up an upload, the list of those that nobody ended), and makes the network's faults on request. Everything else passes as it is, signatures too.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { S3Server } from "./server.ts";

export type Fault =
  /** The connection is reset before the server hears of the request. */
  | "reset"
  /** The request is taken and nothing comes back. */
  | "black-hole"
  /** The server does what was asked, and its answer is lost. */
  | "answer-lost"
  /** Half of the answer's content comes, then the connection breaks. */
  | "short"
  /** Half of the answer's content comes, then nothing more. */
  | "stall"
  /** The answer comes in small pieces. */
  | "slow"
  /** What lies there is shorter than it was: the answer is whole, but not the content. */
  | "answer-cut"
  /** The server answers with this status and its name for it. */
  | { readonly status: number; readonly code: string };

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export interface Front extends AsyncDisposable {
  readonly endpoint: string;
  /** Everything that was asked so far, in order. */
  readonly asked: readonly Asked[];
  /** Uploads that were begun and neither ended nor given up. */
  readonly uploads: ReadonlyMap<string, { readonly name: string }>;
  /** The next `times` requests that `when` fits meet this. */
  fault(fault: Fault, when: (asked: Asked) => boolean, times?: number): void;
}

interface Planned {
  readonly fault: Fault;
  readonly when: (asked: Asked) => boolean;
  left: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export async function startFront(server: S3Server): Promise<Front> {
  const asked: Asked[] = [];
  const planned: Planned[] = [];
  const uploads = new Map<string, { readonly name: string }>();
  const held: ServerResponse[] = [];
  let turn = Promise.resolve();

  const answerOf = async (request: Asked, body: Buffer): Promise<Answer> => {
    const condition = conditionOf(server, request);
    if (condition !== null) return condition;
    const url = new URL(request.path, "http://front");
    if (request.method === "GET" && url.searchParams.has("uploads")) return listOf(uploads, url);
    const id = url.searchParams.get("uploadId");
    if (id !== null && !uploads.has(id)) return errorAnswer(404, "NoSuchUpload");
    if (request.method === "DELETE" && id !== null) {
      uploads.delete(id);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const answer = await forward(server, request, body);
    const begun = /<UploadId>(.*?)<\/UploadId>/.exec(answer.body.toString())?.[1];
    if (request.method === "POST" && url.searchParams.has("uploads") && begun !== undefined) uploads.set(begun, { name: nameOf(url) });
    if (id !== null && answer.status < 300 && request.method === "POST") uploads.delete(id);
    return answer;
  };

  const front = createServer((incoming, outgoing) => {
    void (async () => {
      const body = Buffer.concat(await incoming.toArray());
      const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers };
      asked.push(request);
      const met = planned.find((each) => each.left > 0 && each.when(request));
      if (met !== undefined) met.left -= 1;
      const fault = met?.fault;
      if (fault === "reset") return incoming.socket.resetAndDestroy();
      if (fault === "black-hole") return held.push(outgoing);
      if (typeof fault === "object") return send(outgoing, errorAnswer(fault.status, fault.code));
      // One at a time, so that a condition still holds when its write comes.
      const mine = turn.then(() => answerOf(request, body));
      turn = mine.then(
        () => undefined,
        () => undefined,
      );
      const answer = await mine;
      if (fault === "answer-lost") return incoming.socket.destroy();
      if (fault === undefined) return send(outgoing, answer, request.method);
      if (fault === "answer-cut") return send(outgoing, { ...answer, body: answer.body.subarray(0, -100) });
      await sendBadly(outgoing, answer, fault, held);
    })().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    asked,
    uploads,
    fault: (fault, when, times = 1) => void planned.push({ fault, when, left: times }),
    async [Symbol.asyncDispose]() {
      for (const each of held) each.destroy();
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

/** The answer to a conditional write whose condition does not hold; null where it does, or there is none. */
function conditionOf({ directory }: S3Server, { method, path, headers }: Asked): Answer | null {
  if (method !== "PUT") return null;
  const object = join(directory, `${decodeURIComponent(new URL(path, "http://front").pathname)}._S3rver_object`);
  const there = existsSync(object);
  const { "if-none-match": none, "if-match": match } = headers;
  const etag = () => `"${createHash("md5").update(readFileSync(object)).digest("hex")}"`;
  const refused = (none === "*" && there) || (match !== undefined && (!there || etag() !== match));
  return refused ? errorAnswer(412, "PreconditionFailed") : null;
}

function listOf(uploads: ReadonlyMap<string, { readonly name: string }>, url: URL): Answer {
  const prefix = url.searchParams.get("prefix") ?? "";
  const found = [...uploads].filter(([, { name }]) => name.startsWith(prefix));
  const rows = found.map(([id, { name }]) => `<Upload><Key>${name}</Key><UploadId>${id}</UploadId></Upload>`).join("");
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>${rows}</ListMultipartUploadsResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(text) };
}

/** Without the bucket. */
function nameOf(url: URL): string {
  return decodeURIComponent(url.pathname).split("/").slice(2).join("/");
}

function errorAnswer(status: number, code: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>made by a test</Message></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body: Buffer.from(text) };
}

function forward({ port }: S3Server, { method, path, headers }: Asked, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      response
        .toArray()
        .then((chunks) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
        .catch(reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer, method = "GET"): void {
  const length = method === "HEAD" ? headers["content-length"] : String(body.length);
  outgoing.writeHead(status, { ...withoutLength(headers), ...(length === undefined ? {} : { "content-length": length }) });
  outgoing.end(body);
}

async function sendBadly(outgoing: ServerResponse, { status, headers, body }: Answer, fault: Fault, held: ServerResponse[]): Promise<void> {
  outgoing.writeHead(status, { ...withoutLength(headers), "content-length": String(body.length) });
  if (fault === "slow") {
    for (let at = 0; at < body.length; at += 65_536) {
      outgoing.write(body.subarray(at, at + 65_536));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    outgoing.end();
    return;
  }
  await new Promise((resolve) => outgoing.write(body.subarray(0, body.length >> 1), resolve));
  if (fault === "stall") held.push(outgoing);
  else outgoing.socket?.destroy();
}

function withoutLength(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const { "content-length": _length, "transfer-encoding": _encoding, connection: _connection, ...rest } = headers;
  return rest;
}
