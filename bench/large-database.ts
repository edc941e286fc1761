/** The database that is measured on: organisations, users, bookings and payments, with the keys, references and indexes of an application. */

import { execFileSync } from "node:child_process";

/** Rows of `bookings`, the largest table; all tables together have 1.87 times as many. 2.7 million are about 400 MB. */
export const LARGE = 2_700_000;
export const QUICK = 100_000;

/** Writes it in WAL mode, as applications run. `indexed`: with an index beside the keys, on the largest table. Values are spread over the references, not laid in their order. */
export function writeLargeDatabase(file: string, bookings: number, { indexed = true }: { readonly indexed?: boolean } = {}): void {
  const users = Math.round(bookings / 15);
  const organizations = Math.max(1, Math.round(users / 100));
  sqlite3(
    file,
    `pragma journal_mode = wal;
    pragma synchronous = off;
    pragma cache_size = -200000;
    begin;
    create table organizations(id integer primary key, name text not null collate nocase unique, mail_username text);
    create table users(
      id integer primary key autoincrement, org_id integer references organizations(id) on delete cascade,
      email text not null unique, display_name text, created_at text not null);
    create table bookings(
      id integer primary key, user_id integer not null references users(id), starts_at text not null,
      price numeric(10,2) check (price >= 0), note text);
    create table payments(booking_id integer not null references bookings(id), no integer not null, amount real not null, paid_at text,
      primary key (booking_id, no)) without rowid;
    create table setting(key text primary key, value text);
    create table audit(at text, what text);
    insert into organizations select value, 'Organisation ' || value, 'mail' || value || '@example.org' from generate_series(1, ${organizations});
    insert into users(org_id, email, display_name, created_at)
      select 1 + value % ${organizations}, 'user' || value || '@example.org', 'Name ' || value, '2026-01-01' from generate_series(1, ${users});
    insert into bookings
      select value, 1 + (value * 7919) % ${users}, datetime('2026-01-01', value || ' minutes'), value % 500 + 0.5,
        iif(value % 3, 'a note about booking ' || value || ', which is somewhat longer', null)
      from generate_series(1, ${bookings});
    insert into payments select id, 1, price, starts_at from bookings where id % 2;
    insert into audit select starts_at, 'booked ' || id from bookings where id % 10 < 3;
    insert into setting values ('ORG_NAME', 'Example'), ('CURRENCY', 'CAD');
    ${indexed ? "create index bookings_by_user on bookings(user_id, starts_at);" : ""}
    commit;`,
  );
}

/** SQL through the database's own program; what it says. */
export function sqlite3(file: string, sql: string): string {
  return execFileSync("sqlite3", ["-bail", file], { input: sql, encoding: "utf8", maxBuffer: 1 << 26 });
}
