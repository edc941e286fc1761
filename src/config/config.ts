/** A valid configuration: every shorthand expanded, every default filled in, every relative path made absolute. Immutable. */

import type { JsonValue } from "../domain/canonical-json.ts";
import type { CheckConfig, DataScopeConfig } from "../domain/check.ts";
import type { CommandMigration } from "../domain/command-migration.ts";
import type { CommandConfig } from "../domain/command.ts";
import type { MessageEvent } from "../domain/message.ts";
import type { Target } from "../domain/target.ts";
import type { WatchConfig } from "../domain/watch.ts";
import type { Window } from "../domain/window.ts";

export interface Config {
  /** Absolute path of the file. */
  readonly file: string;
  /** Where relative paths start. */
  readonly directory: string;
  /** The names of all environments, in the order of the file. */
  readonly names: readonly string[];
  /** Where grants come from; null: there is no bot. */
  readonly bot: string | null;
  /** File name of the workflow that the bot starts. */
  readonly workflow: string;
  /**
   * The environment that was asked for, or the only one. Variables are expanded for this one alone, so no other is ready for use;
   * empty where none was chosen. Ask `chooseEnvironment`.
   */
  readonly environments: ReadonlyMap<string, Environment>;
}

export interface Environment {
  readonly name: string;
  readonly directory: string;
  /** The databases; which tenants are in them, they are asked themselves (`expandTenants`). */
  readonly targets: readonly Target[];
  /** How many of the targets are migrated after each wave; empty: all of them are one wave. */
  readonly waves: readonly WaveSize[];
  /** So many targets of a wave are at work at once. */
  readonly parallel: number;
  /** null: a target is a whole database. */
  readonly tenants: TenantsConfig | null;
  readonly migrate: MigrateConfig;
  readonly app: AppConfig;
  readonly checks: {
    readonly before: readonly CheckConfig[];
    readonly after: readonly CheckConfig[];
    readonly health: readonly CheckConfig[];
  };
  /** null: nothing is watched. */
  readonly watch: WatchConfig | null;
  /** Who is told of runs; each has a name of its own. */
  readonly notify: readonly ReceiverConfig[];
  readonly checklist: readonly string[];
  readonly data: DataScopeConfig;
  readonly backup: BackupConfig;
  readonly rollback: RollbackConfig;
  /** The database of the server that PostgreSQL's lock lives in; null: chosen by rule. */
  readonly lock: { readonly database: string | null };
  /** `fixHint` null: the command that applies what is missing. */
  readonly gate: { readonly fixHint: string | null };
  readonly approvals: ApprovalsConfig | null;
  /** What a pull request needs before the bot lets it run; empty without a bot, or where nothing is protected. */
  readonly require: readonly RequirementName[];
  readonly merge: "any-time" | "after-migrated";
  /** The environment of GitHub's that guards this one. */
  readonly githubEnvironment: string;
  /** The environment that must have had the same first, and what GitHub calls it; null: none. Only GitHub can tell. */
  readonly needs: { readonly name: string; readonly githubEnvironment: string } | null;
  /** Another environment of the file needs this one. */
  readonly isNeeded: boolean;
  /** When it may be changed; empty: always. */
  readonly windows: readonly Window[];
  /** The effective block before `${}` was expanded, as plain JSON: what `policyDigest` is made of. */
  readonly policy: JsonValue;
  /** Values of the variables that were expanded, and passwords that stand in URLs: never to be printed. */
  readonly secrets: readonly string[];
  /** Names of variables that `belay.yml` names for store, encryption, scratch and other environments: commands do not inherit them. */
  readonly withheldVariables: readonly string[];
}

/** A number of targets, or a part of all of them, from 0 to 100. */
export type WaveSize = { readonly count: number } | { readonly percent: number };
export interface TenantsConfig {
  /** A query whose first column names the schemas, the schemas themselves, or that the tool's own settings tell them. */
  readonly list: { readonly sql: string } | { readonly names: readonly string[] } | { readonly told: "by the tool" };
  /** The schema that all of them build on; null: none, or where the tool tells the tenants the one that it tells. */
  readonly shared: string | null;
  /** How a new tenant comes and goes; null: that is not said. */
  readonly new: { readonly create: TenantAct; readonly remove: TenantAct } | null;
}

export type TenantAct = { readonly sql: string } | CommandConfig;

export type UrlPart = "url" | "host" | "port" | "name" | "user" | "password" | "path";

