/**
 * belay.yml as zod sees it, shorthands included: the shape of the file for people, for editors (`schema/belay.schema.json` is made
 * from it) and for validation. It changes nothing; `environment.ts` turns what it accepts into the configuration.
 */

import * as z from "zod/mini";
import type { JsonValue } from "../domain/canonical-json.ts";
import { checksAfter, checksBefore, healthChecks } from "./schema-checks.ts";
import { migrate } from "./schema-migrate.ts";
import { mapOf } from "./schema-map.ts";
import { notify } from "./schema-notify.ts";
import { encrypt, store } from "./schema-store.ts";
import { tenants } from "./schema-tenants.ts";
import { command, described, duration, needed, once, text, timeout } from "./schema-values.ts";
import { watch } from "./schema-watch.ts";
import { DEFAULTS } from "./defaults.ts";
import { badName, isFilled, isBotUrl, isName, isTableOrColumn, isPostgresUrl, isTargetUrl, isWindow, rules } from "./rule.ts";
import { areWaves, isFilePattern, isPercentage } from "./rule-targets.ts";

const target = once(() =>
  z.union([
    text(isTargetUrl),
    z.strictObject({
      name: described(text(isName), "What the target is called; by default its file without the last extension, or its database."),
      url: described(text(isTargetUrl), "Where the database is: sqlite:PATH or postgres://HOST/DATABASE.", DEFAULTS.targetUrl),
      schemas: described(z.array(text(isFilled)).check(z.minLength(1)), "The schemas that Belay owns; PostgreSQL."),
    }),
  ]),
);

const targets = once(() =>
  z.union([
    z.array(target()).check(z.minLength(1)),
    z.strictObject({
      files: needed(
        text(isFilePattern),
        "SQLite files, with * for any part of a name and ? for one character: customers/*/instance/app.db. What Belay lays beside a database is left out.",
      ),
    }),
  ]),
);

const waveSize = once(() => z.union([z.int().check(z.minimum(1)), text(isPercentage)]));

const appKeys = {
  prepare: () => described(command(), "Runs before the downtime: pull an image, build."),
  stop: () => described(command(), "Stops the application; from here on Belay always starts it again."),
  start: () => described(command(), "Starts the new version, after the data were verified."),
  previous: () =>
    described(command(), "Starts the old version after a rollback; by default start, with BELAY_SHA set to the previous commit."),
  maintenance: () => described(maintenance(), "A page for people while the application is stopped."),
  per: () =>
    described(
      z.enum(["environment", "target"]),
      "Whether one application stands on all targets, or each target has its own: then the commands run for each, told by BELAY_TARGET.",
      DEFAULTS.per,
    ),
};

const maintenance = once(() =>
  z.strictObject({
    on: needed(command(), "Shows the maintenance page; runs before stop."),
    off: needed(command(), "Takes it away; runs once the application runs again, whichever version."),
  }),
);

const app = (given?: JsonValue) => z.union([z.literal("online"), mapOf(appKeys, given)]);

const data = once(() =>
  z.union([
    z.enum(["report", "additive", "off"]),
    z.strictObject({
      "may-change": needed(
        z.array(text(isTableOrColumn)),
        "Tables, or table.column for the values of one column, that the migration may change; nothing else.",
      ),
    }),
  ]),
);

/** What the restoring role of a PostgreSQL server may have no right to. */
const MAY_LACK = [
  "event-triggers",
  "publications",
  "subscriptions",
  "extensions",
  "owners",
  "foreign-data-wrappers",
  "languages",
  "functions",
] as const;

