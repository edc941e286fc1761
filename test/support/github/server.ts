/** A GitHub that keeps state, over real HTTP on loopback. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { type Fault, type FaultAnswer, faultAnswer, Faults } from "./faults.ts";
import { GitRepository } from "./git.ts";
import { type IdTokenVariables, Issuer } from "./oidc.ts";
import { type Reply, Refusal, type Route } from "./route.ts";
import { ACTIONS } from "./routes-actions.ts";
import { APPS } from "./routes-app.ts";
import { CHECKS } from "./routes-checks.ts";
import { COMMENTS } from "./routes-comments.ts";
import { COMMITS } from "./routes-commits.ts";
import { CONTENTS } from "./routes-contents.ts";
import { DEPLOYMENTS } from "./routes-deployments.ts";
import { GRAPHQL } from "./routes-graphql.ts";
import { PEOPLE } from "./routes-people.ts";
import { PULLS } from "./routes-pulls.ts";
import { RULES } from "./routes-rules.ts";
import { GitHubState } from "./state.ts";
import { acceptedPermissions, authorize, type Token, Tokens } from "./tokens.ts";

const ROUTES: readonly Route[] = [
  ...APPS,
  ...CHECKS,
  ...COMMITS,
  ...CONTENTS,
  ...COMMENTS,
  ...PULLS,
  ...ACTIONS,
  ...DEPLOYMENTS,
  ...PEOPLE,
  ...RULES,
  ...GRAPHQL,
];

/** GitHub Enterprise Server's. */
const PREFIX = "/api/v3";

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, without the prefix. */
  readonly target: string;
  /** As GitHub's description names it; null: the fake does not know it. */
  readonly route: string | null;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** null: cut or never answered. */
  status: number | null;
}

export class FakeGitHub implements AsyncDisposable {
  readonly state: GitHubState;
  readonly tokens: Tokens;
  readonly faults = new Faults(ROUTES.map(({ name }) => name));
  /** Every request, in the order of arrival. */
  readonly requests: RecordedRequest[] = [];
  readonly #git: GitRepository;
  readonly identities = new Issuer();
  readonly #server: Server;
  readonly #defects: unknown[] = [];

  private constructor(directory: string, options: ConstructorParameters<typeof GitHubState>[0]) {
    this.state = new GitHubState(options);
    this.tokens = new Tokens(this.state);
    this.#git = new GitRepository(directory);
    this.#server = createServer((message, response) => {
      this.#serve(message, response).catch((error: unknown) => {
        // Who hung up before it had said everything is no defect of this server.
        if (message.complete) this.#defects.push(error);
        response.destroy();
      });
    });
  }

  /** `directory`: the git repository that it hosts as `acme/shop`. */
  static async start(directory: string, options: { readonly isPrivate?: boolean; readonly now?: () => Date } = {}): Promise<FakeGitHub> {
    const github = new FakeGitHub(directory, options);
    await new Promise<void>((resolve) => github.#server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  /** GITHUB_API_URL; with `/api/v3` at its end it is Enterprise Server's and answers the same. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the fake GitHub does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Lets a job ask for identity tokens with these claims. */
  idToken(claims: Readonly<Record<string, unknown>>): IdTokenVariables {
    return this.identities.grant(this.url, claims);
  }

  /** Where identity tokens come from, for whoever checks them. */
  get issuer(): string {
    return this.url;
  }

  /** The requests of one route. */
  requestsOf(route: string): RecordedRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  /** Throws what went wrong in the fake itself, so that no test takes it for a fault of the network. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#defects.length > 0)
      throw new AggregateError(this.#defects, "the fake GitHub is broken and answered some requests with nothing");
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const prefix = message.url?.startsWith(`${PREFIX}/`) === true ? PREFIX : "";
    const target = (message.url ?? "/").slice(prefix.length);
    const { route, params } = routed(message.method ?? "GET", new URL(target, this.url).pathname);
    const { method = "GET", headers } = message;
    const recorded: RecordedRequest = { method, target, route: route?.name ?? null, headers, body: await readText(message), status: null };
    this.requests.push(recorded);
    const fault = this.faults.next(recorded.route ?? "*");
    if (fault?.kind === "reset") message.socket.resetAndDestroy();
    if (fault?.kind === "reset" || fault?.kind === "hang") return;
    if (fault?.kind === "slow") await sleep(fault.ms);
    const answer = (fault === null ? null : faultAnswer(fault)) ?? (await this.#answer(recorded, this.url + prefix, route, params));
    send(response, answer, fault, recorded);
  }

  async #answer(
    request: RecordedRequest,
    base: string,
    route: Route | null,
    params: Readonly<Record<string, string>>,
  ): Promise<FaultAnswer> {
    const url = new URL(request.target, this.url);
    const authorization = request.headers["authorization"];
    const identity = this.identities.answer(this.url, url, typeof authorization === "string" ? authorization : undefined);
    if (identity !== null) return answered(200, identity, {});
    const headers: Record<string, string> = {};
    try {
      const token = this.tokens.of(typeof authorization === "string" ? authorization : undefined);
      count(token, request, headers);
      if (route === null) throw new Refusal(404, "Not Found");
      headers["x-accepted-github-permissions"] = acceptedPermissions(route.needs);
      this.#mustBeOurs(params);
      authorize(token, route.needs, this.state.repository.isPrivate);
      const common = {
        state: this.state,
        git: this.#git,
        params,
        query: url.searchParams,
        token,
        base,
        target: request.target,
        installationToken: () => this.#installationToken(),
      };
      return fresh(request, token, await route.handle({ ...common, body: parsed(request.body) }), headers);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, message, errors } = error;
      const documentation = { documentation_url: "https://docs.github.com/rest", status: String(status) };
      return answered(status, { message, ...(errors.length > 0 ? { errors } : {}), ...documentation }, headers);
    }
  }

  #installationToken(): string {
    const permissions = { actions: "write", checks: "write", contents: "read", deployments: "write", issues: "write" } as const;
    const more = { members: "read", pull_requests: "write", statuses: "read" } as const;
    return this.tokens.ofApp(this.state.app?.user.login ?? "", { ...permissions, ...more }).value;
  }

  /** Installs the app, by whose key and number a bot signs in. */
  install(id: number, slug: string): void {
    this.state.app = { id, installedAt: this.state.now(), slug, user: this.state.user(`${slug}[bot]`) };
  }

  #mustBeOurs({ owner, repo }: Readonly<Record<string, string>>): void {
    const { repository } = this.state;
    if (owner === undefined || repo === undefined) return;
    if (`${owner}/${repo}`.toLowerCase() !== `${repository.owner.login}/${repository.name}`) throw new Refusal(404, "Not Found");
  }
}

