import type { paths } from "@octokit/openapi-types";

import type { GitRepository } from "./git.ts";
import type { GitHubState } from "./state.ts";
import type { Token } from "./tokens.ts";

type Path = keyof paths;
type Verb = "get" | "post" | "patch" | "delete";
type Level = "read" | "write";

/** Any one of these permissions suffices; none: whoever may see the repository. */
export type Needs = readonly (readonly [permission: string, level: Level])[];

export interface Site {
  readonly state: GitHubState;
  readonly git: GitRepository;
}

export interface ApiRequest extends Site {
  /** The parts of the path, by their names in GitHub's description, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body as JSON; null where there is none. */
  readonly body: unknown;
  readonly token: Token;
  /** A new token of the app's installation. */
  readonly installationToken: () => string;
  /** What links start with: the address that this request came to, with its prefix. */
  readonly base: string;
  /** The path and query as they were asked for, without the prefix. */
  readonly target: string;
}

export interface Reply<Json = unknown> {
  readonly status: 200 | 201 | 202 | 204;
  readonly json: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** GitHub says no; thrown by routes. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly object[];

  constructor(status: number, message: string, errors: readonly object[] = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export interface Route {
  /** As GitHub's description writes it: `GET /repos/{owner}/{repo}`. */
  readonly name: string;
  readonly verb: string;
  readonly pattern: RegExp;
  readonly needs: Needs;
  readonly handle: (request: ApiRequest) => Promise<Reply>;
}

type Content<Response> = Response extends { content: { "application/json": infer Json } } ? Json : undefined;
type Responses<P extends Path, V extends Verb> = paths[P] extends { readonly [Each in V]: { responses: infer All } } ? All : never;
type Success<All> = All extends { 200: infer Ok } ? Content<Ok> : All extends { 201: infer Created } ? Content<Created> : undefined;

/** A route of GitHub's own description; what it answers is held to the published type. */
export function route<P extends Path, V extends Verb>(
  verb: V,
  path: P,
  needs: Needs,
  handle: (request: ApiRequest) => Promise<Reply<Success<Responses<P, V>>>> | Reply<Success<Responses<P, V>>>,
): Route {
  return {
    name: `${verb.toUpperCase()} ${path}`,
    verb: verb.toUpperCase(),
    pattern: pattern(path),
    needs,
    handle: async (request) => handle(request),
  };
}

/** These may hold slashes: a path, a branch, two of them. */
const WIDE = new Set(["path", "ref", "basehead"]);

function pattern(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${WIDE.has(name) ? ".+" : "[^/]+"})`);
  // A folder's contents are asked for with and without the last slash.
  return new RegExp(`^${source.replace("/(?<path>.+)", "(?:/(?<path>.*))?")}$`);
}

/** One page of a list, with the links to the others, as `per_page` (at most 100, 30 by default) and `page` say. */
export function page<Item>(request: ApiRequest, items: readonly Item[]): Reply<Item[]> {
  const perPage = Math.min(100, Math.max(1, Number(request.query.get("per_page") ?? 30)));
  const number = Math.max(1, Number(request.query.get("page") ?? 1));
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string) => {
    const url = new URL(request.base + request.target);
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, "prev"), link(1, "first")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
  ];
  return {
    status: 200,
    json: items.slice((number - 1) * perPage, number * perPage),
    headers: links.length === 0 ? {} : { link: links.join(", ") },
  };
}

export function ok<Json>(json: Json): Reply<Json> {
  return { status: 200, json };
}

export function created<Json>(json: Json): Reply<Json> {
  return { status: 201, json };
}

export function param({ params }: ApiRequest, name: string): string {
  return params[name] ?? "";
}

/** A text of the body; a body without it is refused as GitHub does, unless there is another that stands for it. */
export function text(request: ApiRequest, name: string, otherwise?: string): string {
  const value = field(request, name) ?? otherwise;
  if (typeof value !== "string") throw new Refusal(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export function field({ body }: ApiRequest, name: string): unknown {
  return typeof body === "object" && body !== null ? (Object.entries(body).find(([key]) => key === name)?.[1] ?? null) : null;
}

export function found<Item>(item: Item | null | undefined): Item {
  if (item === null || item === undefined) throw new Refusal(404, "Not Found");
  return item;
}