const backupKeys = {
  store: () =>
    described(
      store(),
      "Where backups and journals live: a directory, s3://BUCKET/PREFIX, or a map. For SQLite by default belay-backups beside the file.",
    ),
  proof: () =>
    described(
      z.enum(["auto", "restore", "read"]),
      "How a backup is proven: restored and compared, or read through. auto restores up to 10 GB and asks above.",
      DEFAULTS.proof,
    ),
  when: () =>
    described(
      z.enum(["stopped", "before"]),
      "Take the durable backup while the application is stopped, or before the downtime.",
      DEFAULTS.when,
    ),
  scratch: () =>
    described(text(isPostgresUrl), "The URL of a server where backups are restored to prove them; by default the target's own."),
  "may-lack": () => described(z.array(z.enum(MAY_LACK)), "What this role cannot restore, accepted."),
  clone: () => described(z.enum(["auto", "never"]), "Keep a copy beside the target for an instant swap.", DEFAULTS.clone),
  keep: () =>
    described(
      z.strictObject({
        last: described(z.int().check(z.minimum(1)), "Keep at least so many backups.", DEFAULTS.keep.last),
        days: described(z.int().check(z.minimum(0)), "Keep every backup for so many days.", DEFAULTS.keep.days),
        swap: described(duration(), "How long the copy for an instant swap stays after a run.", DEFAULTS.keep.swap),
        failed: described(duration(), "How long a failed database stays beside the target.", DEFAULTS.keep.failed),
      }),
      "How long copies stay. A backup goes only when it is outside both last and days.",
    ),
  external: () =>
    described(
      z.strictObject({
        create: described(command(), "Makes the backup; left out where something else does, continuously."),
        check: needed(command(), "Succeeds only where the backup is there and sound. Its word stands in the report as yours."),
      }),
      "The team's own backup (pgBackRest, Barman, WAL-G, a provider's snapshot) in place of Belay's. The copy for an instant swap is still Belay's.",
    ),
  encrypt: () => described(encrypt(), "Encrypts the content of backups with age; manifests and journals stay readable."),
};

const backup = (given?: JsonValue) => mapOf(backupKeys, given);

const names = rules<Readonly<Record<string, unknown>>>((map) =>
  Object.keys(map).flatMap((name) => {
    const flaw = badName(name);
    return flaw === null ? [] : [{ ...flaw, path: [name] }];
  }),
);

const rollbackKeys = {
  "later-writes": () =>
    described(
      z.enum(["keep", "refuse"]),
      "A rollback inside a run that finds writes made after the migration: keep them aside and go on, or stop.",
      DEFAULTS.laterWrites,
    ),
  online: () =>
    described(z.enum(["transaction", "downgrade"]), "How a failed migration is undone while the application runs.", DEFAULTS.online),
  hooks: () =>
    described(
      z
        .record(z.string(), z.union([z.strictObject({ sql: needed(text(isFilled), "Statements, run in one transaction.") }), command()]))
        .check(names),
      "Ways back of the team's own, by name: SQL or a command.",
    ),
};

const rollback = (given?: JsonValue) => mapOf(rollbackKeys, given);

const required = once(() => z.int().check(z.minimum(1)));

const approvalsKeys = {
  by: () =>
    described(
      z.enum(["bot", "environment", "review"]),
      "Who collects the approvals: the bot where `bot` is set, otherwise GitHub's environment.",
    ),
  required: () => described(required(), "How many people must approve.", DEFAULTS.required),
  from: () => described(z.array(text(isFilled)), "Who may approve: users and org/team; by default whoever may write."),
  "allow-self-approval": () => described(z.boolean(), "Whether the requester's own approval counts.", false),
  expire: () => described(timeout(), "How long an approval stands.", DEFAULTS.expire),
  rollback: () =>
    described(
      z.strictObject({
        required: described(required(), "How many people must approve a rollback.", DEFAULTS.required),
        "allow-self-approval": described(z.boolean(), "Whether the requester's own approval counts for a rollback.", true),
      }),
      "What differs for a rollback.",
    ),
};

const lock = once(() =>
  z.strictObject({
    database: described(
      text(isFilled),
      "The database of the server that the lock lives in; by default postgres where the role may connect to it, else the target.",
    ),
  }),
);

const gate = once(() =>
  z.strictObject({
    "fix-hint": described(
      text(isFilled),
      "What the gate tells people to do when something is missing; by default the command that applies it.",
    ),
  }),
);

const approvals = (given?: JsonValue) => mapOf(approvalsKeys, given);

const checksKeys = {
  before: () => described(checksBefore(), "What must hold before anything starts."),
  after: () => described(checksAfter(), "What must hold after the migration; otherwise it is undone."),
  health: () => described(healthChecks(), "What must hold after the application started; a text is a URL that must answer 2xx within 60s."),
};

