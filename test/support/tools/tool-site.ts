/** A project of one migration tool in a small production, for the cases that every tool is put through. */

import type { Project } from "../project.ts";

export interface ToolSite extends AsyncDisposable {
  readonly project: Pick<Project, "directory" | "write" | "exists" | "json" | "run" | "start" | "configure" | "dump" | "sql">;
  /** false: it has no way back of its own. Left out: it has. */
  readonly reverts?: boolean;
  /** No configuration of its own counts beside the address that Belay tells it. */
  readonly toldByBelayAlone?: boolean;
  /** The line of belay.yml that names the database. */
  readonly target: string;
  /** What stands under `migrate` there. */
  readonly migrate: Readonly<Record<string, string>>;
  /** An environment in which everything but the tool is found. */
  readonly withoutTool: Readonly<Record<string, string>>;
  /**
   * Writes the next migration, and gives its id as Belay calls it. `makes-table`: makes the table `name`, with a way back; `fails`: makes it, then
   * names a table that is not there (`nowhere`); `goes-on`: makes it, leaves the file `began` in the project or its sign in `began()`, and goes on for a minute.
   */
  write(kind: "makes-table" | "fails" | "goes-on", name: string): string;
  /** A migration that goes on has begun. */
  began(): boolean;
  /** The application's tables, those of the tool aside. */
  tables(): readonly string[];
  /** Lets the tool's own configuration lead to another database, which has none of the migrations, and tells the tables that there are in that one. */
  leadElsewhere(): Promise<() => readonly string[]>;
}
