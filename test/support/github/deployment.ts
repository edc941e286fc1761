/** A project in production that workflows deploy: its repository on a GitHub, its database, and the two states that this may be in. */

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { Result } from "../../../src/domain/result.ts";
import type { JournalEntry } from "../../../src/run/journal-entry.ts";
import { APPLICATION, bookingDatabase } from "../project.ts";
import { Job, type JobSettings, type StepEnd } from "../runner.ts";
import { pushEvent } from "./events.ts";
import { CheckedOutProject } from "./repository.ts";
import { FakeGitHub } from "./server.ts";

export interface DeploymentSettings {
  /** Replaces the `app:` block. */
  readonly app?: string;
  /** Further lines of the environment. */
  readonly more?: string;
  /** Name → SQL; replaces the migrations. */
  readonly migrations?: Readonly<Record<string, string>>;
  readonly bookings?: number;
}

/** A push of what is checked out; by default to the default branch, where policy is read without asking GitHub. */
export type PushSettings = Partial<JobSettings> & { readonly branch?: string };

const MIGRATIONS: Readonly<Record<string, string>> = {
  "001_phones.sql": "alter table users add column phone text;\nupdate users set phone = '+1 555 ' || id;\n",
  "002_reviews.sql":
    "create table reviews(id integer primary key, stars integer);\ninsert into reviews(stars) select 1 + id % 5 from bookings;\n",
};

export class Deployment extends CheckedOutProject implements AsyncDisposable {
  readonly old: string;
  readonly #migrations: string;
  #new: string | null = null;
  #github: FakeGitHub | null = null;

  private constructor({ app = APPLICATION, more = "", migrations = MIGRATIONS, bookings = 100 }: DeploymentSettings) {
    super();
    bookingDatabase(this, bookings);
    this.old = this.dump();
    this.#migrations = Object.values(migrations).join("\n");
    copyFileSync(this.database, join(this.outside, "before.db"));
    for (const [name, sql] of Object.entries(migrations)) this.migration(name, sql);
    this.configure(`target: sqlite:${this.database}\nmigrate: sql\n${app}${more}`);
    this.commit("Deploy");
  }

  static async start(settings: DeploymentSettings = {}): Promise<Deployment> {
    const deployment = new Deployment(settings);
    deployment.#github = await FakeGitHub.start(deployment.directory);
    return deployment;
  }

  get github(): FakeGitHub {
    assert.ok(this.#github !== null);
    return this.#github;
  }

  /** A job for the commit that is checked out. */
  job({ branch = "main", ...settings }: PushSettings = {}): Job {
    const event = pushEvent(this.github, { sha: this.head(), actor: "alice", branch });
    return new Job({ github: this.github, workspace: this.directory, event, cancelScale: 0.1, ...settings });
  }

  /** One step in a job of its own, with the end of that job. */
  async step(inputs: Readonly<Record<string, string>> = {}, settings: PushSettings = {}): Promise<StepEnd> {
    await using job = this.job(settings);
    const end = await job.run(inputs);
    for (const post of await job.post()) assert.equal(post.status, 0, post.printed);
    return end;
  }

  /** What the migrations make of the old state, by SQLite's own program. */
  get #newByHand(): string {
    const copy = join(this.outside, "by-hand");
    copyFileSync(join(this.outside, "before.db"), copy);
    this.sql(this.#migrations, copy);
    const dump = this.dump(copy);
    for (const end of ["", "-wal", "-shm"]) rmSync(copy + end, { force: true });
    return dump;
  }

  /** Fails where the database is in neither. */
  state(): "old" | "new" {
    const dump = this.dump().replace(/^CREATE TABLE \S*belay_migrations[^;]*;\n|^INSERT INTO \S*belay_migrations\S* VALUES.*\n/gm, "");
    if (dump === this.old) return "old";
    assert.equal(dump, (this.#new ??= this.#newByHand));
    return "new";
  }

  /** Every run's, oldest first. */
  journals(): JournalEntry[][] {
    const folder = join(this.outside, "belay-backups/prod/.runs");
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).sort();
    return names.map((name) =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as JournalEntry),
    );
  }

  /** The phase that the last run's journal says. */
  phase(): string | undefined {
    return this.journals()
      .at(-1)
      ?.findLast((entry) => entry.type === "phase")?.phase;
  }

  /** Waits until something is so; the test fails when it does not come. */
  async until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
    for (const deadline = performance.now() + limitMs; !holds(); await pause(10)) {
      if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#github?.[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}

/** The result as the step's output `report` names it. */
export function reportOf({ outputs }: StepEnd): Result {
  return JSON.parse(readFileSync(outputs["report"] ?? "", "utf8")) as Result;
}
