/** Webhooks: believed by their signature over the very bytes, kept before they are acknowledged. */

import { verify } from "@octokit/webhooks-methods";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { BotStore } from "../store/store.ts";
import { incomingOf } from "../webhook/incoming.ts";
import { bodyOf, jsonOf } from "./body.ts";
import type { Reply } from "./reply.ts";

/** GitHub's own limit. */
const LARGEST_BYTES = 25 * 1024 * 1024;
/** GitHub gives up after ten seconds; until then there is time to say that it should come again. */
const STORING_MS = 5_000;

export interface ReceiverParts {
  readonly secret: string;
  readonly store: BotStore;
  readonly now: () => Date;
  /** Something was kept that nobody has worked on. */
  readonly wake: () => void;
}

export async function receive(message: IncomingMessage, { secret, store, now, wake }: ReceiverParts): Promise<Reply> {
  const body = await bodyOf(message, LARGEST_BYTES);
  if (body === null) return { status: 413, json: { message: "more than 25 MB" }, close: true };
  const signature = headerOf(message, "x-hub-signature-256");
  const text = body.toString("utf8");
  if (signature === "" || text === "" || !(await verify(secret, text, signature)))
    return { status: 401, json: { message: "the signature is not right" } };
  const name = headerOf(message, "x-github-event");
  const payload = jsonOf(body);
  if (payload === undefined || name === "") return { status: 400, json: { message: "this is no webhook of GitHub's" } };
  const incoming = incomingOf(name, payload, headerOf(message, "x-github-delivery") || null, now());
  if (incoming === null) return { status: 202, json: { kept: false } };
  const kept = await Promise.race([store.receive(incoming), pause(STORING_MS, null, { ref: false })]);
  if (kept === null) return { status: 503, json: { message: "storing takes too long" } };
  wake();
  return { status: 202, json: { kept } };
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
