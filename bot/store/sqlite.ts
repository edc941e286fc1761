/** The store in one SQLite file: WAL, synced in full, one writer. Webhooks that come together are committed together. */

import Database from "better-sqlite3";
import { type AuditEntry, chained, NO_AUDIT } from "../audit/chain.ts";
import type { ClaimAnswer } from "../core/draft.ts";
import { type BotEvent, keyOf } from "../core/event.ts";
import type { RepositoryState } from "../core/state.ts";
import { differenceBetween, type EntityRow, stateOf } from "./entities.ts";
import { SqliteOutbox } from "./sqlite-outbox.ts";
import { auditEntries } from "./sqlite-record.ts";
import { bringUpToDate } from "./sqlite-schema.ts";
import { statements } from "./statements.ts";
import type { BotStore, Incoming, Memo, OutboxEntry, Reducer, Repository } from "./store.ts";

interface Waiting {
  readonly incoming: Incoming;
  readonly settle: (isNew: boolean) => void;
  readonly fail: (error: unknown) => void;
  /** By `performance.now()`. */
  readonly until: number;
}

/** Milliseconds that this process stands still while another one holds the file (somebody's `sqlite3`); after it others are served. */
const BUSY_MS = 50;
/** So long a webhook is tried to be kept: whoever sent it is gone then. */
const KEEPING_MS = 5_000;
const AGAIN_MS = 50;
/** What comes within so long after a sync of the disk waits for the next: while it syncs, this process does nothing else. */
const TOGETHER_MS = 10;

export class SqliteStore implements BotStore {
  readonly #database: Database.Database;
  readonly #sql: ReturnType<typeof statements>;
  readonly #outbox: SqliteOutbox;
  readonly #transaction: <T>(work: () => T) => T;
  #arriving: Waiting[] = [];
  /** By `performance.now()`. */
  #syncedAt = -Infinity;

  /** `path`: of the file, which is made where there is none; `:memory:` keeps nothing. Throws the refusal `store-newer`. */
  constructor(path: string) {
    const database = new Database(path, { timeout: BUSY_MS });
    database.pragma("journal_mode = wal");
    database.pragma("synchronous = full");
    bringUpToDate(database);
    this.#database = database;
    this.#sql = statements(database);
    this.#outbox = new SqliteOutbox(database);
    this.#transaction = (work) => database.transaction(work).immediate();
  }

