/** One random life of a bot: what people, GitHub and crashes do to it, in an order that numbers decide; and what must hold all the time. */

import assert from "node:assert/strict";

import { verifyChain } from "../../../bot/audit/chain.ts";
import type { ClaimAnswer } from "../../../bot/core/draft.ts";
import { type BotEvent, type Happening, keyOf } from "../../../bot/core/event.ts";
import { holdUps } from "../../../bot/core/gates.ts";
import { reduce } from "../../../bot/core/reduce.ts";
import { isChanging, isOpen, mayMove, type Request } from "../../../bot/core/request.ts";
import type { Facts } from "../../../bot/core/facts.ts";
import type { RepositoryState } from "../../../bot/core/state.ts";
import type { BotStore, OutboxEntry } from "../../../bot/store/store.ts";
import { PEOPLE, World, type WorldRun } from "./world.ts";

const REPOSITORY = { id: 7, owner: "acme", name: "shop", installation: 1 };

export class History {
  readonly #store: BotStore;
  readonly #world = new World();
  /** Deliveries that GitHub has not made yet; it makes them in any order. */
  readonly #undelivered: BotEvent[] = [];
  readonly #delivered: BotEvent[] = [];
  readonly #choices: Iterator<number>;
  #before: ReadonlyMap<string, Request> = new Map();
  readonly #grants = new Map<string, number>();
  readonly #begun = new Set<string>();

  constructor(store: BotStore, choices: readonly number[]) {
    this.#store = store;
    this.#choices = choices[Symbol.iterator]();
  }

  /** Plays until there are no choices left, then lets everything come to rest. */
  async play(): Promise<RepositoryState> {
    for (let choice = this.#choices.next(); choice.done !== true; choice = this.#choices.next()) await this.#act(choice.value);
    await this.#rest();
    const state = await this.#store.state(REPOSITORY.id);
    await this.#atRest(state);
    return state;
  }

  #choose(count: number): number {
    const choice = this.#choices.next();
    return choice.done === true ? 0 : choice.value % count;
  }

