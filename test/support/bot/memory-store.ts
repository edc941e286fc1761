/** A store that keeps nothing, for tests with thousands of histories; held to the same contract as the real one. */

import { type AuditEntry, chained, NO_AUDIT } from "../../../bot/audit/chain.ts";
import type { ClaimAnswer } from "../../../bot/core/draft.ts";
import { effectKey } from "../../../bot/core/effect.ts";
import { type BotEvent, keyOf } from "../../../bot/core/event.ts";
import { NO_STATE, type RepositoryState } from "../../../bot/core/state.ts";
import type { BotStore, Incoming, Memo, OutboxEntry, Reducer, Repository } from "../../../bot/store/store.ts";

type Waiting = OutboxEntry & { readonly dueAt: string };

export class MemoryStore implements BotStore {
  readonly #repositories = new Map<number, Repository>();
  readonly #keys = new Map<string, ClaimAnswer | null>();
  readonly #inbox: Incoming[] = [];
  readonly #states = new Map<number, RepositoryState>();
  readonly #outbox = new Map<string, Waiting>();
  readonly #memos = new Map<string, Memo>();
  readonly #audit: AuditEntry[] = [];

  async receive(incoming: Incoming): Promise<boolean> {
    const { repository, event } = incoming;
    this.#repositories.set(repository.id, repository);
    const key = `${repository.id} ${keyOf(event)}`;
    if (this.#keys.has(key)) return false;
    this.#keys.set(key, null);
    this.#inbox.push(incoming);
    return true;
  }

  async step(reduce: Reducer, onDefect: (error: unknown, event: BotEvent) => void): Promise<boolean> {
    const incoming = this.#inbox.shift();
    if (incoming === undefined) return false;
    const { repository, event } = incoming;
    try {
      const { state, effects, audit, answer } = reduce(await this.state(repository.id), event);
      this.#states.set(repository.id, state);
      for (const effect of effects) {
        const key = `${repository.id} ${effectKey(effect)}`;
        const known = this.#outbox.get(key);
        const entry = { repository, key: effectKey(effect), effect, version: 1, attempts: 0, dueAt: event.at };
        this.#outbox.set(key, known === undefined ? entry : { ...known, effect, version: known.version + 1 });
      }
      for (const { kind, data } of audit) this.#chain(repository.id, event.at, kind, data);
      this.#keys.set(`${repository.id} ${keyOf(event)}`, answer);
    } catch (error) {
      this.#chain(repository.id, event.at, "defect", { event: keyOf(event) });
      onDefect(error, event);
    }
    return true;
  }

  #chain(repository: number, at: string, kind: string, data: unknown): void {
    const seq = this.#audit.length + 1;
    this.#audit.push(
      chained({ seq, at, repository, kind, data: JSON.parse(JSON.stringify(data)), previous: this.#audit.at(-1)?.hash ?? NO_AUDIT }),
    );
  }

  async answerTo(repository: number, key: string): Promise<ClaimAnswer | null> {
    return this.#keys.get(`${repository} ${key}`) ?? null;
  }

  async state(repository: number): Promise<RepositoryState> {
    return this.#states.get(repository) ?? NO_STATE;
  }

  async repositories(): Promise<readonly Repository[]> {
    return [...this.#repositories.values()];
  }

  async due(now: Date, limit: number, resting: readonly number[] = []): Promise<readonly OutboxEntry[]> {
    return this.#mayBeDone(resting)
      .filter(({ dueAt }) => dueAt <= now.toISOString())
      .slice(0, limit);
  }

  #mayBeDone(resting: readonly number[]) {
    return [...this.#outbox.values()].filter(
      ({ repository, effect }) => effect.kind === "cancel" || !resting.includes(repository.installation),
    );
  }

  async nextDue(resting: readonly number[] = []): Promise<Date | null> {
    const [first] = this.#mayBeDone(resting)
      .map(({ dueAt }) => dueAt)
      .toSorted();
    return first === undefined ? null : new Date(first);
  }

  async settle(entry: OutboxEntry, events: readonly BotEvent[], memo: Memo | null): Promise<void> {
    const key = `${entry.repository.id} ${entry.key}`;
    if (this.#outbox.get(key)?.version === entry.version) this.#outbox.delete(key);
    if (memo !== null) this.#memos.set(key, memo);
    for (const event of events) await this.receive({ repository: entry.repository, event, delivery: null });
  }

  async postpone({ repository, key }: OutboxEntry, until: Date): Promise<void> {
    const waiting = this.#outbox.get(`${repository.id} ${key}`);
    if (waiting === undefined) return;
    this.#outbox.set(`${repository.id} ${key}`, { ...waiting, dueAt: until.toISOString(), attempts: waiting.attempts + 1 });
  }

  async memo(repository: number, key: string): Promise<Memo | null> {
    return this.#memos.get(`${repository} ${key}`) ?? null;
  }

  async remember(repository: number, key: string, memo: Memo): Promise<void> {
    this.#memos.set(`${repository} ${key}`, memo);
  }

  async auditHead(): Promise<string> {
    return this.#audit.at(-1)?.hash ?? NO_AUDIT;
  }

  async *audit(): AsyncIterable<AuditEntry> {
    yield* this.#audit;
  }

  async counts() {
    return { inbox: this.#inbox.length, outbox: this.#outbox.size };
  }

  async forget(): Promise<void> {}

  async close(): Promise<void> {}
}
