import type { CommandMigration } from "../../domain/command-migration.ts";
import type { Program } from "../program/program.ts";

/** What the parts of this tool work with. */
export interface Commands extends Program {
  readonly migrations: readonly CommandMigration[];
}
