/** The migrations on disk, read and hashed. */

import { join, relative, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { SqlDialect } from "../../domain/session.ts";
import { listSqlFiles, readBytes } from "./directory.ts";
import { arrange, type FileProblem, type Layout, type MigrationFiles } from "./layout.ts";
import type { Problem } from "./problem.ts";
import { parseDownScript, parseScript, type Way } from "./script.ts";
import { checksumOf, decode } from "./source.ts";

/** Where the migrations lie, and how. */
export interface Place {
  /** Absolute. */
  readonly directory: string;
  /** Absolute; what reports show is relative to it. */
  readonly root: string;
  /** null: told from the files. */
  readonly layout: Layout | null;
  /** The last migration that a database had before Belay came to it; null: none. */
  readonly baseline: string | null;
  /** The tenant's whose own history it is; null: the target has one. */
  readonly schema: string | null;
}

export interface MigrationsOnDisk {
  /** In the order of application. */
  readonly migrations: readonly MigrationFiles[];
  readonly problems: readonly FileProblem[];
}

/** A file with the way forward (and perhaps back), ready to run. */
export interface LoadedMigration {
  readonly sha256: string;
  readonly text: string;
  readonly up: Way;
  /** null: there is none. */
  readonly down: Way | null;
}

/** After so many files the event loop gets a turn, or a signal would be seen late. */
const FILES_A_TURN = 64;

export async function listMigrations(place: Place): Promise<MigrationsOnDisk> {
  const { paths, problems } = await listSqlFiles(place.directory);
  const laidOut = arrange(shown(place, ""), paths, place.layout);
  return { migrations: laidOut.migrations, problems: [...problems, ...laidOut.problems] };
}

/** A path below the directory of migrations as people see it: relative to the root, with `/`. */
export function shown({ directory, root }: Pick<Place, "directory" | "root">, path: string): string {
  return relative(root, join(directory, path)).split(sep).join("/") || ".";
}

/** Runs `work`, which reads a file or two, for every item; results in the order of the items. */
export async function readAll<T, R>(items: readonly T[], work: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index % FILES_A_TURN === FILES_A_TURN - 1) await nextTurn();
    results.push(work(item));
  }
  return results;
}

/** The bytes of the file with the way forward. */
export function readUp(place: Place, files: MigrationFiles): Uint8Array | Problem {
  return readOrProblem(place, files.up);
}

/** Reads the file with the way back, where there is one, and parses both. `bytes` are those of the file with the way forward. */
export function load(place: Place, files: MigrationFiles, bytes: Uint8Array, dialect: SqlDialect): LoadedMigration | Problem {
  const decoded = decode(bytes);
  if ("problem" in decoded) return decoded.problem;
  const { up, down: section } = parseScript(decoded.text, dialect);
  const down = readDown(place, files, dialect);
  const doubled: readonly Problem[] = section !== null && down !== null ? [TWO_WAYS_BACK] : [];
  return { sha256: checksumOf(bytes), text: decoded.text, up: { ...up, problems: [...up.problems, ...doubled] }, down: down ?? section };
}

export function isLoaded(loaded: LoadedMigration | Problem): loaded is LoadedMigration {
  return "sha256" in loaded;
}

const TWO_WAYS_BACK: Problem = {
  code: "migration-sections",
  what: "holds a section with the way back, and there is a file with one beside it",
  hint: "keep one of the two",
  line: null,
};

function readDown(place: Place, { down }: MigrationFiles, dialect: SqlDialect): Way | null {
  if (down === null) return null;
  const bytes = readOrProblem(place, down);
  const decoded = bytes instanceof Uint8Array ? decode(bytes) : { problem: bytes };
  if ("text" in decoded) return parseDownScript(decoded.text, dialect);
  return { statements: [], transaction: true, foreignKeys: "check-at-commit", problems: [decoded.problem] };
}

function readOrProblem(place: Place, path: string): Uint8Array | Problem {
  const read = readBytes(join(place.directory, path));
  if (read instanceof Uint8Array) return read;
  return {
    code: "migration-unreadable",
    what: `could not be read: ${read.unreadable}`,
    hint: "give the user that runs Belay the right to read it",
    line: null,
  };
}
