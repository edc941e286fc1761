import type { CommandConfig, CommandLine } from "./command.ts";

/** A migration that a program of the team's own applies (`tool: command`), as belay.yml describes it, every shorthand expanded. */
export interface CommandMigration {
  readonly id: string;
  /** Says, without changing anything, whether it is pending: a dry run, a status. Ends with status 0 either way. */
  readonly pending: CommandConfig;
  /** Regular expressions for what `pending` prints, `^` and `$` for each line. Where both match, it is pending. */
  readonly pendingWhen: string;
  readonly appliedWhen: string;
  readonly apply: MigrationCommand;
  /** null: there is no way back but the backup. */
  readonly revert: MigrationCommand | null;
  /** Globs of the files that make it up, so that a plan notices when they change; null: the files that `apply` names. */
  readonly files: readonly string[] | null;
}

export interface MigrationCommand {
  readonly command: CommandLine;
  /** null: as long as `migrate.timeout` lets all of them take together. */
  readonly timeoutMs: number | null;
}
