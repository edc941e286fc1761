/** The production that the random sequences run on: Belay as it is built, a database, an application that writes down what it is told. */

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

import type { Result } from "../../src/domain/result.ts";
import type { JournalEntry } from "../../src/run/journal-entry.ts";
import { APPLICATION, type Ended, Project } from "../support/project.ts";
import { withFile } from "./content.ts";
import { SETUP } from "./model.ts";

/** SIGKILL: so many milliseconds after the start, or at the nth sync of whichever process of the run comes there first. */
export type Cut = { readonly at: "time"; readonly ms: number } | { readonly at: "sync"; readonly nth: number };

export class Production extends Project {
  /** Held open, a database cannot be renamed away and is restored in place. */
  readonly #holder: Database.Database | null;

  constructor(held: boolean) {
    super();
    const db = new Database(this.database);
    db.pragma("journal_mode = wal");
    db.exec(SETUP);
    if (!held) db.close();
    this.#holder = held ? db : null;
    this.write("migrations/.keep", "");
    this.configure(`target: sqlite:app.db
migrate: { tool: sql, directory: migrations }
data: additive
${APPLICATION}checks:
  after:
    - { name: no poison, sql: "select count(*) from note where body = 'poison'", expect: 0 }
  health:
    - { name: answers, command: "test ! -e ill" }
`);
  }

  belay(...args: readonly string[]): Promise<{ readonly status: number | null; readonly result: Result; readonly stderr: string }> {
    return this.json(...args);
  }

  /** Runs a command and cuts it off. It may also come to its end before. */
  async cutOff(args: readonly string[], cut: Cut): Promise<Ended> {
    if (cut.at === "sync") {
      const inject = `inject=fsync,fdatasync:signal=SIGKILL:when=${cut.nth}`;
      return this.start(args, {
        program: ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject, process.execPath],
      }).ended;
    }
    const running = this.start(args);
    const timer = setTimeout(() => running.kill("SIGKILL"), cut.ms);
    const ended = await running.ended;
    clearTimeout(timer);
    return ended;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(name: string): void {
    rmSync(this.path(name), { force: true });
  }

  /** A run has not come to its end. */
  unfinished(): boolean {
    if (!this.exists("app.db.belay")) return false;
    return withFile(join(this.directory, "app.db.belay"), (db) => {
      const there = db.prepare("select 1 from sqlite_schema where name = 'state'").get() !== undefined;
      return there && db.prepare<[], string>("select phase from state").pluck().get() !== "ended";
    });
  }

  /** Every run's journal, by its id, oldest first. */
  journals(): ReadonlyMap<string, readonly JournalEntry[]> {
    const folder = join(this.directory, "belay-backups/prod/.runs");
    if (!this.exists("belay-backups/prod/.runs")) return new Map();
    const entries = (name: string) =>
      this.read(join("belay-backups/prod/.runs", name))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JournalEntry);
    return new Map(
      readdirSync(folder)
        .sort()
        .map((name) => [name, entries(name)]),
    );
  }

  /** Ids of backups that exist: those with a manifest. */
  backupIds(): string[] {
    if (!this.exists("belay-backups/prod/app")) return [];
    return this.files("belay-backups/prod/app").filter((id) => this.exists(`belay-backups/prod/app/${id}/manifest.json`));
  }

  backupFile(id: string): string {
    return join(this.directory, "belay-backups/prod/app", id, "database.sqlite");
  }

  /** Databases that were replaced and kept. */
  keptAside(): string[] {
    return this.files()
      .filter((name) => /^app\.db_belay_f_[0-9A-Z]{10}(?:_\d+)?$/.test(name))
      .map((name) => this.path(name));
  }

  history(): string[] {
    return withFile(this.database, (db) => {
      const there = db.prepare("select 1 from sqlite_schema where name = 'belay_migrations'").get() !== undefined;
      return there ? db.prepare<[], string>("select id from belay_migrations order by id").pluck().all() : [];
    });
  }

  override [Symbol.dispose](): void {
    this.#holder?.close();
    super[Symbol.dispose]();
  }
}
