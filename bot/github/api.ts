/** GitHub's API as its published description types it: no request can be written that it does not allow. */

import type { paths } from "@octokit/openapi-types";
import type { Probot, ProbotOctokit } from "probot";
import { AskedOnce } from "../asked-once.ts";

type Verb = "get" | "post" | "patch" | "put" | "delete";
type PathWith<V extends Verb> = { [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never }[keyof paths];
type Operation<V extends Verb, P extends keyof paths> = V extends keyof paths[P] ? paths[P][V] : never;

type PathOf<O> = O extends { parameters: { path: infer T } } ? T : unknown;
type QueryOf<O> = O extends { parameters: { query?: infer T } } ? Partial<NonNullable<T>> : unknown;
type BodyOf<O> = O extends { requestBody?: { content: { "application/json": infer T } } } ? T : unknown;
export type ParametersOf<V extends Verb, P extends keyof paths> = PathOf<Operation<V, P>> &
  QueryOf<Operation<V, P>> &
  BodyOf<Operation<V, P>>;

type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Responses<V extends Verb, P extends keyof paths> = Operation<V, P> extends { responses: infer R } ? R : never;
export type AnswerOf<V extends Verb, P extends keyof paths> =
  Responses<V, P> extends { 200: infer Ok } ? Json<Ok> : Responses<V, P> extends { 201: infer Created } ? Json<Created> : undefined;

/** Of an answer that is a list, or has one among its parts. */
type ItemOf<A> = A extends readonly (infer I)[]
  ? I
  : { [K in keyof A]: NonNullable<A[K]> extends readonly (infer I)[] ? I : never }[keyof A];

/** One installation's right to ask. Throws Octokit's RequestError. */
export interface Api {
  <V extends Verb, P extends PathWith<V>>(verb: V, path: P, parameters: ParametersOf<V, P>): Promise<AnswerOf<V, P>>;
  /** Everything that a list has, as far as `MOST_PAGES` go: by the links from page to page, and by their numbers where there are none. */
  list<P extends PathWith<"get">>(path: P, parameters: ParametersOf<"get", P>): Promise<readonly ItemOf<AnswerOf<"get", P>>[]>;
  /** Every page of a list that has no numbers for them, only links from one to the next; at most so many, else it throws. */
  linked<P extends PathWith<"get">>(path: P, parameters: ParametersOf<"get", P>): Promise<AnswerOf<"get", P>>;
  /** GraphQL, for what REST does not tell. The answer is nobody's word for its shape: read it. */
  query(text: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Everything there is of a list; more than so many pages are nobody's. */
const MOST_PAGES = 50;
const PER_PAGE = 100;

/** null where GitHub says that there is no such thing, or that we may not see it. */
export async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

export function statusOf(error: unknown): number | null {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : null;
}

export interface App {
  /** For what is asked of one repository. */
  readonly installation: (id: number) => Promise<Api>;
  /** As the app itself. */
  readonly app: () => Promise<Api>;
}

const REQUEST_MS = 10_000;

/**
 * Probot signs in; what to try again, and when, is the outbox's business. Probot keeps a token for an hour, also one that GitHub has taken
 * back or that came in an answer that was cut off: after a 401 whoever asks next is signed in anew.
 */
export function connect(settings: ConnectSettings): App {
  let signingIn: Promise<Probot> | null = null;
  const known = new AskedOnce<number | undefined, Api>();
  const apiOf = (id?: number): Promise<Api> => {
    const current = (signingIn ??= probotOf(settings));
    const forget = () => {
      if (signingIn !== current) return;
      signingIn = null;
      known.clear();
    };
    return known.get(id, async () => asApi(await (await current).auth(id), forget));
  };
  return { installation: apiOf, app: () => apiOf() };
}

/** Loaded when GitHub is first asked: webhooks are taken half a second earlier. */
async function probotOf({ appId, privateKey, apiUrl, webhookSecret }: ConnectSettings): Promise<Probot> {
  const { Probot, ProbotOctokit } = await import("probot");
  // As a function: what Probot sets comes before it, and a plain object would be overruled.
  const Octokit = ProbotOctokit.defaults((given: object) => ({ ...given, throttle: { enabled: false }, retry: { enabled: false } }));
  return new Probot({ appId, privateKey, baseUrl: apiUrl, secret: webhookSecret, Octokit, logLevel: "fatal" });
}

export interface ConnectSettings {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly webhookSecret: string;
}

function asApi(octokit: ProbotOctokit, forget: () => void): Api {
  const withinTime = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(REQUEST_MS) });
  const watched = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (statusOf(error) === 401) forget();
      throw error;
    }
  };
  const rest = async <V extends Verb, P extends PathWith<V>>(verb: V, path: P, parameters: ParametersOf<V, P>) => {
    const { data, status } = await watched(
      octokit.request(`${verb.toUpperCase()} ${path}`, { ...Object(parameters), request: withinTime() }),
    );
    // What Octokit cannot read, a page of HTML or half an answer, it gives as a text: it may have been done, and nothing is known of it.
    if (typeof data === "string" && (status === 200 || status === 201))
      throw new TypeError(`GitHub's answer to ${verb} ${path} is no JSON`);
    // The description's word for what this route answers.
    return data as AnswerOf<V, P>;
  };
  const query = (text: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> =>
    watched(octokit.graphql(text, { ...variables, request: withinTime() }));
  const list = async <P extends PathWith<"get">>(path: P, parameters: ParametersOf<"get", P>) => {
    const items: unknown[] = [];
    const first = { ...Object(parameters), per_page: PER_PAGE };
    let asked: { readonly url: string } = { ...first, url: path };
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { data, headers } = await watched(octokit.request({ ...asked, method: "GET", request: withinTime() }));
      const found = itemsIn(data);
      items.push(...found);
      const next = nextIn(headers.link);
      if (next === null && found.length < PER_PAGE) break;
      asked = next === null ? { ...first, url: path, page: page + 1 } : { url: next };
    }
    return items as ItemOf<AnswerOf<"get", P>>[];
  };
  const linked = async <P extends PathWith<"get">>(path: P, parameters: ParametersOf<"get", P>) => {
    let left = MOST_PAGES;
    const asked = { ...Object(parameters), method: "GET" as const, url: path, per_page: PER_PAGE, request: withinTime() };
    const items: unknown = await octokit.paginate(asked, ({ data }) => {
      left -= 1;
      if (left < 0) throw new RangeError(`${path} has more than ${MOST_PAGES} pages`);
      return data;
    });
    return items as AnswerOf<"get", P>;
  };
  return Object.assign(rest, { query, list, linked });
}

/** RFC 8288, as far as GitHub uses it. */
function nextIn(link: string | undefined): string | null {
  return /<(?<next>[^<>]+)>;\s*rel="?next\b/u.exec(link ?? "")?.groups?.["next"] ?? null;
}

function itemsIn(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  const list = typeof data === "object" && data !== null ? Object.values(data).find(Array.isArray) : undefined;
  if (list === undefined) throw new TypeError("GitHub's answer is no list");
  return list;
}