  /** The first is written at once; all that arrive on its heels share one sync of the disk. Rejects when the file is held by another for too long. */
  receive(incoming: Incoming): Promise<boolean> {
    return new Promise((settle, fail) => {
      this.#arriving.push({ incoming, settle, fail, until: performance.now() + KEEPING_MS });
      if (this.#arriving.length > 1) return;
      const wait = TOGETHER_MS - (performance.now() - this.#syncedAt);
      if (wait <= 0) setImmediate(() => this.#commitArriving());
      else setTimeout(() => this.#commitArriving(), wait);
    });
  }

  #commitArriving(): void {
    const arriving = this.#arriving;
    this.#arriving = [];
    if (arriving.length === 0) return;
    try {
      const isNew = this.#transaction(() => arriving.map(({ incoming }) => this.#keep(incoming)));
      this.#syncedAt = performance.now();
      for (const [at, { settle }] of arriving.entries()) settle(isNew[at] === true);
    } catch (error) {
      const now = performance.now();
      const mayWait = ({ until }: Waiting) => isBusy(error) && this.#database.open && until > now;
      for (const each of arriving) if (!mayWait(each)) each.fail(error);
      this.#arriving = arriving.filter(mayWait);
      if (this.#arriving.length > 0) setTimeout(() => this.#commitArriving(), AGAIN_MS);
    }
  }

  #keep({ repository, event, delivery }: Incoming): boolean {
    const { id, owner, name, installation } = repository;
    this.#sql(
      `insert into repository (id, owner, name, installation) values (?, ?, ?, ?)
         on conflict (id) do update set owner = excluded.owner, name = excluded.name, installation = excluded.installation
         where (owner, name, installation) <> (excluded.owner, excluded.name, excluded.installation)`,
    ).run(id, owner, name, installation);
    const { changes } = this.#sql(
      "insert into inbox (repository, key, delivery, received_at, body) values (?, ?, ?, ?, ?) on conflict do nothing",
    ).run(id, keyOf(event), delivery, event.at, JSON.stringify(event));
    return changes === 1;
  }

  async step(reduce: Reducer, onDefect: (error: unknown, event: BotEvent) => void, most = 1): Promise<boolean> {
    const waiting = this.#sql<{ seq: number; repository: number; body: string }>(
      "select seq, repository, body from inbox where worked_at is null order by seq limit ?",
    ).all(most);
    if (waiting.length === 0) return false;
    const defects: (readonly [unknown, BotEvent])[] = [];
    // One sync of the disk for all of them; each in a transaction of its own inside, so that one that goes wrong takes no other along.
    this.#transaction(() => {
      for (const { seq, repository, body } of waiting) {
        const event = JSON.parse(body) as BotEvent;
        try {
          this.#transaction(() => this.#work(seq, repository, event, reduce));
        } catch (error) {
          // What the disk refuses is no defect of the event's.
          if (error instanceof Database.SqliteError) throw error;
          this.#putAside(seq, repository, event);
          defects.push([error, event]);
        }
      }
    });
    for (const [error, event] of defects) onDefect(error, event);
    return true;
  }

  #work(seq: number, repository: number, event: BotEvent, reduce: Reducer): void {
    const before = this.#load(repository);
    const { state, effects, audit, answer } = reduce(before, event);
    const { put, gone } = differenceBetween(before, state);
    const upsert = this.#sql(
      "insert into entity (repository, kind, id, body) values (?, ?, ?, ?) on conflict do update set body = excluded.body",
    );
    for (const { kind, id, body } of put) upsert.run(repository, kind, id, body);
    const remove = this.#sql("delete from entity where repository = ? and kind = ? and id = ?");
    for (const { kind, id } of gone) remove.run(repository, kind, id);
    for (const effect of effects) this.#outbox.add(repository, effect, event.at);
    for (const { kind, data } of audit) this.#chain(repository, event.at, kind, data);
    if (event.kind === "clock") this.#sql("delete from inbox where seq = ?").run(seq); // nobody tells the time again
    else this.#workedOn(seq, event.at, answer);
  }

  #putAside(seq: number, repository: number, event: BotEvent): void {
    this.#chain(repository, event.at, "defect", { event: keyOf(event) });
    this.#workedOn(seq, event.at, null);
  }

  /** The key stays, so that the same is known again; what it said is not needed any more. */
  #workedOn(seq: number, at: string, answer: ClaimAnswer | null): void {
    const text = answer === null ? null : JSON.stringify(answer);
    this.#sql("update inbox set worked_at = ?, body = null, answer = ? where seq = ?").run(at, text, seq);
  }

  #load(repository: number): RepositoryState {
    return stateOf(this.#sql<EntityRow>("select kind, id, body from entity where repository = ? order by kind, id").all(repository));
  }

  #chain(repository: number, at: string, kind: string, data: unknown): void {
    const last = this.#sql<{ seq: number; hash: string }>("select seq, hash from audit order by seq desc limit 1").get();
    // As it will be read again: what JSON drops is not in the hash either.
    const text = JSON.stringify(data);
    const entry = chained({ seq: (last?.seq ?? 0) + 1, at, repository, kind, data: JSON.parse(text), previous: last?.hash ?? NO_AUDIT });
    this.#sql("insert into audit (seq, at, repository, kind, data, previous, hash) values (?, ?, ?, ?, ?, ?, ?)").run(
      entry.seq,
      at,
      repository,
      kind,
      text,
      entry.previous,
      entry.hash,
    );
  }

  async answerTo(repository: number, key: string): Promise<ClaimAnswer | null> {
    const row = this.#sql<{ answer: string | null }>("select answer from inbox where repository = ? and key = ?").get(repository, key);
    return row === undefined || row.answer === null ? null : (JSON.parse(row.answer) as ClaimAnswer);
  }

  async state(repository: number): Promise<RepositoryState> {
    return this.#load(repository);
  }

  async repositories(): Promise<readonly Repository[]> {
    return this.#sql<Repository>("select id, owner, name, installation from repository order by id").all();
  }

  async due(now: Date, limit: number, resting: readonly number[] = []): Promise<readonly OutboxEntry[]> {
    return this.#outbox.due(now, limit, resting);
  }

  async nextDue(resting: readonly number[] = []): Promise<Date | null> {
    return this.#outbox.nextDue(resting);
  }

  async settle(entry: OutboxEntry, events: readonly BotEvent[], memo: Memo | null): Promise<void> {
    this.#transaction(() => {
      this.#outbox.remove(entry);
      if (memo !== null) this.#outbox.remember(entry.repository.id, entry.key, memo);
      for (const event of events) this.#keep({ repository: entry.repository, event, delivery: null });
    });
  }

  async postpone(entry: OutboxEntry, until: Date, why: string): Promise<void> {
    this.#outbox.postpone(entry, until, why);
  }

  async memo(repository: number, key: string): Promise<Memo | null> {
    return this.#outbox.memo(repository, key);
  }

  async auditHead(): Promise<string> {
    return this.#sql<{ hash: string }>("select hash from audit order by seq desc limit 1").get()?.hash ?? NO_AUDIT;
  }

  async remember(repository: number, key: string, memo: Memo): Promise<void> {
    this.#outbox.remember(repository, key, memo);
  }

  async *audit(): AsyncIterable<AuditEntry> {
    yield* auditEntries(this.#sql);
  }

  async counts(): Promise<{ readonly inbox: number; readonly outbox: number }> {
    const count = (sql: string) => this.#sql<{ n: number }>(sql).get()?.n ?? 0;
    return { inbox: count("select count(*) n from inbox where worked_at is null"), outbox: count("select count(*) n from outbox") };
  }

  async forget(before: Date): Promise<void> {
    this.#sql("delete from inbox where worked_at is not null and worked_at < ?").run(before.toISOString());
    // Several a minute, for each repository: found by their key.
    this.#sql(
      `delete from inbox where repository in (select id from repository) and key >= 'clock:' and key < 'clock;' and worked_at is not null`,
    ).run();
  }

  async close(): Promise<void> {
    this.#commitArriving();
    this.#database.close();
    for (const { fail } of this.#arriving) fail(new Error("the store was closed"));
    this.#arriving = [];
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}
