/** A GitHub in memory, as small as the decisions need it: pull requests, people, comments, workflow runs. It keeps the truth that the bot is held against. */

import type { Effect } from "../../../bot/core/effect.ts";
import type { BotEvent, Claimed, CommentMade, Happening, RuleAsked } from "../../../bot/core/event.ts";
import type { EnvironmentPolicy, Facts, PullFacts } from "../../../bot/core/facts.ts";
import type { Person, Request } from "../../../bot/core/request.ts";
import type { RepositoryState } from "../../../bot/core/state.ts";

export const PEOPLE: readonly Person[] = ["ada", "ben", "cleo", "dan", "eve"].map((login, at) => ({ id: at + 1, login }));

interface WorldPull {
  head: string;
  base: string;
  state: "open" | "closed" | "merged";
  author: Person;
  movers: number[];
  changed: number;
}

export interface WorldRun {
  readonly id: number;
  readonly request: string;
  readonly job: "plan" | "run";
  readonly command: string;
  readonly sha: string;
  /** Belay's own id. */
  readonly run: string;
  granted: boolean;
  reported: boolean;
  completed: boolean;
}

/** A run of an ordinary workflow, with a job that waits at an environment. */
export interface WorldDeploy {
  readonly id: number;
  attempt: number;
  readonly sha: string;
  readonly environment: string;
  readonly pull: number | null;
  readonly actor: Person;
  over: boolean;
  /** What its job was told for good, by attempt. */
  readonly answers: Map<number, string>;
}

export class World {
  now = Date.parse("2026-03-01T00:00:00.000Z");
  readonly pulls = new Map<number, WorldPull>();
  readonly writers = new Set(PEOPLE.slice(0, 4).map(({ id }) => id));
  readonly comments: CommentMade[] = [];
  readonly runs: WorldRun[] = [];
  readonly deploys: WorldDeploy[] = [];
  /** Buttons that were pressed, by request. */
  readonly presses: { readonly request: string; readonly by: number }[] = [];
  /** What was last read to let a deployment through, by request. */
  readonly rechecks = new Map<string, Facts>();
  /** Requests that a comment answers to, and comments that got an answer. */
  readonly answered = new Set<number>();
  readonly environments: Record<string, EnvironmentPolicy> = {
    prod: policy("prod", 2),
    staging: policy("staging", 1),
    dev: policy("dev", 0),
    live: { ...policy("live", 1), needs: "dev" },
  };
  policySha = "p".repeat(40);
  /** What the default branch's newest commit ever was. */
  readonly policyShas = new Set([this.policySha]);
  #last = 100;

  constructor() {
    for (const number of [1, 2]) {
      this.pulls.set(number, {
        head: sha(number),
        base: "main",
        state: "open",
        author: PEOPLE[0] ?? { id: 0, login: "" },
        movers: [1],
        changed: 0,
      });
    }
  }

  next(): number {
    return (this.#last += 1);
  }

  at(): string {
    return new Date(this.now).toISOString();
  }

  event(happening: Happening): BotEvent {
    return { at: this.at(), ...happening };
  }

  comment(pull: number, author: Person, body: string): CommentMade {
    const createdAt = new Date(Math.floor(this.now / 1000) * 1000).toISOString();
    const made: CommentMade = { kind: "comment", comment: this.next(), pull, author, body, createdAt };
    this.comments.push(made);
    return made;
  }

  pull(number: number, action: string, by: number): Happening {
    const pull = this.#pull(number);
    pull.changed = this.next();
    const { head, base, state, author } = pull;
    return { kind: "pull", pull: number, action, head, base, baseSha: sha(9), author, isFork: false, state, by, updatedAt: time(pull) };
  }

  push(number: number, by: number): Happening {
    const pull = this.#pull(number);
    pull.head = sha(this.next());
    pull.movers = [...pull.movers, by];
    return this.pull(number, "synchronize", by);
  }

  #pull(number: number): WorldPull {
    const pull = this.pulls.get(number);
    if (pull === undefined) throw new Error(`the world has no pull request ${number}`);
    return pull;
  }

  facts(number: number | null, asker: number): Facts {
    return {
      at: this.at(),
      standing: true,
      permission: this.writers.has(asker) ? "write" : "read",
      pull: number === null ? null : this.#pullFacts(this.#pull(number)),
      policy: { kind: "read", sha: this.policySha, branch: "main", tree: "t", environments: { ...this.environments } },
      writers: [...this.writers],
      members: {},
      obstacles: {},
    };
  }

