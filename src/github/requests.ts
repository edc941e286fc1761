/** Asking GitHub: one request with its time limit, its tries and its budget. The client itself is loaded when it is first asked. */

import type { getOctokit } from "@actions/github";
import { messageOf } from "../domain/error.ts";
import { duration } from "../domain/words.ts";
import { GitHubFailure } from "./github-failure.ts";
import { backoffMs, isPassing, limitedMs, type FailedRequest } from "../policy/retry.ts";
import { failureKind } from "./github-failure.ts";
import { throwIfAborted, wait } from "./waiting.ts";
import { wholeAnswers } from "./whole-answers.ts";

type Octokit = ReturnType<typeof getOctokit>;
type Request = Octokit["request"];

/** Given to every call: ends it in time. */
export interface RequestOptions {
  readonly request: { readonly signal: AbortSignal };
}

interface Answer<T> {
  readonly data: T;
  readonly headers: { readonly link?: string | undefined };
}

type Call<T> = (request: Request, options: RequestOptions) => Promise<Answer<T>>;

export interface RequestSettings {
  readonly apiUrl: string;
  /** A secret. */
  readonly token: string;
  /** For all that is asked together, in milliseconds. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** Default 10 s. */
  readonly requestMs?: number;
}

/** Asks with one budget for all. Everything throws `GitHubFailure`; `interrupted` when the signal is aborted. */
export interface Requests {
  /** Asked again as long as that may help. `act`: the end of "asking GitHub for …". */
  readonly read: <T>(act: string, call: Call<T>) => Promise<T>;
  /** Every page of a list. */
  readonly pages: <T>(
    act: string,
    call: (request: Request, page: Page, options: RequestOptions) => Promise<Answer<readonly T[]>>,
  ) => Promise<readonly T[]>;
  /**
   * What must not happen twice: asked again only where GitHub did nothing. Throws with `mayBeDone` where that is not known. `act`: the
   * end of "asking GitHub to …".
   */
  readonly write: <T>(act: string, call: Call<T>) => Promise<T>;
}

export interface Page {
  readonly per_page: number;
  readonly page: number;
}

const REQUEST_MS = 10_000;
const PER_PAGE = 100;
/** 10,000 entries; more than a pull request has comments. */
const MOST_PAGES = 100;

export function requestsTo(settings: RequestSettings): Requests {
  let loading: Promise<Octokit> | null = null;
  let deadline: number | null = null;
  const send = async <T>(act: string, call: Call<T>, repeatable: boolean): Promise<Answer<T>> => {
    loading ??= client(settings);
    const octokit = await loading;
    deadline ??= performance.now() + settings.budgetMs;
    return persist(`asking GitHub ${act}`, (options) => call(octokit.request, options), { ...settings, deadline, repeatable });
  };
  return {
    read: async (act, call) => (await send(`for ${act}`, call, true)).data,
    write: async (act, call) => (await send(`to ${act}`, call, false)).data,
    pages: async (act, call) => {
      const entries = [];
      for (let page = 1; page <= MOST_PAGES; page++) {
        const { data, headers } = await send(
          `for ${act}`,
          (request, options) => call(request, { per_page: PER_PAGE, page }, options),
          true,
        );
        if (!Array.isArray(data)) throw new GitHubFailure("unavailable", `asking GitHub for ${act}: it answered something that is no list`);
        entries.push(...data);
        // A full page without a word about the next one may come from a proxy that lost the word.
        if (!/rel="next"/.test(headers.link ?? "") && (headers.link !== undefined || data.length !== PER_PAGE)) return entries;
      }
      throw new GitHubFailure("refused", `asking GitHub for ${act}: there are more than ${MOST_PAGES * PER_PAGE}`);
    },
  };
}

async function client({ apiUrl, token }: RequestSettings): Promise<Octokit> {
  const { getOctokit } = await import("@actions/github");
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const octokit = getOctokit(token, { baseUrl: apiUrl, log: silent });
  const whole = wholeAnswers();
  // Hooks of this client share one object of options: what is said to the next one in line is not heard.
  octokit.hook.before("request", (options) => {
    options.request = { ...options.request, fetch: whole(options.request.fetch ?? fetch) };
  });
  return octokit;
}

/** Warnings of the client name addresses and would land in the log. */
function ignore(): void {}

interface Persistence extends RequestSettings {
  readonly deadline: number;
  readonly repeatable: boolean;
}

async function persist<T>(act: string, call: (options: RequestOptions) => Promise<T>, how: Persistence): Promise<T> {
  const began = performance.now();
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(how.signal);
    const left = how.deadline - performance.now();
    const limit = AbortSignal.timeout(Math.max(1, Math.min(how.requestMs ?? REQUEST_MS, Math.ceil(left))));
    try {
      return await call({ request: { signal: AbortSignal.any([how.signal, limit]) } });
    } catch (thrown) {
      throwIfAborted(how.signal);
      const failed = failedRequest(thrown, limit.aborted);
      if (failed === null) throw thrown;
      await beforeNext(act, failed, attempt, performance.now() - began, how);
    }
  }
}

/** Waits as long as makes sense; throws where another try makes none. */
async function beforeNext(act: string, failed: FailedRequest, attempt: number, tookMs: number, how: Persistence): Promise<void> {
  const limited = limitedMs(failed, Date.now());
  const passing = isPassing(failed);
  if (limited === null && !passing) {
    throw new GitHubFailure(failureKind(failed), `${act}: it answered ${failed.status}, ${failed.message}`);
  }
  if (passing && !how.repeatable) {
    await wait(Math.max(0, Math.min(backoffMs(attempt, Math.random()), how.deadline - performance.now())), how.signal); // whoever looks again need not hurry
    throw new GitHubFailure("unavailable", `${act}: ${failed.message}`, { mayBeDone: true });
  }
  const waitMs = limited ?? backoffMs(attempt, Math.random());
  if (performance.now() + waitMs >= how.deadline) {
    throw limited === null
      ? new GitHubFailure("unavailable", `${act}: ${failed.message}; asked ${attempt + 1} times in ${duration(tookMs)}`)
      : new GitHubFailure("rate-limited", `${act}: its limit is used up, and it wants to be left alone for ${duration(limited)}`);
  }
  await wait(waitMs, how.signal);
}

/** null: nothing that a request can do; a defect. */
function failedRequest(thrown: unknown, outOfTime: boolean): FailedRequest | null {
  if (outOfTime) return { status: null, headers: {}, message: "it did not answer in time" };
  if (!(thrown instanceof Error) || thrown.name !== "HttpError") return null;
  const response = "response" in thrown ? thrown.response : undefined;
  if (!isResponse(response)) return { status: null, headers: {}, message: `the connection broke (${oneLine(messageOf(thrown))})` };
  const said = isPassing({ ...response, message: "" }) ? `it answered ${response.status}` : oneLine(messageOf(thrown));
  return { status: response.status, headers: response.headers, message: said };
}

function isResponse(value: unknown): value is Pick<FailedRequest, "headers"> & { readonly status: number } {
  return typeof value === "object" && value !== null && "status" in value && typeof value.status === "number" && "headers" in value;
}

/** What GitHub, or a proxy in front of it, says: never a page, never more than a line, without the address of its documentation. */
function oneLine(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .replace(/ - https:\/\/\S+$/, "")
    .trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
