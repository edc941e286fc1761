/** The bot's two servers: one that the world sees, one with numbers for whoever runs it. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import { messageOf } from "../../src/domain/error.ts";
import type { Log } from "../log.ts";
import { type EventParts, takeEvent } from "./events.ts";
import { grant, type GrantParts } from "./grants.ts";
import { receive, type ReceiverParts, WEBHOOKS } from "./receiver.ts";
import { type Reply, send } from "./reply.ts";

export interface ServerParts extends ReceiverParts, GrantParts, EventParts {
  /** null: ready; else why not. */
  readonly notReady: () => Promise<string | null>;
  readonly log: Log;
}

/** How long a request may take to arrive; milliseconds. Looked at only now and then. */
export interface Patience {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/** Who is slower than GitHub's own time-out has gone. */
const PATIENCE: Patience = { headersTimeout: 5_000, requestTimeout: 15_000, connectionsCheckingInterval: 1_000 };

export function publicServer(parts: ServerParts, patience = PATIENCE): Server {
  const server = createServer({ ...patience, maxHeaderSize: 32_768 }, (message, response) => {
    answer(message, parts)
      .catch((error: unknown): Reply => {
        if (message.complete) parts.log("error", "a request could not be answered", { path: pathOf(message), why: messageOf(error) });
        return { status: 500, json: { message: "something went wrong here" }, close: true };
      })
      .then((reply) => send(response, reply))
      // Whoever asked is not there any more.
      .catch(() => response.destroy());
  });
  server.maxRequestsPerSocket = 1_000;
  return server;
}

async function answer(message: IncomingMessage, parts: ServerParts): Promise<Reply> {
  const path = pathOf(message);
  const [, request] = /^\/api\/requests\/(r\d{1,9})\/events$/.exec(path) ?? [];
  if (message.method === "POST") {
    if (path === WEBHOOKS) return receive(message, parts);
    if (path === "/api/grants") return grant(message, parts);
    if (request !== undefined) return takeEvent(message, request, parts);
  }
  if (message.method === "GET") {
    if (path === "/.well-known/jwks.json")
      return { status: 200, json: parts.keys.jwks, headers: { "cache-control": "public, max-age=300" } };
    if (path === "/healthz") return { status: 200, text: "ok\n" };
    if (path === "/readyz") return ready(await parts.notReady());
  }
  return { status: 404, json: { message: "there is nothing here" }, close: true };
}

function ready(why: string | null): Reply {
  return why === null ? { status: 200, text: "ready\n" } : { status: 503, text: `${why}\n` };
}

function pathOf({ url = "/" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "/";
}

/** Numbers in Prometheus' text format. */
export function metricsServer(metrics: () => Promise<Readonly<Record<string, number>>>, log: Log): Server {
  return createServer((message, response) => {
    metrics()
      .then((numbers) => {
        const lines = Object.entries(numbers).map(([name, value]) => `# TYPE belay_bot_${name} gauge\nbelay_bot_${name} ${value}\n`);
        send(
          response,
          pathOf(message) === "/metrics" ? { status: 200, text: lines.join("") } : { status: 404, text: "only /metrics is here\n" },
        );
      })
      .catch((error: unknown) => {
        log("error", "the numbers could not be read", { why: messageOf(error) });
        send(response, { status: 503, text: "the numbers could not be read; the bot's log says why\n" });
      });
  });
}
