/**
 * A database in production, with the application that uses it, whatever engine it is on: what the scenarios are told in. Each of
 * `EACH_PRODUCTION` is one place where people really run it.
 */

import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Result } from "../../src/domain/result.ts";
import type { EngineName } from "../../src/domain/target.ts";
import { Workplace } from "./workplace.ts";

/** There is a program `./sql` in its folder, which takes SQL as its argument: the application's own way to the database. */
export abstract class Production extends Workplace implements AsyncDisposable {
  abstract readonly engine: EngineName;
  /** The line of belay.yml. */
  abstract readonly target: string;
  /** A process that is not Belay's is connected, from before the run to after it. */
  abstract readonly held: boolean;
  /** What the engine itself says. */
  abstract readonly words: { noSuchTable(name: string): string };
  /** What the later writes say of a row that was updated: where rows have versions, one came and one went. */
  abstract readonly updatedRow: { readonly written: number; readonly gone: number };
  /** What the report of every run says, come what may. */
  readonly notes: readonly string[] = [];
  /** How a run that committed something comes back here, and why this way; without what was kept. */
  abstract readonly wayBack: object;
  /** The same as a step tells it. */
  abstract readonly wayTold: string;
  /** The kept database, as a result names it and `stable` shows it. */
  abstract readonly keptAs: string;
  /** What lies there (`beside`) when a run left nothing, after a good run, and after a rollback. */
  abstract readonly besideUntouched: readonly string[];
  abstract readonly besideAfterRun: readonly string[];
  abstract readonly besideAfterRollback: readonly string[];
  /** `state()` of the database as it was made. */
  abstract readonly oldState: object;
  /** Counts the columns `role` of `users`: 0 or 1, as an integer. */
  abstract readonly countRoles: string;
  abstract readonly dropAuditTrigger: string;
  /** The database, for a program that an application's command starts. */
  abstract readonly forPrograms: string;

  /** SQL through the database's own program: rows by lines, fields by `|`; without the last line's end. */
  abstract sql(script: string, database?: string): string;
  /** Everything that there is to know of a database, but for what Belay notes of its own. */
  abstract dump(database?: string): string;
  /** What stands where the database was: for who looks now, and for who has been connected all the time. */
  abstract state(): Promise<object>;
  /** Rows as the application sees them that has been connected all the time; null where nobody has. */
  abstract seenByHolder(sql: string): Promise<unknown>;
  /** The database and what Belay has put beside it; `app_belay_f_<run>` for a kept one. */
  abstract beside(): string[];
  /** A place where nothing is, to restore into: as `--into` takes it, and for `sql` and `dump`. */
  abstract fresh(): { readonly url: string; readonly database: string };
  /** Whether there is a database of this name, as `fresh` gives it. */
  abstract isThere(database: string): boolean;
  /** What somebody does who tidies up beside the database. */
  abstract loseClones(): void;
  /** Databases that a rollback kept, for `sql` and `dump`. */
  abstract kept(): string[];
  /** Takes what differs from one database to the next out of a text. */
  abstract stable(text: string): string;
  abstract [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A result with what differs from run to run replaced: places, ids, digests, sizes and times, each after a look at its form. The rest
 * can then be compared as a whole.
 */
export function stable(result: Result, production: Production): unknown {
  const replaced = (name: string, value: unknown): unknown => {
    if (name === "durationMs") return Number.isInteger(value) && Number(value) >= 0 ? 0 : value;
    if (name === "sizeBytes") return Number.isInteger(value) && Number(value) > 0 ? 1 : value;
    if (name === "startedAt") return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)) ? "<time>" : value;
    if (typeof value !== "string") return value;
    return production
      .stable(value)
      .replaceAll(production.directory, "<project>")
      .replace(/\bsha256:[0-9a-f]{64}\b/g, "sha256:<digest>")
      .replace(/^[0-9a-f]{64}$/, "<sha256>")
      .replace(/\b\d{8}T\d{6}Z-[0-9a-f]{4}\b/g, "<backup>")
      .replace(/_belay_([a-z])_[0-9A-Z]{10}/g, "_belay_$1_<run>")
      .replace(/\b01[0-9A-HJKMNP-TV-Z]{24}\b/g, "<run>")
      .replace(/^\d+ kB(?=, restored)/, "<size>");
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
