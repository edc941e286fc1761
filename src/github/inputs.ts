/** The action's inputs and outputs, as data: `action.yml`, its test and the documentation are held to this list. */

import type { OptionName } from "../command/options.ts";

/** Where the value of an input goes. */
export type Destination =
  | "command"
  | "environment"
  | "config"
  | "target"
  /** An option of the command line by its own name. */
  | { readonly option: OptionName }
  /** The server that Belay runs on, in place of the runner. */
  | "ssh"
  /** How things are shown, and by whose right; no part of what is done. */
  | "presentation";

export interface InputSpec {
  readonly name: string;
  readonly description: string;
  /** What the runner passes where the step says nothing; null: an empty text. */
  readonly default: string | null;
  readonly to: Destination;
  /** What a value must be where it is no free text. */
  readonly kind: "text" | "boolean" | readonly string[];
}

export const COMMENT_MODES = ["auto", "always", "never"] as const;
export type CommentMode = (typeof COMMENT_MODES)[number];

export const INPUTS = [
  {
    name: "command",
    description:
      "What Belay does: migrate, plan, backup, verify, rollback, recover, restore, status, gate, runs, backups, prune or doctor.",
    default: "migrate",
    to: "command",
    kind: "text",
  },
  text("environment", "The environment of belay.yml; by default the only one.", "environment"),
  text("config", "Path of the configuration in the repository; by default belay.yml, then .github/belay.yml.", "config"),
  text("target", "Only these targets: names or unique last parts, one a line or separated by commas.", "target"),
  text("to", "Only up to this migration, itself included; for rollback the migration that stays.", { option: "to" }),
  text("backup", "The backup that migrate relies on, rollback puts back, or restore restores.", { option: "backup" }),
  text("run", "The run that is meant, not the last one.", { option: "run" }),
  text("digest", "Run only the plan with this digest, else refuse.", { option: "digest" }),
  {
    name: "verify",
    description: "false: record what the run did and leave the judgement to a later verify.",
    default: "true",
    to: { option: "no-verify" },
    kind: "boolean",
  },
  {
    name: "watch",
    description: "true: verify is one round of the watch of the last run, for a schedule.",
    default: "false",
    to: { option: "watch" },
    kind: "boolean",
  },
  text("again", "Why a plan that failed before may run once more; the reason is journaled.", { option: "again" }),
  {
    name: "accept-loss",
    description: "true: a rollback gives up what was written since; it is kept aside and counted.",
    default: "false",
    to: { option: "accept-loss" },
    kind: "boolean",
  },
  text("strategy", "The way of a rollback: swap, restore, downgrade or hook, in place of Belay's own choice.", { option: "strategy" }),
  text("hook", "Roll back by this hook of belay.yml.", { option: "hook" }),
  text("into", "The URL of the database that restore restores into, empty or new.", { option: "into" }),
  {
    name: "replace",
    description: "true: restore also where something is there already; it is kept aside.",
    default: "false",
    to: { option: "replace" },
    kind: "boolean",
  },
  text("new", "Make this tenant (tenants.create), migrate it, and remove it again where that fails.", { option: "new" }),
  {
    name: "fix",
    description: "true: gate applies what is missing in a guarded run, and leaves the application alone.",
    default: "false",
    to: { option: "fix" },
    kind: "boolean",
  },
  text("wait", "How long gate lets the run of somebody else come to its end first, for example 5m.", { option: "wait" }),
  text("ssh", "Run Belay on this server, where the database is: user@host, user@host:port or ssh://user@host:port.", "ssh"),
  text("ssh-directory", "Absolute path on that server where belay.yml's relative paths start: where the application lies.", "ssh"),
  text("ssh-key", "The private key for it, without a passphrase; by default the agent of SSH_AUTH_SOCK has it.", "ssh"),
  text("known-hosts", "The server's host key, as a line of ~/.ssh/known_hosts; needed with ssh, and held to strictly.", "ssh"),
  text("request", "The request that this run carries out; set by the bot.", "presentation"),
  {
    name: "github-token",
    description: "Reads the policy, approvals and deployments, and writes the comment.",
    default: "${{ github.token }}",
    to: "presentation",
    kind: "text",
  },
  {
    name: "comment",
    description: "Whether the pull request gets a comment: auto (only where there is something to say), always or never.",
    default: "auto",
    to: "presentation",
    kind: COMMENT_MODES,
  },
] as const satisfies readonly InputSpec[];

export type InputName = (typeof INPUTS)[number]["name"];

export interface OutputSpec {
  readonly name: string;
  readonly description: string;
}

export const OUTPUTS = [
  { name: "outcome", description: "How it ended: planned, up-to-date, migrated, refused, rolled-back, failed, needs-attention …" },
  { name: "run", description: "The id of the run; empty where there was none." },
  { name: "digest", description: "The digest of the plan, for the input of the same name." },
  { name: "backup", description: "The id of the backup, for the input of the same name." },
  { name: "pending", description: "How many migrations are pending, over all targets." },
  { name: "applied", description: "How many migrations were applied, over all targets." },
  { name: "report", description: "Path of the result as JSON." },
  { name: "matrix", description: "The targets as JSON, for strategy.matrix with fromJSON." },
] as const satisfies readonly OutputSpec[];

export type OutputName = (typeof OUTPUTS)[number]["name"];

function text<Name extends string>(name: Name, description: string, to: Destination) {
  return { name, description, default: null, to, kind: "text" } as const;
}
