/** A production for fault tests, which knows its old and its new state, and what must hold of it after every fault. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import type { JournalEntry } from "../../src/run/journal.ts";
import { APPLICATION, bookingDatabase, Project, type Ended } from "./project.ts";

export type State = "old" | "new";

export interface SiteOptions {
  /** The configured path is a symbolic link: a rollback then copies back instead of renaming. */
  readonly linked?: boolean;
  readonly bookings?: number;
  /** Replaces the `app:` block. */
  readonly app?: string;
  /** Replaces the `checks:` block. */
  readonly checks?: string;
  /** Further lines of the environment. */
  readonly more?: string;
  readonly store?: string;
  /** Further lines of the `backup:` block, indented by two. */
  readonly backup?: string;
}

const MIGRATIONS = {
  "001_phones.sql": "alter table users add column phone text;\nupdate users set phone = '+1 555 ' || id;\n",
  "002_reviews.sql": `create table reviews(id integer primary key, booking_id integer not null references bookings(id), stars integer);
insert into reviews(booking_id, stars) select id, 1 + id % 5 from bookings where id % 3 = 0;
update setting set value = 'EUR' where key = 'CURRENCY';
`,
};

/** A check after the migration fails while the file `broken` is there. */
const CHECKS = `checks:
  before:
    - { sql: "select count(*) from organizations", expect: { at-least: 1 } }
  after:
    - { sql: "select count(*) from users where phone is null", expect: 0 }
    - { name: works, command: "test ! -e broken" }
  health:
    - { name: answers, command: "test ! -e ill" }
`;

export class Site extends Project {
  readonly old: string;
  readonly new: string;
  /** Where backups and journals lie. */
  readonly store: string;

  /** `like`: another one whose database is copied, so that a thousand trials need not make a thousand. */
  constructor({
    linked = false,
    bookings = 200,
    app = APPLICATION,
    checks = CHECKS,
    more = "",
    store = "store",
    backup = "",
    like,
  }: SiteOptions & { readonly like?: Site } = {}) {
    super();
    this.store = resolve(this.directory, store);
    if (like === undefined) bookingDatabase(this, bookings);
    else copyFileSync(like.database, this.database);
    if (linked) {
      renameSync(this.database, join(this.directory, "real.db"));
      symlinkSync("real.db", this.database);
    }
    for (const [name, sql] of Object.entries(MIGRATIONS)) this.migration(name, sql);
    this.configure(`target: sqlite:app.db\nmigrate: sql\nbackup:\n  store: ${store}\n${backup}${app}${checks}${more}`);
    this.old = like?.old ?? this.dump();
    this.new = like?.new ?? this.migratedByHand();
  }

  /** What the migrations make of the old state, by SQLite's own program. */
  private migratedByHand(): string {
    const copy = join(this.directory, "by-hand");
    copyFileSync(this.database, copy);
    try {
      this.sql(Object.values(MIGRATIONS).join("\n"), copy);
      return this.dump(copy);
    } finally {
      for (const end of ["", "-wal", "-shm"]) rmSync(copy + end, { force: true });
    }
  }

  /** The state that the database is in, to the byte of its dump; the history of migrations is Belay's and left out of the new one. */
  state(): State {
    const [, integrity, dump] = /^(.*?)\n(PRAGMA foreign_keys=OFF;.*)$/s.exec(this.sql("pragma integrity_check;\n.dump")) ?? [];
    assert.equal(integrity, "ok");
    assert.ok(dump !== undefined, "the dump cannot be read");
    if (dump === this.old) return "old";
    assert.equal(withoutHistory(dump), this.new);
    return "new";
  }

  journals(): JournalEntry[][] {
    const folder = join(this.store, "prod/.runs");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) =>
        readFileSync(join(folder, name), "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line) as JournalEntry),
      );
  }

  /** Folders of backups that exist: those with a manifest. Oldest first. */
  backups(): { readonly folder: string; readonly manifest: Manifest }[] {
    const target = join(this.store, "prod/app");
    if (!existsSync(target)) return [];
    return readdirSync(target)
      .sort()
      .map((id) => join(target, id))
      .filter((folder) => readdirSync(folder).includes("manifest.json"))
      .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest }));
  }

  /** `belay recover` as somebody would call it who sees it fail: again, a few times. The last end. */
  async recover(): Promise<Ended> {
    for (let times = 1; ; times++) {
      const ended = await this.run("recover", "prod");
      if ([0, 3, 4].includes(ended.status ?? -1) || times === 4) return ended;
    }
  }

  remove(name: string): void {
    rmSync(join(this.directory, name), { force: true, recursive: true });
  }

  /** Waits until something is so; the test fails when it does not come. */
  async until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
    for (const deadline = performance.now() + limitMs; !holds(); await pause(10)) {
      if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    }
  }

  /** The phase that the last run's journal says. */
  phaseOfRun(): string | undefined {
    const phases =
      this.journals()
        .at(-1)
        ?.filter((entry) => entry.type === "phase") ?? [];
    return phases.at(-1)?.phase;
  }

  /** After a fault: recovers, and looks whether everything holds. */
  async settle(backedUp = this.old): Promise<State> {
    const ended = await this.recover();
    assert.ok([0, 3, 4].includes(ended.status ?? -1), ended.stderr + ended.stdout);
    return assertInvariants(this, backedUp);
  }

  phase(): string | null {
    const state = `${this.exists("real.db") ? "real.db" : "app.db"}.belay`;
    if (!this.exists(state)) return null;
    const file = join(this.directory, state);
    const table = this.sql(".timeout 5000\nselect count(*) from sqlite_schema where name = 'state';", file).trim();
    return table === "0" ? null : this.sql(".timeout 5000\nselect phase from state;", file).trim() || null;
  }
}