const environmentKeys = {
  "github-environment": () => described(text(isFilled), "The GitHub environment; by default the same name."),
  target: () => described(target(), "The database; a text is its url.", DEFAULTS.targetUrl),
  targets: () =>
    described(
      targets(),
      "Several databases with the same migrations: a list, or a pattern of SQLite files. Each is called by its name, or by what the pattern's wildcards matched, joined by -.",
    ),
  waves: () =>
    described(
      z.array(waveSize()).check(z.minLength(1), areWaves),
      "How many of the targets are migrated after each wave, as numbers or parts of all: [1, 10%, 100%]. A wave begins only when all targets before it are verified; without waves there is one.",
    ),
  parallel: () =>
    described(z.int().check(z.minimum(1), z.maximum(64)), "So many targets of a wave are at work at once.", DEFAULTS.parallel),
  tenants: () => described(tenants(), "Tenants: schemas inside a PostgreSQL database, each migrated, verified and taken back by itself."),
  migrate: (given?: JsonValue) =>
    described(migrate(given), "How migrations are applied; a text is the tool. Recognised from the files where it is left out."),
  app: (given?: JsonValue) => described(app(given), "How the application is held during a run; online where it keeps running."),
  checks: (given?: JsonValue) => described(mapOf(checksKeys, given), "What must hold, and when."),
  watch: () => described(watch(), "Checks that are asked again and again, after the application started and for days after a run."),
  notify: () => described(notify(), "Who is told of a run: webhooks, e-mail, files."),
  checklist: () => described(z.array(text(isFilled)), "What only a person can check: printed as boxes at the end."),
  data: () =>
    described(data(), "What the migration may do to rows: report what it did, additive, a list in may-change, or off.", DEFAULTS.data),
  backup: (given?: JsonValue) => described(backup(given), "Where backups go, how they are proven and how long they stay."),
  rollback: (given?: JsonValue) => described(rollback(given), "How the way back is taken."),
  gate: () => described(gate(), "What `belay gate` says in a container's entrypoint."),
  lock: () => described(lock(), "Where PostgreSQL keeps the lock of a run."),
  approvals: (given?: JsonValue) => described(approvals(given), "Makes the environment protected: who must approve a run."),
  require: () => described(z.array(z.enum(["checks", "up-to-date", "review", "rehearsal"])), "What a pull request needs before a run."),
  merge: () =>
    described(
      z.enum(["any-time", "after-migrated"]),
      "When a pull request may be merged, as the check `belay` says it: any time, or once this environment has its migrations.",
      DEFAULTS.merge,
    ),
  windows: () => described(z.array(text(isWindow)), "When the environment may be changed: `Sun 01:00-05:00 America/Toronto`."),
  needs: () => described(text(isName), "The environment that must have had the same migrations before."),
};

/** One environment's block. `given`: only as far as this block needs it. */
export const environmentSchema = (given?: JsonValue) => mapOf(environmentKeys, given);

export type WrittenEnvironment = z.infer<ReturnType<typeof environmentSchema>>;
export type WrittenTarget = z.infer<ReturnType<typeof target>>;

const atLeastOne = rules<Readonly<Record<string, unknown>>>((map) =>
  Object.keys(map).length > 0
    ? []
    : [{ code: "no-environment", message: "expected at least one environment", hint: "for example prod:", path: [] }],
);

function fileOf<T extends z.ZodMiniType>(environment: T) {
  return z.strictObject({
    version: described(z.literal(1), "The version of this format.", 1),
    bot: described(text(isBotUrl), "The address of the bot, where grants come from."),
    workflow: described(text(isFilled), "The workflow that the bot starts.", DEFAULTS.workflow),
    defaults: described(environment, "What all environments share: maps merge by key, lists replace."),
    environments: needed(z.record(z.string(), environment).check(names, atLeastOne), "The environments by name: staging, prod."),
  });
}

/** The file without the insides of its environments, which are validated one by one after `defaults` were merged in. */
export const frameSchema = once(() => fileOf(z.looseObject({})));

/** The whole file, for the JSON Schema. */
export const fileSchema = (environment: ReturnType<typeof environmentSchema>) => fileOf(environment);
