/** Messages to people and programs about a run: when they are sent, and what their templates can name. */

import type { JsonValue } from "./canonical-json.ts";
import type { Reason } from "./error.ts";
import type { Result, WatchResult } from "./result.ts";

/**
 * `before`: a run is about to prepare; `start`: the downtime begins; `end`: it ended well; `failure`: it did not, or a watch found
 * something (and found it well again); `rollback`: the data went back.
 */
export const MESSAGE_EVENTS = ["before", "start", "end", "failure", "rollback"] as const;

export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

/** What a template may name, and what stands there. Empty where there is nothing to say yet. */
export const MESSAGE_FIELDS = {
  summary: "one sentence: what happened",
  event: "before, start, end, failure or rollback",
  environment: "the environment's name",
  command: "migrate, rollback, recover or verify",
  outcome: "how it ended, in the words of the exit codes; empty before the end",
  run: "the run's id",
  targets: "the names of the targets",
  migrations: "the migrations that are to be applied, or were",
  count: "how many migrations those are",
  time: "when the message was made, in UTC",
  duration: "how long the run took",
  backup: "the ids of its backups",
  reasons: "why it failed, a line each",
  next: "what to do now, a line each",
  rollback: "how the data went back",
  "later-writes": "what was written since the migration, and is kept aside",
  kept: "where the failed database is kept",
  watch: "what the watch has seen: 26 of 26 rounds good",
  checklist: "what only a person can check, a line each",
  commit: "the commit that was deployed",
} as const;

export type MessageField = keyof typeof MESSAGE_FIELDS;

/** Every field has a text; several lines only where `MESSAGE_FIELDS` says so. */
export type MessageFields = Readonly<Record<MessageField, string>>;

/** What a message tells of. */
export interface MessageFacts {
  readonly event: MessageEvent;
  readonly environment: string;
  /** `migrate`, `rollback`, `recover` or `verify`. */
  readonly command: string;
  readonly run: string;
  readonly at: Date;
  readonly targets: readonly string[];
  /** That are to be applied, or were. */
  readonly migrations: readonly string[];
  readonly commit: string | null;
  readonly reasons: readonly Reason[];
  /** null before the end. */
  readonly result: Result | null;
  /** What a watch has found, or found well again; null: it is not about one. */
  readonly watch: WatchResult | null;
}

/** One message, the same for every receiver. No secret is in it. */
export interface Message {
  /** The same whenever this message is sent again, for receivers that tell repetitions. */
  readonly id: string;
  readonly event: MessageEvent;
  readonly at: Date;
  readonly fields: MessageFields;
  /** For receivers that have no words of their own. */
  readonly template: string;
  /** For programs: the result as `--json` gives it; null before the end. */
  readonly result: JsonValue;
}

/** What became of a message at one receiver. */
export interface Delivery {
  /** Its name in belay.yml. */
  readonly receiver: string;
  readonly event: MessageEvent;
  readonly outcome: "sent" | "failed";
  /** Why it failed. */
  readonly detail?: string;
}
