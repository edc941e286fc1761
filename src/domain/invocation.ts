/** What somebody asked Belay to do: the same for command line, action and chat. */

export const COMMANDS = [
  "status",
  "plan",
  "rehearse",
  "migrate",
  "backup",
  "verify",
  "rollback",
  "restore",
  "gate",
  "recover",
  "runs",
  "backups",
  "prune",
  "init",
  "doctor",
] as const;

export type CommandName = (typeof COMMANDS)[number];

export interface Invocation {
  readonly command: CommandName;
  /** null: the only one. */
  readonly environment: string | null;
  /** null: `belay.yml`, then `.github/belay.yml`. */
  readonly config: string | null;
  /** Empty: all targets. */
  readonly targets: readonly string[];
  readonly options: InvocationOptions;
}

/** Options of single commands; absent means not given. */
export interface InvocationOptions {
  readonly to?: string;
  /** `migrate --new`: the schema of a tenant that is to be made. */
  readonly newTenant?: string;
  readonly backup?: string;
  readonly run?: string;
  readonly digest?: string;
  /** Default true; false is `--no-verify`. */
  readonly verify?: boolean;
  /** `verify`: one round of the watch. */
  readonly watch?: boolean;
  readonly again?: string;
  /** `plan`: of what, where it is not of a migration. */
  readonly of?: "rollback";
  readonly withoutApproval?: string;
  readonly acceptLoss?: boolean;
  /** `init`: the migration tool that is meant. */
  readonly tool?: string;
  readonly strategy?: string;
  readonly hook?: string;
  /** `restore BACKUP --into URL`: the backup. */
  readonly argument?: string;
  readonly into?: string;
  readonly replace?: boolean;
  /** `gate`: applies what is missing. */
  readonly fix?: boolean;
  /** `gate`: how long, as `5m`; empty: the usual time. */
  readonly wait?: string;
}