  #one<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#choose(Math.max(1, items.length))];
  }

  async #act(choice: number): Promise<void> {
    const acts: readonly (() => Promise<unknown> | void)[] = [
      () => this.#say(),
      () => this.#say(),
      () => this.#approve(),
      () => this.#approve(),
      () => this.#move(),
      () => this.#people(),
      () => this.#deliver(),
      () => this.#deliver(),
      () => this.#deliverAgain(),
      () => this.#work(),
      () => this.#work(),
      () => this.#perform(),
      () => this.#perform(),
      () => this.#runActs(),
      () => this.#runActs(),
      () => this.#timePasses(),
      () => this.#deploys(),
      () => this.#press(),
      () => this.#settleDown(),
      () => this.#settleDown(),
      () => this.#asItShould(),
      () => this.#asItShould(),
      () => this.#asItShould(),
    ];
    await acts[choice % acts.length]?.();
  }

  async #say(): Promise<void> {
    const { requests } = await this.#store.state(REPOSITORY.id);
    const request = this.#one([...requests.values()])?.id ?? "r1";
    const lines = [
      "/migrate prod",
      "/migrate staging",
      "/migrate dev",
      "/migrate live",
      "/plan prod",
      "/rollback staging",
      "/recover prod",
      "/backup staging",
      "/runs prod",
      "/verify prod",
      `/cancel ${request}`,
      `/reject ${request} "no"`,
      '/lock prod "holiday"',
      '/unlock prod "back"',
      "/belay status",
      "looks good to me",
      "/deploy prod",
    ];
    this.#tell(this.#world.comment(1 + this.#choose(2), this.#person(), this.#one(lines) ?? ""));
  }

  async #approve(): Promise<void> {
    const { requests } = await this.#store.state(REPOSITORY.id);
    const open = [...requests.values()].filter(isOpen);
    const waiting = open.filter(({ state }) => state === "awaiting-approval");
    const request = this.#one(waiting.length > 0 ? waiting : open);
    if (request === undefined) return;
    if (request.pull === null) return this.#pressButton(request, "approve");
    this.#tell(this.#world.comment(request.pull, this.#person(), `/approve ${request.id}`));
  }

  async #press(): Promise<void> {
    const { requests } = await this.#store.state(REPOSITORY.id);
    const request = this.#one([...requests.values()].filter((each) => isOpen(each) || each.state === "migrated"));
    if (request !== undefined)
      this.#pressButton(request, this.#one(["approve", "approve", "reject", "rollback", "plan"] as const) ?? "approve");
  }

  #pressButton({ id }: Request, button: "approve" | "reject" | "rollback" | "plan"): void {
    const by = this.#person();
    this.#world.presses.push({ request: id, by: by.id });
    this.#tell({ kind: "button", check: this.#choose(50), request: id, button, by, press: `g-${this.#world.next()}` });
  }

  /** Ordinary workflows wait at environments, are run again, and end. */
  async #deploys(): Promise<void> {
    const { deploys, runs } = this.#world;
    const known = this.#one(deploys);
    const act = this.#choose(8);
    if (act === 0 && known !== undefined) {
      known.over = true;
      return this.#tell({ kind: "workflow-run", workflowRun: known.id, attempt: known.attempt, status: "completed", title: "" });
    }
    if (act === 1 && known !== undefined) {
      known.over = false;
      known.attempt += 1;
      return this.#tell(this.#world.asksRule(known));
    }
    const own = this.#one(runs);
    if (act === 2 && own !== undefined)
      return this.#tell({
        kind: "rule",
        workflowRun: own.id,
        environment: this.#one(["prod", "prod-plan", "staging"]) ?? "",
        deployment: own.id,
      });
    this.#tell(this.#world.deploy(this.#one(["prod", "staging", "dev", "nowhere"]) ?? "", this.#one([null, 1, 2]) ?? null, this.#person()));
  }

  #move(): void {
    const number = 1 + this.#choose(2);
    const pull = this.#world.pulls.get(number);
    if (pull === undefined) return;
    const by = this.#person().id;
    const act = this.#choose(6);
    if (act < 3) return this.#tell(this.#world.push(number, by));
    if (act === 3) pull.state = pull.state === "open" ? "closed" : pull.state === "closed" ? "open" : "merged";
    if (act === 4 && pull.state === "open") pull.state = "merged";
    if (act === 5) pull.base = pull.base === "main" ? "next" : "main";
    this.#tell(this.#world.pull(number, act === 5 ? "edited" : "closed", by));
    if (act === 4) this.#queue(number);
  }

  #queue(pull: number): void {
    const head = String(this.#world.next()).padStart(40, "9");
    const action = this.#choose(2) === 0 ? ("checks_requested" as const) : ("destroyed" as const);
    this.#tell({ kind: "merge-group", action: "checks_requested", head, pull: this.#choose(5) === 0 ? null : pull });
    if (action === "destroyed") this.#tell({ kind: "merge-group", action, head, pull });
    this.#tell({ kind: "policy-pushed", sha: head });
    this.#tell({ kind: "again", sha: head });
  }

  #people(): void {
    const { id } = this.#person();
    const { writers, environments } = this.#world;
    if (this.#choose(4) === 0) {
      const prod = environments["prod"];
      this.#world.policySha = String(this.#world.next()).padStart(40, "p");
      this.#world.policyShas.add(this.#world.policySha);
      if (prod !== undefined) environments["prod"] = { ...prod, digest: `policy-prod-${this.#world.next()}` };
    } else if (writers.has(id) && writers.size > 3) writers.delete(id);
    else writers.add(id);
  }

  #person() {
    return this.#one(PEOPLE) ?? { id: 0, login: "" };
  }

  #tell(happening: Happening): void {
    this.#undelivered.push(this.#world.event(happening));
  }

  async #deliver(): Promise<void> {
    const [event] = this.#undelivered.splice(this.#choose(Math.max(1, this.#undelivered.length)), 1);
    if (event === undefined) return;
    this.#delivered.push(event);
    await this.#receive(event);
  }

  async #deliverAgain(): Promise<void> {
    const event = this.#one(this.#delivered);
    if (event === undefined) return;
    assert.equal(await this.#receive(event), false, "an event that is known was kept again");
  }

  #receive(event: BotEvent): Promise<boolean> {
    return this.#store.receive({ repository: REPOSITORY, event, delivery: null });
  }

  async #work(): Promise<boolean> {
    const worked = await this.#store.step(reduce, (error) => {
      throw error;
    });
    if (worked) this.#hold(await this.#store.state(REPOSITORY.id));
    return worked;
  }

  /** Done, and often forgotten: whoever comes after a crash does it again. */
  async #perform(crashes = true): Promise<boolean> {
    const due = await this.#store.due(new Date(this.#world.now), 20);
    const entry = this.#one(due);
    if (entry === undefined) return false;
    await this.#performOne(entry, crashes && this.#choose(3) === 0);
    return true;
  }

  async #performOne(entry: OutboxEntry, crash: boolean): Promise<void> {
    const events = this.#world.perform(entry.effect, await this.#store.state(REPOSITORY.id)).map((each) => this.#world.event(each));
    if (!crash) await this.#store.settle(entry, events, null);
  }

  /** A workflow run does the next thing it would do, or one that it should not. */
  async #runActs(): Promise<void> {
    const run = this.#one(this.#world.runs);
    if (run === undefined) return;
    const request = (await this.#store.state(REPOSITORY.id)).requests.get(run.request);
    if (request === undefined) return;
    const act = this.#choose(8);
    if (act < 3) return this.#claim(run, request, act === 2 ? 2 : 1);
    if (act < 6) return this.#report(run);
    run.completed = true;
    const title = `belay ${run.command} ${request.environment} ${request.id}`;
    this.#tell({ kind: "workflow-run", workflowRun: run.id, attempt: 1, status: "completed", title });
  }

  async #claim(run: WorldRun, request: Request, attempt: number): Promise<void> {
    if (run.completed) return;
    const event = this.#world.event(this.#world.claim(run, request, attempt));
    await this.#receive(event);
    while (await this.#work());
    const answer = await this.#store.answerTo(REPOSITORY.id, keyOf(event));
    if (answer?.kind === "granted") await this.#mayBeGranted(run, attempt, answer);
  }

  /** What the world knows, held against what the bot let through. */
  async #mayBeGranted(run: WorldRun, attempt: number, { request }: Extract<ClaimAnswer, { kind: "granted" }>): Promise<void> {
    const key = `${run.request}:${run.job}`;
    assert.equal(attempt, 1, "a re-run was granted");
    assert.equal(this.#grants.get(key) ?? run.id, run.id, "two workflow runs were granted one request");
    const isFirst = !this.#grants.has(key);
    this.#grants.set(key, run.id);
    run.granted = true;
    if (!isFirst) return;
    const pull = this.#world.pulls.get(request.pull ?? 0);
    if (RUNS_APPROVED.has(request.command))
      assert.ok(this.#isApproved(run.sha), "what asks nobody else was granted for a commit that nobody approved");
    else assert.equal(run.sha, pull?.head, "a run was granted for another commit than the head");
    if (run.job === "run" && request.command === "migrate") this.#begun.add(run.sha);
    if (run.job === "plan") return;
    if (request.command === "migrate" && request.environment === "live") await this.#hadBefore(request);
    const required = this.#world.environments[request.environment]?.approvals?.required ?? 0;
    if (request.command !== "migrate" || required === 0) return;
    this.#hasApprovals(request, required, this.#world.facts(request.pull, 0));
  }

  /** `live` needs `dev`: the same commit, or the same migrations. */
  async #hadBefore({ id, sha, migrations }: Request): Promise<void> {
    const { requests } = await this.#store.state(REPOSITORY.id);
    const before = [...requests.values()].filter(
      ({ command, environment, state }) =>
        command === "migrate" && environment === "dev" && (state === "migrated" || state === "up-to-date"),
    );
    const isThere = before.some((each) => each.sha === sha || (migrations !== null && each.migrations === migrations));
    assert.ok(isThere, `${id} ran before dev had the same`);
  }

  /** Of what was let run before, or the default branch's own: whatever the pull request has by now. */
  #isApproved(sha: string): boolean {
    return this.#begun.has(sha) || this.#world.policyShas.has(sha);
  }

  /** Enough people who may, and who had nothing to do with it, said so after they could read what it is about, and not too long before `at`. */
  #hasApprovals({ id, requester, plan, pull, approvals }: Request, required: number, facts: Facts, at = this.#world.now): void {
    const { author, movers } = facts.pull ?? {};
    const excluded = new Set([requester.id, ...(pull === null ? [] : [author?.id ?? 0, ...(movers ?? [])])]);
    const typed = this.#world.comments.filter(
      ({ body, createdAt }) =>
        body === `/approve ${id}` &&
        Date.parse(createdAt) > Date.parse(plan?.shownAt ?? "9999") - 1_000 &&
        Date.parse(createdAt) > at - 3_600_000,
    );
    const pressed = this.#world.presses.filter(({ request }) => request === id);
    const yes = new Set([...typed.map(({ author: by }) => by.id), ...pressed.map(({ by }) => by)]);
    const counted = [...new Set(approvals.map((each) => each.id))]
      .filter((by) => yes.has(by))
      .filter((by) => facts.writers.includes(by) && !excluded.has(by));
    assert.ok(counted.length >= required, `${id} went on without its approvals`);
  }

  /** A deployment was let through: as the world was when it was looked at for the last time. */
  #mayBeReleased(request: Request): void {
    const facts = this.#world.rechecks.get(request.id);
    assert.ok(facts?.policy.kind === "read", `${request.id} was let through unseen`);
    const { required = 0 } = facts.policy.environments[request.environment]?.approvals ?? {};
    this.#hasApprovals(request, required, facts, Date.parse(facts.at));
  }

  async #report(run: WorldRun): Promise<void> {
    if (!run.granted) return;
    const outcomes =
      run.job === "plan"
        ? ["planned", "planned", "planned", "failed"]
        : ["migrated", "undone", "refused", "needs-attention", "rolled-back"];
    const outcome = this.#one(outcomes) ?? "planned";
    const digest = run.job === "plan" ? `sha256:${run.request}` : null;
    const result = {
      outcome,
      digest,
      pending: this.#choose(8) === 0 ? 0 : 2,
      migrations: this.#one([null, "m1", "m2"]) ?? null,
      takesBack: null,
      ran: null,
      whole: null,
    };
    const told = { type: run.job === "plan" ? ("plan" as const) : ("result" as const), result };
    const seq = run.reported ? 1 + this.#choose(3) : 1;
    run.reported = true;
    await this.#receive(this.#world.event({ kind: "report", request: run.request, job: run.job, run: run.run, seq, told }));
  }

  async #timePasses(): Promise<void> {
    this.#world.now += [1_500, 30_000, 150_000, 700_000, 4_000_000][this.#choose(5)] ?? 0;
    await this.#receive(this.#world.event({ kind: "clock" }));
  }

  /** A workflow run that does what it should, and people who answer it, so that histories come to their ends. */
  async #asItShould(): Promise<void> {
    await this.#settleDown();
    const run = this.#one(this.#world.runs.filter(({ granted, completed }) => !granted && !completed));
    const request = run === undefined ? undefined : (await this.#store.state(REPOSITORY.id)).requests.get(run.request);
    if (run !== undefined && request !== undefined) {
      await this.#claim(run, request, 1);
      await this.#report(run);
      await this.#settleDown();
    }
    await this.#approve();
    if (this.#choose(2) === 0) this.#world.now += 1_100;
    await this.#approve();
    await this.#settleDown();
  }

  /** Delivers and works until nothing moves: so that histories get somewhere. */
  async #settleDown(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      await this.#deliver();
      while (await this.#work());
      this.#world.now += 1_100;
      if (!(await this.#perform(this.#choose(3) === 0)) && this.#undelivered.length === 0) break;
    }
  }

  async #rest(): Promise<void> {
    for (let round = 0; round < 500; round++) {
      for (const event of this.#undelivered.splice(0)) await this.#receive(event);
      const worked = await this.#work();
      const [entry] = await this.#store.due(new Date(this.#world.now), 1);
      if (entry !== undefined) await this.#performOne(entry, false);
      else if (!worked) return;
    }
    assert.fail("it does not come to rest");
  }

  /** After every step. */
  #hold(state: RepositoryState): void {
    for (const request of state.requests.values()) {
      const before = this.#before.get(request.id);
      const legal = before === undefined || before.state === request.state || reaches(before.state, request.state);
      assert.ok(legal, `${request.id} went from ${before?.state} to ${request.state}`);
      if (request.state === "released" && before?.state !== "released") this.#mayBeReleased(request);
    }
    for (const environment of ["prod", "staging", "dev", "live"]) {
      const running = [...state.requests.values()].filter(
        (each) => each.environment === environment && each.state === "running" && isChanging(each),
      );
      assert.ok(running.length <= 1, `two runs at once in ${environment}`);
    }
    this.#before = state.requests;
  }

  async #atRest(state: RepositoryState): Promise<void> {
    assert.deepEqual(await this.#store.counts(), { inbox: 0, outbox: 0 });
    for (const { comment, body } of this.#world.comments) {
      const made = [...state.requests.values()].filter((request) => request.comment === comment);
      assert.ok(made.length <= 1, `comment ${comment} made ${made.length} requests`);
      if (!/^\/(?:migrate|plan|rollback|recover) /.test(body)) continue;
      const isForgotten = made.length === 0 && !this.#world.answered.has(comment);
      assert.ok(!isForgotten, `nothing came of comment ${comment}: ${body}`);
    }
    const approved = [...state.requests.values()].filter((each) => each.state === "approved");
    for (const request of approved.filter(({ jobs }) => jobs.run === null)) {
      const { environment, id } = request;
      const known = {
        requests: [...state.requests.values()],
        at: this.#world.at(),
        locks: (name: string) => state.environments.get(name)?.locks ?? [],
      };
      const why = holdUps(known, request);
      const isFirst = !known.requests.some((each) => each.environment === environment && isOpen(each) && each.jobs.run !== null);
      assert.ok(why.length > 0 || request.rule?.askedAt, `${id} waits for nothing`);
      assert.ok(!isFirst || why.some(({ code }) => code !== "queued") || request.rule?.askedAt, `${id} waits for one that cannot start`);
    }
    for (const { id, attempt, over, answers } of this.#world.deploys) {
      const waits = [...state.requests.values()].some(({ rule, state: now }) => rule?.workflowRun === id && isOpen({ state: now }));
      assert.ok(over || waits || answers.has(attempt), `nobody told deployment ${id} anything`);
      const isApproved = answers.get(attempt) === "approved";
      const released = [...state.requests.values()].some(
        ({ rule, state: now }) => rule?.workflowRun === id && rule.attempt === attempt && now === "released",
      );
      assert.ok(!isApproved || released, `deployment ${id} went on without a request that let it`);
    }
    const entries = [];
    for await (const entry of this.#store.audit()) entries.push(entry);
    assert.equal((await verifyChain(entries, [await this.#store.auditHead()])).kind, "whole");
    assert.deepEqual(
      entries.filter(({ kind }) => kind === "defect"),
      [],
    );
  }
}

/** They need no approval but that of whoever asks, and have a URL that may write, or could be asked for by anybody. */
const RUNS_APPROVED: ReadonlySet<string> = new Set(["recover", "rollback", "backup", "runs"]);

/** One event may move a request twice: a claim that comes before the dispatch is known. */
function reaches(from: Request["state"], to: Request["state"]): boolean {
  const between = ["requested", "planning", "awaiting-approval", "approved"] as const;
  return mayMove(from, to) || between.some((middle) => mayMove(from, middle) && mayMove(middle, to));
}
