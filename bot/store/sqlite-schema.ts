/** The tables of the bot's own database, each version by the statements that lead to it. Never changed, only added to. */

import type { Database } from "better-sqlite3";
import { refusal } from "../../src/domain/error.ts";

const VERSIONS: readonly string[] = [
  `
  create table repository (
    id integer primary key, owner text not null, name text not null, installation integer not null
  ) strict;
  create table inbox (
    seq integer primary key autoincrement, repository integer not null, key text not null, delivery text, received_at text not null,
    body text, worked_at text, answer text, unique (repository, key)
  ) strict;
  create index inbox_waiting on inbox (seq) where worked_at is null;
  create index inbox_worked on inbox (worked_at) where worked_at is not null;
  create table entity (
    repository integer not null, kind text not null, id text not null, body text not null, primary key (repository, kind, id)
  ) strict, without rowid;
  create table outbox (
    repository integer not null, key text not null, priority integer not null, seq integer not null, version integer not null,
    body text not null, due_at text not null, attempts integer not null, why text, primary key (repository, key)
  ) strict, without rowid;
  create index outbox_due on outbox (due_at, priority, seq);
  create table memo (
    repository integer not null, key text not null, body text not null, primary key (repository, key)
  ) strict, without rowid;
  create table audit (
    seq integer primary key, at text not null, repository integer not null, kind text not null, data text not null,
    previous text not null, hash text not null
  ) strict;
  create trigger audit_keeps before update on audit begin select raise(abort, 'the audit record is only added to'); end;
  create trigger audit_stays before delete on audit begin select raise(abort, 'the audit record is only added to'); end;
  `,
];

/** Brings the database up to date. Throws the refusal `store-newer` for one that a newer bot has written. */
export function bringUpToDate(database: Database): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > VERSIONS.length) {
    throw refusal("store-newer", `the bot's store has version ${version}, and this bot knows ${VERSIONS.length}`, {
      hint: "start the bot that wrote it, or a newer one",
    });
  }
  const upgrade = database.transaction(() => {
    for (const statements of VERSIONS.slice(version)) database.exec(statements);
    database.pragma(`user_version = ${VERSIONS.length}`);
  });
  upgrade.immediate();
}
