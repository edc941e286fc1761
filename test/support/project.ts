/** A small production in a temporary folder, on SQLite: a database of realistic shape in a project's folder. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { Workplace } from "./workplace.ts";

export { APPLICATION, CLI, type Ended } from "./workplace.ts";

export class Project extends Workplace {
  readonly database = join(this.directory, "app.db");

  /** SQL through the database's own program. */
  sql(script: string, database = this.database): string {
    return sqlite3(script, database);
  }

  dump(database = this.database): string {
    return this.sql(".dump", database);
  }
}

export function sqlite3(script: string, database: string): string {
  return execFileSync("sqlite3", ["-bail", database], { input: script, encoding: "utf8", maxBuffer: 1 << 28 });
}

/**
 * Organisations, users, bookings and payments with foreign keys, indexes, a view, a trigger, text, numbers, blobs and NULLs;
 * `bookings` is the largest table.
 */
export function bookingTables(bookings: number, journalMode: "wal" | "delete"): string {
  return `
    pragma journal_mode = ${journalMode};
    begin;
    create table organizations(id integer primary key, name text not null collate nocase unique, mail_username text);
    create table users(
      id integer primary key autoincrement, org_id integer references organizations(id) on delete cascade,
      email text not null unique, display_name text, created_at text not null default current_timestamp, avatar blob);
    create table bookings(
      id integer primary key, user_id integer not null references users(id), starts_at text not null,
      price numeric(10,2) check (price >= 0), note text);
    create table payments(booking_id integer not null references bookings(id), no integer not null, amount real not null, primary key (booking_id, no)) without rowid;
    create table setting(key text primary key, value text);
    create table audit(at text, what text);
    create index bookings_by_user on bookings(user_id, starts_at);
    create index open_bookings on bookings(starts_at) where note is null;
    create view revenue as select user_id, sum(price) as total from bookings group by user_id;
    create trigger users_audit after update of email on users begin insert into audit values ('now', 'email of ' || old.id); end;
    insert into organizations select value, 'Organisation ' || value, 'mail' || value || '@example.org' from generate_series(1, 20);
    insert into users(org_id, email, display_name, avatar)
      select 1 + value % 20, 'user' || value || '@example.org', 'Ünï ' || value, randomblob(16) from generate_series(1, max(1, ${bookings} / 10));
    insert into bookings select value, 1 + value % max(1, ${bookings} / 10), date('2026-01-01', value || ' minutes'), value % 500 + 0.5, iif(value % 3, 'note ' || value, null)
      from generate_series(1, ${bookings});
    insert into payments select id, 1, price from bookings where id % 2;
    insert into setting values ('ORG_NAME', 'Example'), ('CURRENCY', 'CAD');
    commit;
  `;
}

export function bookingDatabase(project: Project, bookings = 2000, journalMode: "wal" | "delete" = "wal"): void {
  project.sql(bookingTables(bookings, journalMode));
}
