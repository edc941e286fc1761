/** A small production in a temporary folder: a database of realistic shape, migrations, belay.yml, and an application that writes down what it is told. */

import { execFileSync, spawn as startProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Result } from "../../src/domain/result.ts";

/** What is committed; BELAY_DIST names another build while somebody works on it. */
export const CLI = join(process.env["BELAY_DIST"] ?? join(import.meta.dirname, "../../dist"), "cli.js");

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), "belay-project-"));
  readonly database = join(this.directory, "app.db");

  /** Writes a file below the project; a `#!` at its start makes it a program. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (content.startsWith("#!")) chmodSync(path, 0o755);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(join(this.directory, name));
  }

  files(name = "."): string[] {
    return readdirSync(join(this.directory, name)).sort();
  }

  /** SQL through the database's own program. */
  sql(script: string, database = this.database): string {
    return execFileSync("sqlite3", ["-bail", database], { input: script, encoding: "utf8", maxBuffer: 1 << 28 });
  }

  dump(database = this.database): string {
    return this.sql(".dump", database);
  }

  /** belay.yml from the inside of `prod`, indented by four. */
  configure(prod: string): void {
    this.write("belay.yml", `environments:\n  prod:\n${prod.trimEnd().replace(/^/gm, "    ")}\n`);
  }

  migration(name: string, sql: string): void {
    this.write(join("migrations", name), sql);
  }

  /** What the application's commands wrote down, one word each: `stop`, `start`, `previous`. */
  applicationLog(): string[] {
    return this.exists("app.log") ? this.read("app.log").trim().split("\n").filter(Boolean) : [];
  }

  /** Starts Belay. `program`: Node by another name, or with something before it; `detached`: as the head of a process group of its own. */
  start(
    args: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly program?: readonly string[]; readonly detached?: boolean } = {},
  ): Running {
    const [program = process.execPath, ...before] = options.program ?? [process.execPath];
    const child = startProcess(program, [...before, CLI, ...args], {
      cwd: this.directory,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.directory, LANG: "C.UTF-8", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: options.detached === true,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
    });
    return { pid: child.pid ?? -1, ended, kill: (signal) => child.kill(signal) };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** The same with `--json`: the result, and the exit status beside it. */
  async json(...args: string[]): Promise<{ readonly status: number | null; readonly result: Result; readonly stderr: string }> {
    const { status, stdout, stderr } = await this.run(...args, "--json");
    return { status, result: JSON.parse(stdout) as Result, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** `app:` block whose commands write their name (and the commit) into app.log. */
export const APPLICATION = `app:
  stop: echo stop >> app.log
  start: echo start >> app.log
  previous: echo previous >> app.log
`;

/**
 * Organisations, users, bookings and payments with foreign keys, indexes, a view, a trigger, text, numbers, blobs and NULLs;
 * `bookings` is the largest table.
 */
export function bookingDatabase(project: Project, bookings = 2000, journalMode: "wal" | "delete" = "wal"): void {
  project.sql(`
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
  `);
}
