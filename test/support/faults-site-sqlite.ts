/** The production of the fault tests on SQLite. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { allFiles, FaultSite, type SiteOptions, type State, type StoredBackup } from "./faults-site.ts";
import { bookingTables, sqlite3 } from "./project.ts";

export interface SqliteSiteOptions extends SiteOptions {
  /** The configured path is a symbolic link: a rollback then copies back instead of renaming. */
  readonly linked?: boolean;
  readonly bookings?: number;
}

const MIGRATIONS = {
  "001_phones.sql": "alter table users add column phone text;\nupdate users set phone = '+1 555 ' || id;\n",
  "002_reviews.sql": `create table reviews(id integer primary key, booking_id integer not null references bookings(id), stars integer);
insert into reviews(booking_id, stars) select id, 1 + id % 5 from bookings where id % 3 = 0;
update setting set value = 'EUR' where key = 'CURRENCY';
`,
};

export class Site extends FaultSite {
  readonly database = join(this.directory, "app.db");
  readonly old: string;
  readonly new: string;

  /** `like`: another one whose database is copied, so that a thousand trials need not make a thousand. */
  constructor({ linked = false, bookings = 200, like, ...options }: SqliteSiteOptions & { readonly like?: Site } = {}) {
    super(options.store);
    if (like === undefined) this.sql(bookingTables(bookings, "wal"));
    else copyFileSync(like.database, this.database);
    if (linked) {
      renameSync(this.database, join(this.directory, "real.db"));
      symlinkSync("real.db", this.database);
    }
    for (const [name, sql] of Object.entries(MIGRATIONS)) this.migration(name, sql);
    this.set("target: sqlite:app.db\n", options);
    this.old = like?.old ?? this.dump();
    this.new = like?.new ?? this.migratedByHand();
  }

  sql(script: string, database = this.database): string {
    return sqlite3(script, database);
  }

  dump(database = this.database): string {
    return this.sql(".dump", database);
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

  state(): State {
    const [, integrity, dump] = /^(.*?)\n(PRAGMA foreign_keys=OFF;.*)$/s.exec(this.sql("pragma integrity_check;\n.dump")) ?? [];
    assert.equal(integrity, "ok");
    assert.ok(dump !== undefined, "the dump cannot be read");
    if (dump === this.old) return "old";
    assert.equal(withoutHistory(dump), this.new);
    return "new";
  }

  phase(): string | null {
    const state = `${this.exists("real.db") ? "real.db" : "app.db"}.belay`;
    if (!this.exists(state)) return null;
    const file = join(this.directory, state);
    const table = this.sql(".timeout 5000\nselect count(*) from sqlite_schema where name = 'state';", file).trim();
    return table === "0" ? null : this.sql(".timeout 5000\nselect phase from state;", file).trim() || null;
  }

  restoredByHand({ folder, manifest }: StoredBackup): string {
    const scratch = mkdtempSync(join(tmpdir(), "belay-restored-"));
    try {
      const copy = join(scratch, "app.db");
      for (const line of manifest.restore) {
        const elsewhere = line.replaceAll(this.database, copy);
        assert.notEqual(elsewhere, line);
        execFileSync("sh", ["-e", "-c", elsewhere], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
      }
      const rows = manifest.tables.map(({ name, rows }) => [name, rows]);
      const counts = this.sql(manifest.tables.map(({ name }) => `select count(*) from "${name}";`).join("\n"), copy)
        .trim()
        .split("\n");
      assert.deepEqual(
        manifest.tables.map(({ name }, index) => [name, Number(counts[index])]),
        rows,
      );
      return this.dump(copy);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  }

  /** Half of a copy or of a file of the store is never left behind under any name, once the run is over. */
  leftBehind(): readonly string[] {
    return allFiles(this.directory).filter((path) => /\.(?:unfinished|part)$/.test(path) || /_belay_s_/.test(basename(path)));
  }
}

function withoutHistory(dump: string): string {
  return dump.replace(/^CREATE TABLE \S*belay_migrations[^;]*;\n/m, "").replace(/^INSERT INTO \S*belay_migrations\S* VALUES.*\n/gm, "");
}
