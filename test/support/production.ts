/** A project as it stands in production: in WAL or in a rollback journal, alone or with a process that has the database open. */

import { chmodSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

import type { Result } from "../../src/domain/result.ts";
import { fileIdentity } from "../../src/engine/sqlite/file-evidence.ts";
import { isComplete, openHolders } from "../../src/engine/sqlite/holders.ts";
import { bookingDatabase, Project } from "./project.ts";
import { Application } from "./sqlite-process.ts";

export interface Surroundings {
  readonly journalMode: "wal" | "delete";
  /** A process that is not Belay's has the database open, from before the run to after it. */
  readonly held: boolean;
}

export const SURROUNDINGS: readonly Surroundings[] = [
  { journalMode: "wal", held: false },
  { journalMode: "wal", held: true },
  { journalMode: "delete", held: false },
  { journalMode: "delete", held: true },
];

/** For `describe.each`. */
export const EACH_SURROUNDINGS = SURROUNDINGS.map(
  (each) => [`in ${each.journalMode} mode, ${each.held ? "held open by a process" : "with nobody else"}`, each] as const,
);

const MODE = 0o640;

interface DatabaseState {
  readonly dump: string;
  readonly journalMode: string;
  readonly integrity: string;
  readonly mode: number;
  readonly seenByHolder: unknown;
}

export class Production extends Project implements AsyncDisposable {
  readonly surroundings: Surroundings;
  readonly before: string;
  #holder: Application | null = null;

  private constructor(surroundings: Surroundings, bookings: number) {
    super();
    this.surroundings = surroundings;
    bookingDatabase(this, bookings, surroundings.journalMode);
    chmodSync(this.database, MODE);
    this.before = this.dump();
  }

  static async start(surroundings: Surroundings, bookings = 500): Promise<Production> {
    const production = new Production(surroundings, bookings);
    if (surroundings.held) production.#holder = await Application.start({ act: "read", file: production.database });
    return production;
  }

  /**
   * Whether the file can be renamed away. An idle holder of a database with a rollback journal can only be looked for, and not on every
   * machine can every process be looked into; then Belay copies the data back.
   */
  get swaps(): boolean {
    return !this.surroundings.held && (this.surroundings.journalMode === "wal" || everyProcessIsVisible(this.database));
  }

  /** How a run that committed something comes back here, and why this way. */
  get wayBack(): object {
    if (this.swaps) return { strategy: "swap", why: "nobody has the file open, so a proven copy takes its name" };
    const why =
      this.#holder === null
        ? "some processes cannot be looked into, and one of them may have the file open"
        : `pid ${this.#holder.pid} (node) has the file open`;
    return { strategy: "restore", way: "in-place", why };
  }

  /** The same as a step tells it. */
  get wayTold(): string {
    return `${this.swaps ? "swap" : "restore, in-place"}, identical to before`;
  }

  /** The failed database is kept; the run's own copies say nothing more that the database does not say itself. */
  readonly besideAfterRollback: readonly string[] = ["app.db", "app.db.belay", "app.db.belay-lock", "app.db_belay_f_<run>"];

  /** What stands where the database was: for who looks now, and for who has had it open all the time. */
  async state(): Promise<DatabaseState> {
    const [journalMode = "", integrity = ""] = this.sql("pragma journal_mode; pragma integrity_check;").split("\n");
    return {
      dump: this.dump() === this.before ? "byte for byte what it was" : "another",
      journalMode,
      integrity,
      mode: statSync(this.database).mode & 0o777,
      seenByHolder: await this.seenByHolder("select count(*) from pragma_table_info('users') where name = 'role'"),
    };
  }

  get oldState(): DatabaseState {
    const { journalMode, held } = this.surroundings;
    return { dump: "byte for byte what it was", journalMode, integrity: "ok", mode: MODE, seenByHolder: held ? [[0]] : null };
  }

  async seenByHolder(sql: string): Promise<unknown> {
    return this.#holder === null ? null : this.#holder.do({ act: "query", sql });
  }

  /** What lies beside the database, less SQLite's own files: `app.db_belay_f_<run>` for a kept database. */
  beside(): string[] {
    const stable = (name: string) => name.replace(/_belay_([a-z])_[0-9A-Z]{10}/, "_belay_$1_<run>");
    return this.files()
      .filter((name) => name.startsWith("app.db") && !/^app\.db-(wal|shm)$/.test(name))
      .map(stable)
      .sort();
  }

  /** The file beside the database that a rollback kept. */
  kept(): string[] {
    return this.files().filter((name) => /^app\.db_belay_f_[0-9A-Z]{10}$/.test(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder?.[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}

function everyProcessIsVisible(database: string): boolean {
  const identity = fileIdentity(database);
  if (identity === undefined) throw new Error(`there is no ${database}`);
  return isComplete(openHolders(identity));
}

/**
 * A result with what differs from run to run replaced: places, ids, digests and times, each after a look at its form. The rest can then
 * be compared as a whole.
 */
export function stable(result: Result, { directory }: Project): unknown {
  const replaced = (name: string, value: unknown): unknown => {
    if (name === "durationMs") return Number.isInteger(value) && Number(value) >= 0 ? 0 : value;
    if (name === "sizeBytes") return Number.isInteger(value) && Number(value) > 0 ? 1 : value;
    if (name === "startedAt") return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)) ? "<time>" : value;
    if (typeof value !== "string") return value;
    return value
      .replaceAll(directory, "<project>")
      .replace(/\bsha256:[0-9a-f]{64}\b/g, "sha256:<digest>")
      .replace(/^[0-9a-f]{64}$/, "<sha256>")
      .replace(/\b\d{8}T\d{6}Z-[0-9a-f]{4}\b/g, "<backup>")
      .replace(/_belay_([a-z])_[0-9A-Z]{10}/g, "_belay_$1_<run>")
      .replace(/\b01[0-9A-HJKMNP-TV-Z]{24}\b/g, "<run>");
  };
  return JSON.parse(JSON.stringify(result, replaced)) as unknown;
}

/** Every file below a folder: kind, permissions, time of its last change, and its bytes as a checksum. */
export function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(names.map((name) => [name, fileState(join(folder, name))]));
}

function fileState(path: string): string {
  const stats = lstatSync(path, { bigint: true });
  const content = stats.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
  return [stats.mode, stats.uid, stats.ino, stats.mtimeNs, content].join(" ");
}
