/** `targets: { files: … }`: the SQLite files that a pattern names, each with what its wildcards matched. */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** The file itself, where links lead to it. */
  readonly real: string;
  /** What each run of `*` and `?` matched, in the order of the pattern. */
  readonly matched: readonly string[];
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Places that could not be looked into, each with why: what lies there nobody knows, so the list is not to be relied on. */
  readonly unreadable: readonly string[];
}

/** Looks files up; relative patterns start in `directory`. */
export type FindFiles = (pattern: string, directory: string) => FoundFiles;

/** One `*` stands for any part of one name, `?` for one character of it; a name that begins with a dot is matched only by one. */
const WILDCARDS = /[*?]+/g;

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** The pattern with what was matched in the place of its wildcards; null where it has another number of them. */
export function filledIn(pattern: string, matched: readonly string[]): string | null {
  const wildcards = pattern.match(WILDCARDS)?.length ?? 0;
  let next = 0;
  return wildcards === matched.length ? pattern.replace(WILDCARDS, () => matched[next++] ?? "") : null;
}

/** Files only, sorted by path. Copies, marks and stores that Belay lays beside a database are no databases of their own, nor are SQLite's journals. */
export const findFiles: FindFiles = (pattern, directory) => {
  const unreadable: string[] = [];
  const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
  const start = { path: pattern.startsWith("/") ? "/" : resolve(directory), matched: [] as readonly string[] };
  let found = [start];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    found = found.flatMap((place) => stepInto(place, segment, unreadable)).filter(({ path }) => isKind(path, isLast, unreadable));
  }
  const files = found.map((each) => ({ ...each, real: realpathSync(each.path) }));
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), unreadable };
};

interface Reached {
  readonly path: string;
  readonly matched: readonly string[];
}

function stepInto({ path, matched }: Reached, segment: string, unreadable: string[]): readonly Reached[] {
  if (!hasWildcard(segment)) return [{ path: join(path, segment), matched }];
  const matches = new RegExp(`^${segment.replace(/[\\^$.+()|[\]{}]/g, "\\$&").replace(WILDCARDS, group)}$`, "su");
  return namesIn(path, unreadable).flatMap((name) => {
    const [, ...parts] = matches.exec(name) ?? [];
    if (parts.length === 0 || isBelays(name) || (name.startsWith(".") && !segment.startsWith("."))) return [];
    return [{ path: join(path, name), matched: [...matched, ...parts] }];
  });
}

function group(wildcards: string): string {
  const parts = [...wildcards].map((wildcard) => (wildcard === "*" ? ".*" : "."));
  return `(${parts.join("")})`;
}

const SQLITES_OWN = /-(?:wal|shm|journal)$/;

function isBelays(name: string): boolean {
  return name.includes(".belay") || name.includes("_belay_") || name === "belay-backups" || SQLITES_OWN.test(name);
}

function namesIn(folder: string, unreadable: string[]): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    unreadable.push(...told(error));
    return [];
  }
}

function isKind(path: string, file: boolean, unreadable: string[]): boolean {
  try {
    const stat = statSync(path);
    return file ? stat.isFile() : stat.isDirectory();
  } catch (error) {
    unreadable.push(...told(error));
    return false;
  }
}

/** That something is not there says all there is to know. */
function told(error: unknown): readonly string[] {
  if (!(error instanceof Error)) throw error;
  const missing = "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
  return missing ? [] : [error.message];
}
