/** One SQLite file for each customer, as `customers/NAME/app.db`, with an application that notes what it is told and about whom. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Result } from "../../src/domain/result.ts";
import { sqlite3 } from "./project.ts";
import { Workplace } from "./workplace.ts";

export const FILES = 'targets: { files: "customers/*/app.db" }\nbackup: { store: store }\nmigrate: sql\n';

/** The migration fails on whoever is called bad: their names must be one. */
const MIGRATION = "create unique index one_name on people(name);\nalter table people add column role text;\n";

export type State = "old" | "new";

export class Customers extends Workplace {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super();
    this.names = names;
    for (const name of names) this.add(name);
    this.migration("0001_role.sql", MIGRATION);
  }

  add(name: string): void {
    mkdirSync(join(this.directory, "customers", name), { recursive: true });
    this.sql(name, `create table people (id integer primary key, name text); insert into people (name) values ('${name}'), ('Eve');`);
  }

  path(name: string): string {
    return join(this.directory, "customers", name, "app.db");
  }

  sql(name: string, script: string): string {
    return sqlite3(script, this.path(name)).trim();
  }

  /** Two of its people have the same name: the migration will fail on it. */
  spoil(name: string): void {
    this.sql(name, "insert into people (name) values ('Eve')");
  }

  mend(name: string): void {
    this.sql(name, "delete from people where id = 3");
  }

  /** In the order of their names; the data of those that are old were not touched, either. */
  states(): Readonly<Record<string, State>> {
    const state = (name: string): State => {
      const people = this.sql(name, "select group_concat(who) from (select id || name as who from people not indexed order by id)");
      if (!people.startsWith(`1${name},2Eve`)) throw new Error(`${name} has other people: ${people}`);
      return this.sql(name, "select count(*) from pragma_table_info('people') where name = 'role'") === "1" ? "new" : "old";
    };
    return Object.fromEntries(this.names.map((name) => [name, state(name)]));
  }

  /** The commands write what they are, and about whom. */
  static application(per: "environment" | "target"): string {
    const command = (word: string) => `  ${word}: echo ${word} $BELAY_TARGET >> app.log\n`;
    return `app:\n  per: ${per}\n${["stop", "start", "previous"].map(command).join("")}`;
  }
}

export function outcomes(result: Result): Readonly<Record<string, string>> {
  return Object.fromEntries(result.targets.map(({ name, outcome }) => [name, outcome]));
}