export interface MigrateConfig {
  /** null: recognised from the files. */
  readonly tool: string | null;
  /** Keys of the tool itself that are single values: `directory`, `layout`, `baseline`. */
  readonly options: Readonly<Record<string, JsonValue>>;
  /** What `tool: command` applies, in that order; empty for every other tool. */
  readonly migrations: readonly CommandMigration[];
  /** What the tool's command line is put behind; null: it runs here. */
  readonly run: readonly [string, ...string[]] | null;
  /** How the tool sees the SQLite file; null: as Belay does. */
  readonly path: string | null;
  /** The second name of the URL for the tool: as given, else the variable that `target.url` consists of, else null. */
  readonly urlVariable: string | null;
  /** Variables for the tool that hold parts of the URL. */
  readonly variables: Readonly<Record<string, UrlPart>>;
  /** The only variables that the tool inherits; null: all but those that are withheld. */
  readonly env: readonly string[] | null;
  /** Absolute path. */
  readonly envFile: string | null;
  readonly timeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly retries: number;
}

export interface AppConfig {
  /** True for `app: online`: nothing is stopped. */
  readonly online: boolean;
  /** The commands are about: one application on all targets, or one for each target. */
  readonly per: "environment" | "target";
  readonly prepare: CommandConfig | null;
  readonly stop: CommandConfig | null;
  readonly start: CommandConfig | null;
  /** null: `start`, with BELAY_SHA set to the previous commit. */
  readonly previous: CommandConfig | null;
  /** The page that people see meanwhile; null: none. */
  readonly maintenance: { readonly on: CommandConfig; readonly off: CommandConfig } | null;
}

export interface BackupConfig {
  /** An absolute directory, `s3://BUCKET/PREFIX`, or null: the engine's default place. */
  readonly store: string | null;
  readonly s3: S3Config;
  /** null: backups lie as they are. */
  readonly encryption: EncryptionConfig | null;
  readonly proof: "auto" | "restore" | "read";
  readonly when: "stopped" | "before";
  readonly clone: "auto" | "never";
  /** The address of a server that restores are proven on; null: the target's own. */
  readonly scratch: string | null;
  /** Kinds of objects that the restoring role cannot restore, accepted. */
  readonly mayLack: readonly string[];
  /** The team's own backup in place of Belay's; `create` null: something else makes it, and `check` alone says that it is there. */
  readonly external: { readonly create: CommandConfig | null; readonly check: CommandConfig } | null;
  readonly keep: { readonly last: number; readonly days: number; readonly swapMs: number; readonly failedMs: number };
}

/** How to reach the service of an S3 store; null: as every AWS program finds it. */
export interface S3Config {
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly pathStyle: boolean | null;
}

export interface EncryptionConfig {
  /** Public keys of age. */
  readonly recipients: readonly string[];
  /** Secret keys of age, out of a variable. */
  readonly identities: readonly string[];
  /** An absolute path; read when something is to be opened. */
  readonly identityFile: string | null;
}

export interface RollbackConfig {
  readonly laterWrites: "keep" | "refuse";
  readonly online: "transaction" | "downgrade";
  readonly hooks: ReadonlyMap<string, { readonly sql: string } | CommandConfig>;
}

/** Who is told of a run, when, and in which words; `template` null: in Belay's own. */
export type ReceiverConfig = {
  readonly name: string;
  readonly on: readonly MessageEvent[];
  /** For one message, with all tries. */
  readonly timeoutMs: number;
} & (
  | { readonly kind: "slack"; readonly url: string; readonly template: string | null }
  /** `secret` null: the body is not signed. */
  | { readonly kind: "webhook"; readonly url: string; readonly secret: string | null }
  | {
      readonly kind: "email";
      readonly to: readonly string[];
      readonly from: string;
      /** `smtp:` or `smtps:`, with user and password where the server wants them. */
      readonly smtp: string;
      readonly subject: string;
      readonly template: string | null;
    }
  /** An absolute path. */
  | { readonly kind: "file"; readonly path: string; readonly template: string | null }
);

export type RequirementName = "checks" | "up-to-date" | "review" | "rehearsal";

export interface ApprovalsConfig {
  /** null: GitHub's environment; where there is a bot it is the bot. */
  readonly by: "bot" | "environment" | "review" | null;
  readonly required: number;
  /** Users and org/team; empty: whoever may write. */
  readonly from: readonly string[];
  readonly allowSelfApproval: boolean;
  readonly expireMs: number;
  readonly rollback: { readonly required: number; readonly allowSelfApproval: boolean };
}
