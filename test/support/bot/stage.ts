/** A bot and a GitHub, both over HTTP on loopback: signed webhooks one way, the API and identity tokens the other. */

import { sign } from "@octokit/webhooks-methods";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import Database from "better-sqlite3";

import { type RunningBot, startBot } from "../../../bot/bot.ts";
import type { Request } from "../../../bot/core/request.ts";
import { jobEnvironment } from "../../../bot/core/job-environment.ts";
import { jsonLog } from "../../../bot/log.ts";
import { readSettings } from "../../../bot/settings.ts";
import { LeanGitHub, type Leaner } from "../github/lean.ts";
import { CheckedOutProject } from "../github/repository.ts";
import { FakeGitHub } from "../github/server.ts";
import type { CheckRun, PullRequest, WorkflowRun } from "../github/state.ts";

export const SECRET = "a-secret-of-forty-characters-and-more-1234";
const APP_ID = 4711;
const INSTALLATION = 99;
/** One for all: making one takes longer than a test. */
const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: Readonly<Record<string, unknown>>;
}

export class Stage implements AsyncDisposable {
  readonly project = new CheckedOutProject();
  readonly logged: string[] = [];
  readonly url: string;
  readonly github: FakeGitHub;
  /** Where the bot finds GitHub; null: at its own address. */
  #apiUrl: string | null = null;
  #bot: RunningBot | null = null;
  readonly #clock: Clock;

  private constructor(github: FakeGitHub, port: number, project: CheckedOutProject, clock: Clock) {
    this.github = github;
    this.#clock = clock;
    this.url = `http://127.0.0.1:${port}`;
    this.project[Symbol.dispose]();
    this.project = project;
  }

  /** `environment`: lines of the environment `prod`, which may need to know where the project lies. */
  static async open(environment: string | ((project: CheckedOutProject) => string)): Promise<Stage> {
    const port = await freePort();
    const project = new CheckedOutProject();
    const lines = typeof environment === "string" ? environment : environment(project);
    project.write(
      "belay.yml",
      `bot: http://127.0.0.1:${port}\nenvironments:\n  prod:\n    github-environment: production\n${lines.replace(/^/gm, "    ")}\n`,
    );
    project.commit("Belay");
    const clock = new Clock();
    const github = await FakeGitHub.start(project.directory, { now: clock.now });
    github.install(APP_ID, "belay");
    github.state.environment("production");
    for (const login of ["ada", "ben", "cleo"]) {
      github.state.user(login);
      github.state.writers.add(login);
    }
    const stage = new Stage(github, port, project, clock);
    await stage.start();
    return stage;
  }

  /** What the bot is started with. */
  get variables(): Readonly<Record<string, string>> {
    return {
      APP_ID: String(APP_ID),
      PRIVATE_KEY: KEY,
      WEBHOOK_SECRET: SECRET,
      BELAY_URL: this.url,
      BELAY_STORE: `sqlite:${this.storePath}`,
      PORT: new URL(this.url).port,
      METRICS_PORT: "0",
      GITHUB_API_URL: this.#apiUrl ?? this.github.url,
      OIDC_ISSUER: this.github.issuer,
    };
  }

