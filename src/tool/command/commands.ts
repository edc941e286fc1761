import type { CommandMigration } from "../../domain/command-migration.ts";
import type { Program } from "../program/program.ts";

/** What the parts of this tool work with. */
export interface Commands extends Program {
  readonly migrations: readonly CommandMigration[];
  /** The SQLite files that they work on; absolute. */
  readonly databases: readonly string[];
}
