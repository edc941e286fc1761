import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { asideName, type AsideKind, type RunId } from "../../domain/run-id.ts";
import type { Target } from "../../domain/target.ts";

/** Where a target and all that belongs to it lie. Everything of Belay's stands beside the real file, whatever link leads to it. */
export interface Place {
  /** As configured: an absolute path, perhaps a symbolic link. */
  readonly configured: string;
  /** The file itself. */
  readonly file: string;
  readonly folder: string;
  /** `<db>.belay-lock`: empty, its lock is the run's lock. */
  readonly lock: string;
  /** `<db>.belay`: the state row. */
  readonly state: string;
}

/** Room that SQLite's own endings (`-journal`) and a `.part` need behind a name. */
const NAME_BYTES = 255 - "-journal.part".length;

/** Works for a file that is missing too, as long as somebody could put it there. */
export async function locate(target: Target): Promise<Place> {
  const file = await realFile(target.address);
  return { configured: target.address, file, folder: dirname(file), lock: `${file}.belay-lock`, state: `${file}.belay` };
}

async function realFile(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    return join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return path;
  }
}

export function asidePath(place: Place, kind: AsideKind, run: RunId): string {
  return join(place.folder, asideName(basename(place.file), kind, run, NAME_BYTES));
}

const KINDS = { c: "clone", f: "failed", s: "scratch", a: "after" } as const satisfies Record<string, AsideKind>;

/** Reads an aside name of this target back; undefined for every other file, unfinished ones and SQLite's side files included. */
export function parseAside(place: Place, name: string): { readonly kind: AsideKind; readonly runSuffix: string } | undefined {
  const match = /^(.*)_belay_([cfsa])_([0-9A-HJKMNP-TV-Z]{10})(?:_\d+)?$/s.exec(name);
  const [, stem, letter, runSuffix] = match ?? [];
  if (stem === undefined || letter === undefined || runSuffix === undefined || !(letter in KINDS)) return undefined;
  const kind = KINDS[letter as keyof typeof KINDS];
  return asideName(basename(place.file), kind, runSuffix, NAME_BYTES) === `${stem}_belay_${letter}_${runSuffix}`
    ? { kind, runSuffix }
    : undefined;
}

/** What SQLite may keep beside a database file. */
export function sideFiles(file: string): readonly string[] {
  return [`${file}-wal`, `${file}-shm`, `${file}-journal`];
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR";
}

/** `ENOENT`, `SQLITE_BUSY` …; undefined for what carries no code. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