  async start(): Promise<void> {
    const settings = readSettings(this.variables);
    this.#bot = await startBot(
      settings,
      jsonLog(
        "info",
        (line) => this.logged.push(line),
        () => new Date(),
      ),
      this.#clock.now,
    );
  }

  /** From now on the bot finds another GitHub before the fake one, which says less. */
  async behind(leaner: readonly Leaner[]): Promise<LeanGitHub> {
    await this.stop();
    const lean = await LeanGitHub.before(this.github.url, leaner);
    this.#apiUrl = lean.url;
    await this.start();
    return lean;
  }

  get storePath(): string {
    return join(this.project.outside, "bot.db");
  }

  /** So much time passes, for the bot and for GitHub. What time alone changes the bot does once it is started again. */
  pass(ms: number): void {
    this.#clock.pass(ms);
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#bot?.metricsPort}/metrics`;
  }

  async stop(): Promise<void> {
    await this.#bot?.stop();
    this.#bot = null;
  }

  /** A pull request of `ada` with one change. */
  openPull(branch = "change", migration = "001_x.sql", sql = "create table x(id integer);\n"): PullRequest {
    const base = this.project.head();
    const sha = this.project.branch(branch, () => this.project.write(`migrations/${migration}`, sql));
    this.project.git("checkout", "--quiet", "main");
    const pull = this.github.state.openPull({ author: "ada", branch, sha, base });
    this.github.state.pushes.push({ id: this.github.state.nextId(), branch, by: this.github.state.user("ada") });
    return pull;
  }

  async deliver(name: string, payload: object, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const body = JSON.stringify(payload);
    const answer = await fetch(`${this.url}/api/github/webhooks`, {
      method: "POST",
      body,
      headers: {
        "x-github-event": name,
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": await sign(SECRET, body),
        "content-type": "application/json",
        ...headers,
      },
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Somebody writes a comment; gives its number. */
  async say(pull: PullRequest, login: string, body: string): Promise<number> {
    const comment = this.github.state.comment(pull.number, login, body);
    await this.deliver("issue_comment", this.commentPayload(pull, comment.id));
    return comment.id;
  }

  commentPayload(pull: PullRequest, id: number, action = "created"): object {
    const comment = this.github.state.comments.find((each) => each.id === id);
    if (comment === undefined) throw new Error(`there is no comment ${id}`);
    const { author } = comment;
    return {
      action,
      issue: { number: pull.number, pull_request: {} },
      comment: { id, body: comment.body, created_at: comment.createdAt, user: author, performed_via_github_app: null },
      sender: author,
      ...this.#common(),
    };
  }

  #common() {
    const { repository } = this.github.state;
    return {
      repository: { id: repository.id, name: repository.name, owner: { login: repository.owner.login } },
      installation: { id: INSTALLATION },
    };
  }

  runPayload(run: WorkflowRun, status: "in_progress" | "completed"): object {
    const { id, attempt, event, title } = run;
    return {
      action: status,
      workflow_run: { id, run_attempt: attempt, status, display_title: title, event },
      sender: run.actor,
      ...this.#common(),
    };
  }

  pullPayload(pull: PullRequest, action: string, by: string): object {
    const { repository } = this.github.state;
    const repo = { id: repository.id };
    return {
      action,
      number: pull.number,
      pull_request: {
        head: { ref: pull.head.branch, sha: pull.head.sha, repo },
        base: { ref: pull.base.branch, sha: pull.base.sha, repo },
        state: pull.state,
        merged_at: pull.merged?.at ?? null,
        updated_at: this.github.state.now(),
        user: pull.author,
      },
      sender: this.github.state.user(by),
      ...this.#common(),
    };
  }

  /** A job of this run waits at GitHub's environment. The address in it is nobody's to call. */
  rulePayload(run: WorkflowRun, environment: string): object {
    const { repository } = this.github.state;
    const path = `/repos/${repository.owner.login}/${repository.name}/actions/runs/${run.id}/deployment_protection_rule`;
    return {
      action: "requested",
      environment,
      event: run.event,
      deployment_callback_url: `https://callback.invalid${path}`,
      deployment: { id: run.id * 10 + run.attempt, sha: run.sha, ref: run.branch, task: "deploy", environment },
      pull_requests: [],
      sender: run.actor,
      ...this.#common(),
    };
  }

  /** Somebody has all checks of a commit run again. */
  againPayload(sha: string): object {
    return { action: "rerequested", check_suite: { head_sha: sha }, sender: this.github.state.user("ada"), ...this.#common() };
  }

  /** Somebody pushed to the default branch. */
  pushPayload(sha: string, modified: readonly string[]): object {
    const common = this.#common();
    const repository = { ...common.repository, default_branch: "main" };
    return { ref: "refs/heads/main", after: sha, deleted: false, commits: [{ added: [], modified, removed: [] }], ...common, repository };
  }

  /** The merge queue tries a pull request: a commit of its own, on top of the base. */
  groupPayload(pull: PullRequest, sha: string, action = "checks_requested"): object {
    const ref = `refs/heads/gh-readonly-queue/main/pr-${pull.number}-${pull.base.sha}`;
    const group = { head_sha: sha, head_ref: ref, base_sha: pull.base.sha, base_ref: "refs/heads/main" };
    return { action, merge_group: group, sender: this.github.state.user("ada"), ...this.#common() };
  }

  /** Somebody presses a button of a check run. */
  async press(login: string, check: CheckRun, identifier: string, delivery: string = randomUUID()): Promise<number> {
    const payload = {
      action: "requested_action",
      check_run: { id: check.id, external_id: check.externalId, head_sha: check.sha },
      requested_action: { identifier },
      sender: this.github.state.user(login),
      ...this.#common(),
    };
    return this.deliver("check_run", payload, { "x-github-delivery": delivery });
  }

  /** Claims a grant as the job of a dispatched run would; `claims`: what its identity token says otherwise. */
  async claim(run: WorkflowRun, body: object, claims: Readonly<Record<string, unknown>> = {}, audience = this.url): Promise<Answer> {
    const token = await this.identityToken(run, claims, audience);
    return this.post("/api/grants", token, body);
  }

  /** What GitHub's issuer says of the job of a dispatched run. */
  identityOf(run: WorkflowRun): Readonly<Record<string, unknown>> {
    const { repository } = this.github.state;
    const inputs = this.github.state.inputs.get(run.id) ?? {};
    return {
      repository_id: String(repository.id),
      repository: `${repository.owner.login}/${repository.name}`,
      event_name: "workflow_dispatch",
      ref: "refs/heads/main",
      workflow_ref: `${repository.owner.login}/${repository.name}/${run.path}@refs/heads/main`,
      actor_id: String(run.actor.id),
      environment: jobEnvironment("production", inputs["command"] ?? ""),
      run_id: String(run.id),
      run_attempt: String(run.attempt),
    };
  }

  async identityToken(run: WorkflowRun, claims: Readonly<Record<string, unknown>> = {}, audience = this.url): Promise<string> {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = this.github.idToken({
      ...this.identityOf(run),
      ...claims,
    });
    const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, { headers: { authorization: `Bearer ${token}` } });
    const { value } = (await answer.json()) as { value: string };
    return value;
  }

  async post(path: string, token: string, body: object): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, retryAfter: answer.headers.get("retry-after"), json: text === "" ? {} : JSON.parse(text) };
  }

  /** Waits until something is there; fails after ten seconds. */
  async until<T>(what: string, find: () => T | undefined): Promise<T> {
    for (let waited = 0; waited < 15_000; waited += 20) {
      const found = find();
      if (found !== undefined) return found;
      await pause(20);
    }
    const { comments, reactions } = this.github.state;
    throw new Error(
      `${what} did not come; comments: ${JSON.stringify(comments)}; reactions: ${JSON.stringify(reactions)}; ${this.logged.join("")}`,
    );
  }

  /** Waits until the bot knows itself that people can read this request's plan: what is written from now on may approve it. */
  async shown(id: string): Promise<void> {
    using store = new SqliteReader(this.storePath);
    await this.until(`the bot to know that ${id} can be read`, () => (store.request(id)?.plan?.shownAt ? true : undefined));
  }

  /** Waits until the bot has nothing to do. */
  async idle(): Promise<void> {
    for (let waited = 0; waited < 15_000; waited += 50) {
      const numbers = await (await fetch(this.metricsUrl)).text();
      if (/^belay_bot_inbox 0$/m.test(numbers) && /^belay_bot_outbox 0$/m.test(numbers)) return;
      await pause(50);
    }
    throw new Error("the bot is not done");
  }

  /** The bot's comment of the environment. */
  comment(): string {
    return this.github.state.comments.find(({ app, body }) => app !== null && body.startsWith("<!-- belay:1:env:"))?.body ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.github[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
  }
}

/** Looks into the bot's store beside it. */
class SqliteReader implements Disposable {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = new Database(path, { readonly: true });
  }

  request(id: string): Request | null {
    const row = this.#database
      .prepare<[string], { readonly body: string }>("select body from entity where kind = 'request' and id = ?")
      .get(id);
    return row === undefined ? null : (JSON.parse(row.body) as Request);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Time that a test can let pass. */
class Clock {
  #aheadMs = 0;

  readonly now = () => new Date(Date.now() + this.#aheadMs);

  pass(ms: number): void {
    this.#aheadMs += ms;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
