/** What the production must be like, worked out beside it on a database of its own, without Belay. */

import Database from "better-sqlite3";

import { type Content, contentOf } from "./content.ts";
import { isGood, type Kind, migrationSql } from "./migration-kinds.ts";

export const SETUP = `
  create table person (id integer primary key, name text not null unique);
  create table note (id integer primary key, person integer not null references person (id), body text);
  insert into person (name) values ('Ann'), ('Bob'), ('Cid');
  insert into note (person, body) values (1, 'first'), (2, 'second');
`;

export interface PendingFile {
  readonly number: number;
  readonly kind: Kind;
}

/** A run that changed the database and was not taken back. */
interface PastRun {
  readonly before: Buffer;
  readonly appliedBefore: readonly string[];
  readonly filesBefore: readonly PendingFile[];
  /** What it left; later writes are counted from there. */
  readonly after: Content;
  /** It was finished by a recovery, which may not know any more what it left. */
  readonly recovered: boolean;
}

/** A command that was cut off: until `recover` the database may be anything between its two ends. */
export interface CutOff {
  readonly command: "migrate" | "rollback";
  readonly old: Content;
  /** null where it must not succeed. */
  readonly new: Content | null;
  /** How many runs there were before it. */
  readonly journals: number;
}

export class Model {
  db = new Database(":memory:");
  applied: readonly string[] = [];
  pending: readonly PendingFile[] = [];
  readonly runs: PastRun[] = [];
  /** What each backup must hold, by its id. */
  readonly backups = new Map<string, Content>();
  cutOff: CutOff | null = null;
  /** What the database held when the last command began: what a backup that it took must hold. */
  atStart: Content = new Map();
  #next = 1;

  constructor() {
    this.db.exec(SETUP);
  }

  content(): Content {
    return contentOf(this.db);
  }

  nextNumber(): number {
    return this.#next++;
  }

  willSucceed(): boolean {
    return this.pending.every(({ kind }) => isGood(kind));
  }

  /** What a run would leave, without making it so. */
  afterMigrating(): Content {
    const copy = new Database(this.db.serialize());
    try {
      for (const { kind, number } of this.pending) copy.exec(migrationSql(kind, number));
      return contentOf(copy);
    } finally {
      copy.close();
    }
  }

  migrated(recovered = false): void {
    const run = { before: this.db.serialize(), appliedBefore: this.applied, filesBefore: this.pending, recovered };
    for (const { kind, number } of this.pending) this.db.exec(migrationSql(kind, number));
    this.applied = [...this.applied, ...this.pending.map(fileName)];
    this.pending = [];
    this.runs.push({ ...run, after: this.content() });
  }

  lastRun(): PastRun | undefined {
    return this.runs.at(-1);
  }

  beforeLastRun(): Content | null {
    const run = this.lastRun();
    if (run === undefined) return null;
    const copy = new Database(run.before);
    try {
      return contentOf(copy);
    } finally {
      copy.close();
    }
  }

  rolledBack(): void {
    const run = this.runs.pop();
    if (run === undefined) throw new Error("there is nothing to take back");
    this.db.close();
    this.db = new Database(run.before);
    this.applied = run.appliedBefore;
    this.pending = [...run.filesBefore, ...this.pending];
  }
}

export function fileName({ number }: PendingFile): string {
  return String(number).padStart(4, "0");
}
