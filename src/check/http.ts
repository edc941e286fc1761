/** Checks by a request to the application. */

import { setTimeout as pause } from "node:timers/promises";
import type { HttpCheck, HttpExpectation } from "../domain/check.ts";
import type { CheckContext, CheckReport } from "./check.ts";
import { meets, meetsPrinted } from "./expect.ts";
import { judgeJson } from "./json.ts";
import { recordText, shortened } from "./recorded.ts";
import { whyNoAnswer } from "./no-answer.ts";

/** More of an answer is not read. */
const MAX_BODY_BYTES = 1024 * 1024;
const PAUSE_MS = 200;
/** The last request within `within` is still given this long, else it would only say that time was over. */
const SHORTEST_TRY_MS = 1_000;

/**
 * Asks until the answer is right or `within` is over; each request has its own time limit, so that a server which hangs is asked again.
 * Redirects are not followed: the check is about the address it names, and an application that sends everybody to its error page would
 * pass otherwise.
 */
export async function runHttpCheck(check: HttpCheck, context: CheckContext): Promise<CheckReport> {
  const deadline = performance.now() + check.withinMs;
  for (let tries = 1; ; tries++) {
    context.signal.throwIfAborted();
    const leftMs = deadline - performance.now();
    const limitMs = check.withinMs === 0 ? check.timeoutMs : Math.min(check.timeoutMs, Math.max(leftMs, SHORTEST_TRY_MS));
    const verdict = await ask(check, limitMs, context.signal);
    const isLast = verdict.passed || performance.now() + PAUSE_MS >= deadline;
    if (isLast) {
      const patience = !verdict.passed && tries > 1 ? `, after ${tries} requests in ${check.withinMs / 1000} s` : "";
      const result = {
        name: check.name,
        phase: context.phase,
        passed: verdict.passed,
        expected: expectedOf(check.expect),
        actual: `${verdict.actual}${patience}`,
      };
      return { result, recorded: null };
    }
    await pauseUnlessAborted(context.signal);
  }
}

interface Verdict {
  readonly passed: boolean;
  readonly actual: string;
}

/** One request and its judgement. Throws only when aborted. */
async function ask(check: HttpCheck, limitMs: number, signal: AbortSignal): Promise<Verdict> {
  const began = performance.now();
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  try {
    const { url, headers } = withCredentials(check);
    const response = await fetch(url, {
      method: check.method,
      headers,
      body: check.send,
      redirect: "manual",
      signal: AbortSignal.any([signal, limit]),
    });
    const body = await readBody(response);
    return judge(check.expect, response, body, performance.now() - began);
  } catch (error) {
    signal.throwIfAborted();
    return { passed: false, actual: limit.aborted ? `no answer within ${Math.round(limitMs / 100) / 10} s` : whyNoAnswer(error) };
  }
}

/** `http://user:password@host/` as a request with an Authorization header; fetch refuses to see a password in a URL. */
function withCredentials(check: HttpCheck): { readonly url: URL; readonly headers: Headers } {
  const url = new URL(check.url);
  // A connection of its own for each request: the server may be another one by the next.
  const headers = new Headers({ connection: "close", ...check.headers });
  if (url.username !== "" || url.password !== "") {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    if (!headers.has("authorization")) headers.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
    url.username = "";
    url.password = "";
  }
  return { url, headers };
}

interface Body {
  readonly text: string;
  readonly complete: boolean;
}

async function readBody(response: Response): Promise<Body> {
  if (response.body === null) return { text: "", complete: true };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return { text: Buffer.concat(chunks).toString("utf8", 0, MAX_BODY_BYTES), complete: false };
  }
  return { text: Buffer.concat(chunks).toString("utf8"), complete: true };
}

function judge(expect: HttpExpectation, response: Response, body: Body, tookMs: number): Verdict {
  const status = describeStatus(response);
  const rightStatus = expect.status === null ? response.ok : response.status === expect.status;
  if (!rightStatus) return { passed: false, actual: `${status}${firstLine(body.text)}` };
  if (expect.underMs !== null && tookMs >= expect.underMs) return { passed: false, actual: `${status} after ${Math.round(tookMs)} ms` };
  if ((expect.body !== null || expect.json !== null) && !body.complete) {
    return { passed: false, actual: `${status} with more than 1 MiB, which cannot be judged as a whole` };
  }
  if (expect.body !== null) {
    const { passed, actual } = meetsPrinted(expect.body, body.text, body.text.trimEnd());
    if (!passed) return { passed, actual: `${status} with body ${actual}` };
  }
  if (expect.json !== null) {
    const difference = judgeJson(expect.json, body.text);
    if (difference !== null) return { passed: false, actual: `${status} with ${difference}` };
  }
  return { passed: true, actual: `${status} in ${Math.round(tookMs)} ms` };
}

function expectedOf({ status, body, json, underMs }: HttpExpectation): string {
  return [
    status === null ? "status 2xx" : `status ${status}`,
    ...(body === null ? [] : [`body ${meets(body, recordText(""), null).expected}`]),
    ...(json === null ? [] : [`JSON with ${shortened(JSON.stringify(json), 200)}`]),
    ...(underMs === null ? [] : [`in less than ${underMs} ms`]),
  ].join(", ");
}

function describeStatus(response: Response): string {
  const place = response.headers.get("location");
  return `status ${response.status}${place === null ? "" : ` to ${shortened(place, 120)}`}`;
}

function firstLine(text: string): string {
  const line = text.trim().split("\n")[0]?.trim() ?? "";
  return line === "" || line.startsWith("<") ? "" : `: ${shortened(line, 120)}`;
}

async function pauseUnlessAborted(signal: AbortSignal): Promise<void> {
  try {
    await pause(PAUSE_MS, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
