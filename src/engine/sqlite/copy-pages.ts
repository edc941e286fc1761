/** The online backup API in one step, and the proof that it copied something. */

import type Database from "better-sqlite3";

import { isBusy, lockedError } from "./sqlite-error.ts";

const ALL_PAGES = 0x7fff_ffff;
const PAUSE_MS = 50;

/**
 * Copies the database of `db`, as its open transaction sees it, into the file `to`; what was in it is replaced in one transaction of
 * `to`, other connections included. better-sqlite3 takes "busy" for the end of a copy, so a copy counts only if it has all pages.
 * While either file is locked it is tried again until `waitMs` are over, then throws `target-locked` for the file that was in the way.
 * `goOn` is asked before each attempt and throws to stop it.
 */
export async function copyPages(db: Database.Database, to: string, waitMs: number, goOn: () => void = () => undefined): Promise<number> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    goOn();
    const pages = await attempt(db, to, deadline);
    if (pages !== undefined) return pages;
    if (performance.now() >= deadline) throw lockedError(isReadable(db) ? to : db.name, "failed");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The number of pages copied; undefined when a lock stood in the way. */
async function attempt(db: Database.Database, to: string, deadline: number): Promise<number | undefined> {
  let source = -1;
  const { totalPages } = await db.backup(to, {
    progress: () => {
      source = pageCount(db);
      // called again only while the source is locked: without an end this would spin
      if (performance.now() >= deadline) throw lockedError(db.name, "failed");
      return ALL_PAGES;
    },
  });
  return totalPages > 0 && totalPages === source ? totalPages : undefined;
}

function isReadable(db: Database.Database): boolean {
  try {
    db.prepare("select count(*) from sqlite_schema").get();
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function pageCount(db: Database.Database): number {
  return Number(db.pragma("page_count", { simple: true }));
}
