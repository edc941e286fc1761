/** The outbox in SQLite: what is to be done outside, by key, and what was found there. */

import type { Database } from "better-sqlite3";
import { type Effect, effectKey } from "../core/effect.ts";
import { statements } from "./statements.ts";
import type { Memo, OutboxEntry, Repository } from "./store.ts";

/** What decides comes before what only shows. */
const PRIORITY: Readonly<Record<Effect["kind"], number>> = {
  cancel: 0,
  consult: 0,
  "consult-rule": 0,
  recheck: 0,
  rule: 0,
  dispatch: 0,
  react: 1,
  check: 2,
  answer: 2,
  comment: 3,
  "head-check": 3,
  "group-check": 3,
  deployment: 3,
};

interface Row extends Omit<Repository, "id"> {
  readonly repository: number;
  readonly key: string;
  readonly version: number;
  readonly body: string;
  readonly attempts: number;
}

/** Of an installation that rests nothing but the end of a workflow run: what waits of it must not stand before what waits of others. */
const MAY_BE_DONE = "(r.installation not in (select value from json_each(?)) or o.key glob 'cancel:*')";

export class SqliteOutbox {
  readonly #sql: ReturnType<typeof statements>;

  constructor(database: Database) {
    this.#sql = statements(database);
    // Whoever had the store before may have been at work on any of these: what is there of them is looked for first.
    this.#sql("update outbox set attempts = max(attempts, 1)").run();
  }

  /** One that waits already is replaced in its place; one that is being done right now will be done again. */
  add(repository: number, effect: Effect, at: string): void {
    this.#sql(
      `insert into outbox (repository, key, priority, seq, version, body, due_at, attempts)
         values (?, ?, ?, (select coalesce(max(seq), 0) + 1 from outbox), 1, ?, ?, 0)
         on conflict do update set body = excluded.body, version = version + 1`,
    ).run(repository, effectKey(effect), PRIORITY[effect.kind], JSON.stringify(effect), at);
  }

  due(now: Date, limit: number, resting: readonly number[]): readonly OutboxEntry[] {
    const rows = this.#sql<Row>(
      `select o.repository, r.owner, r.name, r.installation, o.key, o.version, o.body, o.attempts
         from outbox o join repository r on r.id = o.repository
         where o.due_at <= ? and ${MAY_BE_DONE} order by o.priority, o.seq limit ?`,
    ).all(now.toISOString(), JSON.stringify(resting), limit);
    return rows.map(({ repository: id, owner, name, installation, key, version, body, attempts }) => ({
      repository: { id, owner, name, installation },
      key,
      effect: JSON.parse(body) as Effect,
      version,
      attempts,
    }));
  }

  nextDue(resting: readonly number[]): Date | null {
    const row = this.#sql<{ due: string | null }>(
      `select min(o.due_at) due from outbox o join repository r on r.id = o.repository where ${MAY_BE_DONE}`,
    ).get(JSON.stringify(resting));
    return row === undefined || row.due === null ? null : new Date(row.due);
  }

  remove({ repository, key, version }: OutboxEntry): void {
    this.#sql("delete from outbox where repository = ? and key = ? and version = ?").run(repository.id, key, version);
  }

  postpone({ repository, key }: OutboxEntry, until: Date, why: string): void {
    this.#sql("update outbox set due_at = ?, attempts = attempts + 1, why = ? where repository = ? and key = ?").run(
      until.toISOString(),
      why,
      repository.id,
      key,
    );
  }

  remember(repository: number, key: string, memo: Memo): void {
    this.#sql("insert into memo (repository, key, body) values (?, ?, ?) on conflict do update set body = excluded.body").run(
      repository,
      key,
      JSON.stringify(memo),
    );
  }

  memo(repository: number, key: string): Memo | null {
    const row = this.#sql<{ body: string }>("select body from memo where repository = ? and key = ?").get(repository, key);
    return row === undefined ? null : (JSON.parse(row.body) as Memo);
  }
}
