/**
 * What a session leaves on the server until the job has it: who carries it out, and how it ended. A job that lost its connection comes
 * back for it. One folder for each session, readable by nobody else.
 */

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { StartedProcess } from "../domain/started-process.ts";
import { isAlive } from "../process/process-group.ts";
import { startedProcess } from "../process/process-status.ts";
import type { End } from "./protocol.ts";

const POLL_MS = 200;
/** Nobody comes back for an end after this long. */
const FORGOTTEN_MS = 30 * 24 * 60 * 60 * 1000;

export interface KeptEnds {
  /** Notes that this process carries out a session. */
  readonly begin: (session: string) => Promise<void>;
  readonly keep: (session: string, end: End) => Promise<void>;
  readonly forget: (session: string) => Promise<void>;
  /** Waits for the end of a session that another process carries out; null: it is gone without one. */
  readonly wait: (session: string, signal: AbortSignal) => Promise<End | null>;
  /** Asks that process to stop what it does; false: it is gone. */
  readonly cancel: (session: string) => Promise<boolean>;
}

/** `folder`: for all sessions of this user. `now`: milliseconds since 1970. */
export function keptEnds(folder: string, now: () => number): KeptEnds {
  const at = (session: string, ...names: readonly string[]) => join(folder, session.replace(/[^\w-]/g, "_"), ...names);
  const ownerOf = async (session: string) => await readJson<StartedProcess>(at(session, "process.json"));
  const endOf = async (session: string) => await readJson<End>(at(session, "end.json"));
  return {
    async begin(session) {
      await mkdir(at(session), { recursive: true, mode: 0o700 });
      await write(at(session, "process.json"), startedProcess(process.pid, "ssh-session"));
      await removeForgotten(folder, now());
    },
    keep: (session, end) => write(at(session, "end.json"), end),
    forget: (session) => rm(at(session), { recursive: true, force: true }),
    async wait(session, signal) {
      for (;;) {
        const owner = await ownerOf(session);
        const lives = owner !== null && isAlive(owner);
        const end = await endOf(session); // after the look at its owner: one that ended in between has left it
        if (end !== null || !lives) return end;
        await pause(POLL_MS, undefined, { signal });
      }
    },
    async cancel(session) {
      const owner = await ownerOf(session);
      if (owner === null || !isAlive(owner)) return false;
      process.kill(owner.pid, "SIGTERM");
      return true;
    },
  };
}

/** Whole or not at all. */
async function write(file: string, content: End | StartedProcess): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, JSON.stringify(content), { mode: 0o600, flush: true });
  await rename(temporary, file);
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function removeForgotten(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const session = join(folder, name);
    if (nowMs - (await stat(session)).mtimeMs > FORGOTTEN_MS) await rm(session, { recursive: true, force: true });
  }
}
