/** A production for fault tests, which knows its old and its new state, and what must hold of it after every fault. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import type { JournalEntry } from "../../src/run/journal-entry.ts";
import { APPLICATION, Workplace, type Ended } from "./workplace.ts";

export type State = "old" | "new";

export interface SiteOptions {
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

export interface StoredBackup {
  readonly folder: string;
  readonly manifest: Manifest;
}

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

export abstract class FaultSite extends Workplace implements AsyncDisposable {
  abstract readonly old: string;
  abstract readonly new: string;
  /** Where backups and journals lie. */
  readonly store: string;

  constructor(store = "store") {
    super();
    this.store = resolve(this.directory, store);
  }

  /** The state that the database is in, to the byte of its dump; the history of migrations is Belay's and left out of the new one. */
  abstract state(): State;
  /** What the state row says; null where there is none. */
  abstract phase(): string | null;
  /** Restores a backup as its manifest says, by the database's own programs, counts its rows, and gives its dump. */
  abstract restoredByHand(backup: StoredBackup): string;
  /** What lies around that no run should leave. */
  abstract leftBehind(): readonly string[];

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }

  /** belay.yml; `target`: the lines of it. */
  protected set(target: string, { app = APPLICATION, checks = CHECKS, more = "", store = "store", backup = "" }: SiteOptions): void {
    this.configure(`${target}migrate: sql\nbackup:\n  store: ${store}\n${backup}${app}${checks}${more}`);
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
  backups(): StoredBackup[] {
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
}

/**
 * What holds after every fault, once nothing of Belay runs any more and `recover` has done what there was to do:
 * I1 a migration ran only behind a proven backup, I2 the database is exactly old or new and the journal says which,
 * I3 the last proven backup restores with the database's own program, I4 the run is over and nobody holds the target.
 */
export function assertInvariants(site: FaultSite, backedUp = site.old): State {
  const state = site.state();
  expect(site.phase() ?? "ended").toBe("ended");
  assertJournals(site, state);
  assertBackups(site, backedUp);
  expect(site.leftBehind(), "left behind").toEqual([]);
  return state;
}

function assertJournals(site: FaultSite, state: State): void {
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
function assertBackups(site: FaultSite, backedUp: string): void {
  const backups = site.backups();
  if (site.journals().some((entries) => entries.some((entry) => entry.type === "phase" && entry.phase === "migrating")))
    expect(backups.length).toBeGreaterThan(0);
  const newest = backups.at(-1);
  if (newest !== undefined) expect(site.restoredByHand(newest)).toBe(backedUp);
}

export function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