  #pullFacts(pull: WorldPull): PullFacts {
    const { head, base, state, author, movers } = pull;
    return {
      head,
      base,
      baseSha: sha(9),
      author,
      isFork: false,
      state,
      updatedAt: time(pull),
      pushers: [],
      movers: [...movers],
      tree: `tree-${head}`,
    };
  }

  /** What an effect does, however often; gives the events that tell of it. */
  perform(effect: Effect, state: RepositoryState): readonly Happening[] {
    switch (effect.kind) {
      case "consult": {
        const { origin, about } = effect;
        const asker = origin.kind === "comment" ? origin.author.id : origin.by.id;
        return [{ kind: "consulted", about, origin, facts: this.facts(origin.pull, asker) }];
      }
      case "dispatch":
        return [this.#dispatch(effect)];
      case "answer":
        this.answered.add(effect.comment);
        return [];
      case "check": {
        const request = state.requests.get(effect.request);
        const plan = request?.plan ?? null;
        if (plan === null || plan.shownAt !== null) return [];
        return [{ kind: "shown", request: effect.request, digest: plan.digest }];
      }
      case "consult-rule":
        return [this.#ruleRead(effect)];
      case "recheck": {
        const { about, request: id } = effect;
        const request = state.requests.get(id);
        if (request === undefined) return [];
        const facts = this.facts(request.pull, request.requester.id);
        this.rechecks.set(id, facts);
        return [{ kind: "rechecked", about, request: id, facts }];
      }
      case "rule":
        this.#answer(effect);
        return [];
      default:
        return [];
    }
  }

  /** A push to the default branch, or to a pull request's, that starts a workflow with a protected job. */
  deploy(environment: string, pull: number | null, actor: Person): Happening {
    const commit = pull === null ? sha(this.next()) : this.#pull(pull).head;
    const made: WorldDeploy = { id: this.next(), attempt: 1, sha: commit, environment, pull, actor, over: false, answers: new Map() };
    this.deploys.push(made);
    return this.asksRule(made);
  }

  asksRule({ id, environment, attempt }: WorldDeploy): Happening {
    return { kind: "rule", workflowRun: id, environment, deployment: id * 10 + attempt };
  }

  #ruleRead({ about, origin }: Extract<Effect, { kind: "consult-rule" }>): Happening {
    const deploy = this.deploys.find(({ id }) => id === origin.workflowRun);
    if (deploy === undefined) return this.#ownRule(about, origin);
    const { attempt, sha: commit, over: isOver, actor, pull } = deploy;
    const run = { attempt, sha: commit, title: "Deploy", isOver, isOurs: false, actors: [actor], pull };
    return { kind: "rule-read", about, origin, run, facts: this.facts(pull, actor.id) };
  }

  #ownRule(about: string, origin: RuleAsked): Happening {
    const own = this.runs.find(({ id }) => id === origin.workflowRun);
    const title = own === undefined ? "" : `belay ${own.command} ${origin.environment} ${own.request}`;
    const run = own && { attempt: 1, sha: own.sha, title, isOver: own.completed, isOurs: true, actors: [], pull: null };
    return { kind: "rule-read", about, origin, run: run ?? null, facts: this.facts(null, 0) };
  }

  /** GitHub takes one last word for what waits. */
  #answer({ workflowRun, attempt, state }: Extract<Effect, { kind: "rule" }>): void {
    const deploy = this.deploys.find(({ id }) => id === workflowRun);
    if (deploy === undefined || state === null || deploy.over || deploy.attempt !== attempt) return;
    const known = deploy.answers.get(attempt);
    if (known !== undefined && known !== state) throw new Error(`deployment ${workflowRun} was ${known} and is ${state}`);
    deploy.answers.set(attempt, state);
  }

  /** GitHub starts one each time: it is up to the bot that a second one is harmless. */
  #dispatch(effect: Extract<Effect, { kind: "dispatch" }>): Happening {
    const { request, job, command, sha: commit, askedAt } = effect;
    const id = this.next();
    this.runs.push({ id, request, job, command, sha: commit, run: `run-${id}`, granted: false, reported: false, completed: false });
    return { kind: "dispatched", request, job, askedAt, workflowRun: id };
  }

  claim(run: WorldRun, request: Request, attempt = 1): Claimed {
    const { id, command, sha: commit } = run;
    return {
      kind: "claim",
      request: run.request,
      command,
      environment: request.environment,
      sha: commit,
      digest: run.job === "plan" ? null : (request.plan?.digest ?? null),
      targets: request.targets,
      run: run.run,
      workflowRun: id,
      attempt,
      jti: `jti-${this.next()}`,
      facts: this.facts(request.pull, request.requester.id),
    };
  }
}

function policy(name: string, required: number): EnvironmentPolicy {
  const rollback = { required: 1, allowSelfApproval: true };
  const approvals = required === 0 ? null : { required, from: [], allowSelfApproval: false, expireMs: 3_600_000, rollback };
  return { name, digest: `policy-${name}`, githubEnvironment: name, approvals, windows: [], needs: null, require: [] };
}

/** GitHub's time of the last change, in order. */
function time({ changed }: WorldPull): string {
  return new Date(changed * 1000).toISOString();
}

function sha(of: number): string {
  return String(of).padStart(40, "0");
}
