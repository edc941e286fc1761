/** Webhooks: believed by their signature over the very bytes, kept before they are acknowledged. */

import { verify } from "@octokit/webhooks-methods";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../src/domain/error.ts";
import type { Log } from "../log.ts";
import type { BotStore, Incoming } from "../store/store.ts";
import { incomingOf } from "../webhook/incoming.ts";
import { type Bodies, jsonOf } from "./body.ts";
import { notNow, refused, type Reply, unread } from "./reply.ts";

/** Where the app's manifest sends them. */
export const WEBHOOKS = "/api/github/webhooks";

/** GitHub's own limit. */
const LARGEST_BYTES = 25 * 1024 * 1024;
/** GitHub gives up after ten seconds; until then there is time to say that it should come again. */
const STORING_MS = 5_000;

export interface ReceiverParts {
  readonly secret: string;
  readonly store: BotStore;
  readonly bodies: Bodies;
  readonly now: () => Date;
  /** Something was kept that nobody has worked on. */
  readonly wake: () => void;
  readonly log: Log;
}

export async function receive(message: IncomingMessage, parts: ReceiverParts): Promise<Reply> {
  const { secret, bodies, now, wake } = parts;
  const body = await bodies.read(message, LARGEST_BYTES);
  if (body.kind !== "read") return unread(body, "25 MB");
  const signature = headerOf(message, "x-hub-signature-256");
  const text = body.bytes.toString("utf8");
  if (signature === "" || text === "" || !(await verify(secret, text, signature)))
    return refused(401, "signature-wrong", "the signature is not right");
  const name = headerOf(message, "x-github-event");
  const payload = jsonOf(body.bytes);
  if (payload === undefined || name === "") return refused(400, "bad-request", "this is no webhook of GitHub's");
  const incoming = incomingOf(name, payload, headerOf(message, "x-github-delivery") || null, now());
  if (incoming === null) return { status: 202, json: { kept: false } };
  const kept = await keep(incoming, parts);
  if (kept === null) return notNow("not-stored", "it could not be stored: deliver it again", STORING_MS / 1000);
  wake();
  return { status: 202, json: { kept } };
}

/** null: it is not known to be kept. The sweep asks GitHub for it again, and its key tells whether it was. */
async function keep(incoming: Incoming, { store, log }: ReceiverParts): Promise<boolean | null> {
  const tooLong = new AbortController();
  try {
    return await Promise.race([store.receive(incoming), pause(STORING_MS, null, { ref: false, signal: tooLong.signal })]);
  } catch (error) {
    log("error", "a webhook could not be stored", { event: incoming.event.kind, why: messageOf(error) });
    return null;
  } finally {
    // Two hundred webhooks a second would leave a thousand timers behind.
    tooLong.abort();
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