function withoutHistory(dump: string): string {
  return dump.replace(/^CREATE TABLE \S*belay_migrations[^;]*;\n/m, "").replace(/^INSERT INTO \S*belay_migrations\S* VALUES.*\n/gm, "");
}

/**
 * What holds after every fault, once nothing of Belay runs any more and `recover` has done what there was to do:
 * I1 a migration ran only behind a proven backup, I2 the database is exactly old or new and the journal says which,
 * I3 the last proven backup restores with the database's own program, I4 the run is over and nobody holds the target.
 */
export function assertInvariants(site: Site, backedUp = site.old): State {
  const state = site.state();
  expect(site.phase() ?? "ended").toBe("ended");
  assertJournals(site, state);
  assertBackups(site, backedUp);
  assertNothingUnfinished(site);
  return state;
}

function assertJournals(site: Site, state: State): void {
  let said: State = "old";
  for (const entries of site.journals()) {
    entries.forEach((entry, index) => expect(entry.seq).toBe(index));
    const began = entries.find((entry) => entry.type === "began");
    const ended = entries.findLast((entry) => entry.type === "ended");
    if (ended === undefined) {
      // Cut off before its first phase stood in the state row: no effect had begun, and nobody has to finish it.
      expect(
        entries.filter((entry) => entry.type !== "began").every((entry) => entry.type === "phase" && entry.phase === "preparing"),
        "a run without an end",
      ).toBe(true);
      continue;
    }
    if (began?.command === "migrate" && ended.outcome === "migrated") said = "new";
    if (began?.command === "rollback" && entries.some((entry) => entry.type === "rolled-back")) said = "old";
    const migrating = entries.findIndex((entry) => entry.type === "phase" && entry.phase === "migrating");
    const backup = entries.findIndex((entry) => entry.type === "backup");
    if (migrating >= 0) expect(backup >= 0 && backup < migrating, "a migration without a proven backup").toBe(true);
  }
  expect(said, "what the journal says").toBe(state);
}

/** Every backup that has a manifest restores as the manifest says, into the state that was there when it was taken. */
function assertBackups(site: Site, backedUp: string): void {
  const backups = site.backups();
  if (site.journals().some((entries) => entries.some((entry) => entry.type === "phase" && entry.phase === "migrating")))
    expect(backups.length).toBeGreaterThan(0);
  const newest = backups.at(-1);
  if (newest !== undefined) expect(restoredByHand(site, newest)).toBe(backedUp);
}

function restoredByHand(site: Site, { folder, manifest }: { readonly folder: string; readonly manifest: Manifest }): string {
  const scratch = mkdtempSync(join(tmpdir(), "belay-restored-"));
  try {
    const copy = join(scratch, "app.db");
    for (const line of manifest.restore) {
      const elsewhere = line.replaceAll(site.database, copy);
      expect(elsewhere).not.toBe(line);
      execFileSync("sh", ["-e", "-c", elsewhere], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    }
    const rows = manifest.tables.map(({ name, rows }) => [name, rows]);
    const counts = site
      .sql(manifest.tables.map(({ name }) => `select count(*) from "${name}";`).join("\n"), copy)
      .trim()
      .split("\n");
    expect(manifest.tables.map(({ name }, index) => [name, Number(counts[index])])).toEqual(rows);
    return site.dump(copy);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Half of a copy or of a file of the store is never left behind under any name, once the run is over. */
function assertNothingUnfinished(site: Site): void {
  const left = allFiles(site.directory).filter((path) => /\.(?:unfinished|part)$/.test(path) || /_belay_s_/.test(basename(path)));
  expect(left, "left behind").toEqual([]);
}

export function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