function routed(method: string, path: string): { readonly route: Route | null; readonly params: Readonly<Record<string, string>> } {
  for (const route of ROUTES) {
    const match = route.verb === method ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value ?? "")] as const);
    return { route, params: Object.fromEntries(params) };
  }
  return { route: null, params: {} };
}

/** Counts against the token's limit, except for the question how much is left; throws when it is used up. */
function count({ rate }: Token, { route }: RecordedRequest, headers: Record<string, string>): void {
  const usedUp = rate.used >= rate.limit;
  if (route !== "GET /rate_limit" && !usedUp) rate.used += 1;
  Object.assign(headers, rateHeaders(rate));
  if (usedUp && route !== "GET /rate_limit") throw new Refusal(403, "API rate limit exceeded for installation ID 1.");
}

function rateHeaders({ limit, used, reset }: Token["rate"]): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(limit - used),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(reset),
    "x-ratelimit-resource": "core",
  };
}

/** The answer with its ETag, or 304, which costs nothing, where the asker has it already. */
function fresh(request: RecordedRequest, { rate }: Token, reply: Reply, headers: Readonly<Record<string, string>>): FaultAnswer {
  if (reply.status === 204) return { status: 204, headers, body: "" };
  const { status, body, headers: sent } = answered(reply.status, reply.json, { ...headers, ...reply.headers });
  if (request.method !== "GET") return { status, headers: sent, body };
  const etag = `W/"${createHash("sha256").update(body).digest("hex")}"`;
  if (request.headers["if-none-match"] !== etag) return { status, headers: { ...sent, etag }, body };
  rate.used -= 1;
  return { status: 304, headers: { ...headers, ...rateHeaders(rate), etag }, body: "" };
}

function answered(status: number, json: unknown, headers: Readonly<Record<string, string>>): FaultAnswer {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(json ?? {}) };
}

function parsed(body: string): unknown {
  if (body === "") return null;
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

function send(response: ServerResponse, { status, headers, body }: FaultAnswer, fault: Fault | null, recorded: RecordedRequest): void {
  if (fault?.kind === "answer-lost") {
    response.socket?.resetAndDestroy();
    return;
  }
  recorded.status = status;
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, ...(body === "" ? {} : { "content-length": String(length) }) });
  if (fault?.kind === "cut-off") {
    response.write(body.slice(0, body.length / 2), () => response.destroy());
    return;
  }
  response.end(body);
}
