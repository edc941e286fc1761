/** One question to the bot: bounded in time, never sent elsewhere by a redirect, and asked again as long as that may help. */

import { messageOf } from "../../domain/error.ts";
import { backoffMs, isPassing } from "../../policy/retry.ts";
import { fetchThroughProxy } from "../through-proxy.ts";
import { throwIfAborted, wait } from "../waiting.ts";

export interface BotQuestion {
  readonly url: string;
  /** Sent as JSON by POST; undefined: GET. */
  readonly body?: object;
  /** The bearer token. A secret. */
  readonly token?: string;
}

/** `status` null: there was no whole answer, and `why` says what went wrong on the way. */
export interface BotAnswer {
  readonly status: number | null;
  /** undefined: the body is no JSON. */
  readonly json: unknown;
  readonly why: string;
  /** How long the bot wants to be left alone; null: it does not say. */
  readonly retryAfterMs: number | null;
}

/** Asks once. `limitMs`: of waiting for the whole answer. Throws only an interruption. */
async function askOnce({ url, body, token }: BotQuestion, limitMs: number, signal: AbortSignal): Promise<BotAnswer> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const ask = await fetchThroughProxy();
    const answer = await ask(url, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.any([signal, limit]),
    });
    const json = jsonOf(await answer.text());
    return { status: answer.status, json, why: `it answered ${answer.status}`, retryAfterMs: secondsIn(answer.headers.get("retry-after")) };
  } catch (error) {
    throwIfAborted(signal);
    const why = limit.aborted ? `it did not answer within ${limitMs / 1000} s` : `there is no connection (${connectionError(error)})`;
    return { status: null, json: undefined, why, retryAfterMs: null };
  }
}

export interface Patience {
  /** For all tries together. */
  readonly budgetMs: number;
  /** For one. */
  readonly askMs: number;
  readonly signal: AbortSignal;
}

export interface Persisted {
  readonly answer: BotAnswer;
  readonly tries: number;
}

/** Asks until there is an answer that another try would not change; gives the last one. `question` is made anew for each try. */
export async function askAgain(question: () => Promise<BotQuestion>, { budgetMs, askMs, signal }: Patience): Promise<Persisted> {
  const deadline = performance.now() + budgetMs;
  for (let tries = 1; ; tries++) {
    const left = Math.max(1, deadline - performance.now());
    const answer = await askOnce(await question(), Math.ceil(Math.min(askMs, left)), signal);
    const mayPass = answer.status === 429 || isPassing({ ...answer, headers: {}, message: "" });
    const waitMs = answer.retryAfterMs ?? backoffMs(tries - 1, Math.random());
    if (!mayPass || performance.now() + waitMs >= deadline) return { answer, tries };
    await wait(waitMs, signal);
  }
}

function secondsIn(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What the network said: `fetch failed` tells nobody anything. */
function connectionError(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError && cause.errors[0] !== undefined) return messageOf(cause.errors[0]);
  return messageOf(cause ?? error);
}
