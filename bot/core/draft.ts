/** The next state while `reduce` makes it: what changed, what is to be done outside, what goes on record. */

import type { Answer } from "./answer.ts";
import { type Effect, effectKey } from "./effect.ts";
import { ruleAnswer } from "./rule-answer.ts";
import { moved, type Request, type RequestReason, type RequestState } from "./request.ts";
import type { EnvironmentState, Lock, MergeGroup, PullState, RepositoryState } from "./state.ts";

/** One line of the audit chain, before it is chained. */
export interface AuditNote {
  readonly kind: string;
  /** Plain JSON; never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a workflow run that claims its grant is told. */
export type ClaimAnswer =
  | { readonly kind: "granted"; readonly request: Request }
  | { readonly kind: "refused"; readonly status: 403 | 409; readonly reasons: readonly RequestReason[] };

export interface Step {
  readonly state: RepositoryState;
  /** Each key once. */
  readonly effects: readonly Effect[];
  readonly audit: readonly AuditNote[];
  /** Only for a claim. */
  readonly answer: ClaimAnswer | null;
}

export class Draft {
  /** When the event happened that is being worked on. */
  readonly at: string;
  #requests: ReadonlyMap<string, Request>;
  #environments: ReadonlyMap<string, EnvironmentState>;
  #pulls: ReadonlyMap<number, PullState>;
  #groups: ReadonlyMap<string, MergeGroup>;
  #last: number;
  readonly #effects = new Map<string, Effect>();
  readonly #answers = new Map<number, { readonly pull: number; readonly answers: Answer[] }>();
  readonly #audit: AuditNote[] = [];

  constructor(state: RepositoryState, at: string) {
    this.at = at;
    this.#requests = state.requests;
    this.#environments = state.environments;
    this.#pulls = state.pulls;
    this.#groups = state.groups;
    this.#last = state.last;
  }

  get requests(): readonly Request[] {
    return [...this.#requests.values()];
  }

  request(id: string): Request | null {
    return this.#requests.get(id) ?? null;
  }

  pull(number: number): PullState | null {
    return this.#pulls.get(number) ?? null;
  }

  locks(environment: string): readonly Lock[] {
    return this.#environments.get(environment)?.locks ?? [];
  }

  get environments(): readonly string[] {
    return [...new Set([...this.#environments.keys(), ...this.requests.map(({ environment }) => environment)])];
  }

  /** The name of the next request. */
  nextId(): string {
    this.#last += 1;
    return `r${this.#last}`;
  }

  put(request: Request): void {
    this.#requests = withEntry(this.#requests, request.id, request);
  }

  forget(id: string): void {
    this.#requests = withoutEntry(this.#requests, id);
  }

  putPull(number: number, pull: PullState): void {
    this.#pulls = withEntry(this.#pulls, number, pull);
  }

  get pulls(): ReadonlyMap<number, PullState> {
    return this.#pulls;
  }

  get groups(): ReadonlyMap<string, MergeGroup> {
    return this.#groups;
  }

  putGroup(head: string, group: MergeGroup): void {
    this.#groups = withEntry(this.#groups, head, group);
  }

  dropGroup(head: string): void {
    this.#groups = withoutEntry(this.#groups, head);
  }

  putLocks(environment: string, locks: readonly Lock[]): void {
    this.#environments =
      locks.length === 0 ? withoutEntry(this.#environments, environment) : withEntry(this.#environments, environment, { locks });
  }

  /** Moves a request on, puts it on record and shows it. Gives what it is now. */
  move(request: Request, to: RequestState, reasons: readonly RequestReason[] = []): Request {
    const now = moved(request, to, this.at, reasons);
    this.put(now);
    this.note("request", { request: now.id, from: request.state, to, reasons: reasons.map(({ code }) => code) });
    this.show(now);
    return now;
  }

  /** Everything that people see of a request is to be made anew. */
  show(request: Request): void {
    const { id, pull, environment, jobs, command } = request;
    this.add({ kind: "check", request: id });
    if (pull !== null) this.add({ kind: "comment", pull, environment });
    if (pull !== null) this.checkHeads(pull);
    // Only what brings something is one: `needs`, and others, read it as what an environment has.
    if (jobs.run !== null && command === "migrate") this.add({ kind: "deployment", request: id });
    const told = ruleAnswer(request);
    if (told !== null) this.add(told);
  }

  /** The check `belay` of a pull request, on its head and wherever the merge queue tries it. */
  checkHeads(pull: number): void {
    this.add({ kind: "head-check", pull });
    for (const [head, group] of this.#groups) if (group.pull === pull) this.add({ kind: "group-check", head, pull });
  }

  add(effect: Effect): void {
    this.#effects.set(effectKey(effect), effect);
  }

  /** Answers to one comment are one. */
  answer(comment: number, pull: number, answer: Answer): void {
    const known = this.#answers.get(comment);
    if (known === undefined) this.#answers.set(comment, { pull, answers: [answer] });
    else known.answers.push(answer);
  }

  note(kind: string, data: AuditNote["data"]): void {
    this.#audit.push({ kind, data });
  }

  step(answer: ClaimAnswer | null = null): Step {
    for (const [comment, { pull, answers }] of this.#answers) this.add({ kind: "answer", comment, pull, answers });
    return {
      state: { requests: this.#requests, environments: this.#environments, pulls: this.#pulls, groups: this.#groups, last: this.#last },
      effects: [...this.#effects.values()],
      audit: this.#audit,
      answer,
    };
  }
}

function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

function withoutEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
