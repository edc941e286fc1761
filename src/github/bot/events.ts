/** What a run tells the bot (`POST /api/requests/ID/events`). The bot being away changes nothing about the run. */

import { askAgain, type BotAnswer } from "./ask.ts";
import { reasonsIn } from "./claim.ts";

/** Where events go, and as whom. */
export interface EventPlace {
  /** Without a slash at its end. */
  readonly bot: string;
  readonly request: string;
  readonly run: string;
  /** A secret. */
  readonly token: string;
}

/** One event, as it is sent: each counts once by its number. */
export interface BotEvent {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: "plan" | "step" | "result";
  readonly data: object;
}

/** A run has one result, whoever tells it: main, or post in its place. */
export const RESULT_SEQ = 1_000_000;
export const LARGEST_EVENT_BYTES = 256 * 1024;

export type Delivery =
  | { readonly kind: "told" }
  /** It would be refused again. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "not-told"; readonly why: string };

const ASK_MS = 10_000;

/** Tries for so long. Throws only an interruption. */
export async function tell(
  { bot, request, run, token }: EventPlace,
  event: BotEvent,
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal: AbortSignal },
): Promise<Delivery> {
  const question = { url: `${bot}/api/requests/${encodeURIComponent(request)}/events`, token, body: { version: 1, run, ...event } };
  const { answer } = await askAgain(async () => question, { budgetMs, askMs: ASK_MS, signal });
  return deliveryOf(answer);
}

function deliveryOf({ status, why, json }: BotAnswer): Delivery {
  if (status === 204 || status === 200) return { kind: "told" };
  const words = [why, ...reasonsIn(json).map(({ message }) => message)].join(", ");
  const isFinal = status !== null && status >= 400 && status < 500 && status !== 429 && status !== 408;
  return { kind: isFinal ? "refused" : "not-told", why: words };
}
