/** An environment's block that the schema has accepted → Environment. Pure. */

import type { DataScopeConfig } from "../domain/check.ts";
import { parseWindow, type Window } from "../domain/window.ts";
import { checksOf, commandOf, healthChecksOf, sameNames } from "./checks.ts";
import type { AppConfig, ApprovalsConfig, BackupConfig, Environment, RollbackConfig, WaveSize } from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import { validDurationMs } from "./duration.ts";
import { migrateOf, migrateProblems } from "./migrate.ts";
import { notifyProblems, receiversOf } from "./notify.ts";
import type { Problem } from "./problem.ts";
import { TABLE_OR_COLUMN } from "./rule.ts";
import type { WrittenEnvironment } from "./schema.ts";
import { encryptionOf, isS3, s3Of, storeOf, storeProblems, storeSecrets } from "./store.ts";
import { lostWithCheckout, targetsOf, type Surroundings } from "./targets.ts";
import { tenantsOf, tenantsProblems } from "./tenants.ts";
import { at, placeOf, toJson, type Path, type Tree } from "./tree.ts";
import { watchOf, watchProblems } from "./watch.ts";

export interface EnvironmentSource {
  readonly name: string;
  /** Merged with the defaults, before variables: what policy is made of. */
  readonly effective: Tree;
  /** The same after variables were put in. */
  readonly expanded: Tree;
  readonly written: WrittenEnvironment;
  readonly secrets: readonly string[];
  readonly withheldVariables: readonly string[];
  /** What GitHub calls another environment of the file. */
  readonly githubEnvironmentOf: (name: string) => string;
  /** By another environment of the file. */
  readonly isNeeded: boolean;
  /** The file names a bot. */
  readonly hasBot: boolean;
}

export function environmentOf(
  source: EnvironmentSource,
  around: Surroundings,
): { readonly environment: Environment; readonly problems: readonly Problem[] } {
  const { name, effective, expanded, written } = source;
  const { targets, problems } = targetsOf(written, effective, expanded, around);
  const { before = [], after = [], health = [] } = written.checks ?? {};
  const healthChecks = healthChecksOf(health, expanded, ["checks", "health"]);
  const migrate = migrateOf(written.migrate, effective, around.directory);
  const environment: Environment = {
    name,
    directory: around.directory,
    targets,
    waves: (written.waves ?? []).map(waveSizeOf),
    parallel: written.parallel ?? DEFAULTS.parallel,
    tenants: tenantsOf(written.tenants, migrate.tool, targets),
    migrate,
    app: appOf(written.app),
    checks: {
      before: checksOf(before, expanded, ["checks", "before"]),
      after: checksOf(after, expanded, ["checks", "after"]),
      health: healthChecks,
    },
    watch: watchOf(written.watch, expanded, healthChecks),
    notify: receiversOf(written.notify, around.directory),
    checklist: written.checklist ?? [],
    data: dataOf(written.data),
    backup: backupOf(written.backup, around.directory),
    rollback: rollbackOf(written.rollback),
    lock: { database: written.lock?.database ?? null },
    gate: { fixHint: written.gate?.["fix-hint"] ?? null },
    approvals: approvalsOf(written.approvals, source.hasBot),
    require: source.hasBot && written.approvals !== undefined ? (written.require ?? DEFAULTS.require) : [],
    merge: written.merge ?? DEFAULTS.merge,
    githubEnvironment: written["github-environment"] ?? name,
    needs: written.needs === undefined ? null : { name: written.needs, githubEnvironment: source.githubEnvironmentOf(written.needs) },
    isNeeded: source.isNeeded,
    windows: windowsOf(written.windows),
    policy: toJson(effective),
    secrets: source.secrets,
    withheldVariables: [...source.withheldVariables, ...storeSecrets(storeOf(written.backup?.store, around.directory))],
  };
  const unasked = source.hasBot ? [] : needsBot(written, expanded);
  return { environment, problems: [...problems, ...furtherProblems(environment, written, expanded, around), ...unasked] };
}

/** Only the bot asks for it: elsewhere it would be a rule that nobody keeps. */
function needsBot(written: WrittenEnvironment, block: Tree): readonly Problem[] {
  const unkept = (["require", "merge"] as const).filter((key) => written[key] !== undefined);
  return unkept.map((key) => ({
    ...placeOf(block, [key]),
    code: "needs-bot",
    message: `${key} is asked by the bot, and this file names none`,
    hint: `write \`bot: https://…\` at the top, or leave ${key} out`,
  }));
}

/** What only shows once values are put together. */
function furtherProblems(
  { backup, targets, tenants, migrate, checks }: Environment,
  written: WrittenEnvironment,
  block: Tree,
  around: Surroundings,
): readonly Problem[] {
  const { before = [], after = [], health = [] } = written.checks ?? {};
  return [
    ...storeProblems(backup.store, backup.s3, block),
    ...(backup.store === null || isS3(backup.store)
      ? []
      : lostWithCheckout("this store", backup.store, block, placeOfStore(block), around)),
    ...(written.target !== undefined && written.targets !== undefined ? [both(block)] : []),
    ...sameNames(before, block, ["checks", "before"]),
    ...sameNames(after, block, ["checks", "after"]),
    ...(Array.isArray(health)
      ? sameNames(
          health.map((each) => (typeof each === "string" ? {} : each)),
          block,
          ["checks", "health"],
        )
      : []),
    ...watchProblems(written.watch, checks.health, block),
    ...notifyProblems(written.notify, block),
    ...migrateProblems(written.migrate, targets, block),
    ...tenantsProblems(tenants, targets, migrate, block),
    ...(backup.when === "before" && backup.clone === "never"
      ? [needsClone(block, "a backup that was taken before the downtime", "leave clone out, or write when: stopped")]
      : []),
    ...(backup.external === null ? [] : besideExternal(backup, written, block)),
  ];
}

function placeOfStore(block: Tree): Path {
  const path = ["backup", "store"];
  return at(block, path)?.kind === "map" ? [...path, "url"] : path;
}

/** The way back after a backup that was taken earlier, or by somebody else, is the copy that is taken now. */
function needsClone(block: Tree, what: string, hint: string): Problem {
  return {
    ...placeOf(block, ["backup", "clone"]),
    code: "clone-needed",
    message: `${what} needs the copy for the way back`,
    hint,
  };
}

/** What says how Belay's own backup is made and proven says nothing of the team's. */
function besideExternal(backup: BackupConfig, written: WrittenEnvironment, block: Tree): readonly Problem[] {
  const useless = (["when", "proof"] as const).filter((key) => written.backup?.[key] !== undefined);
  return [
    ...(backup.clone === "never" ? [needsClone(block, "an external backup", "leave clone out")] : []),
    ...useless.map((key) => ({
      ...placeOf(block, ["backup", key]),
      code: "no-effect",
      message: `${key} says how Belay's own backup is made, and backup.external is in its place`,
      hint: `leave ${key} out`,
    })),
  ];
}

function both(block: Tree): Problem {
  const { line, column, path } = placeOf(block, ["targets"]);
  return {
    line,
    column,
    path,
    code: "target-and-targets",
    message: "target and targets exclude each other",
    hint: "write the one target into the list",
  };
}

function appOf(given: WrittenEnvironment["app"]): AppConfig {
  const written = typeof given === "object" ? given : {};
  const command = (key: "prepare" | "stop" | "start" | "previous") => (written[key] === undefined ? null : commandOf(written[key]));
  const { maintenance } = written;
  return {
    online: given === "online",
    per: written.per ?? DEFAULTS.per,
    prepare: command("prepare"),
    stop: command("stop"),
    start: command("start"),
    previous: command("previous"),
    maintenance: maintenance === undefined ? null : { on: commandOf(maintenance.on), off: commandOf(maintenance.off) },
  };
}

function waveSizeOf(written: number | string): WaveSize {
  return typeof written === "number" ? { count: written } : { percent: Number.parseFloat(written) };
}

function dataOf(written: WrittenEnvironment["data"]): DataScopeConfig {
  if (typeof written !== "object") return { mode: written ?? DEFAULTS.data };
  const entries = written["may-change"].map((entry) => {
    const [, table = entry, column] = TABLE_OR_COLUMN.exec(entry) ?? [];
    return { table: unquoted(table), column: column === undefined ? null : unquoted(column) };
  });
  return {
    mode: "may-change",
    tables: entries.filter(({ column }) => column === null).map(({ table }) => table),
    columns: entries.flatMap(({ table, column }) => (column === null ? [] : [{ table, column }])),
  };
}

function unquoted(name: string): string {
  return name.replace(/^"(.*)"$/s, "$1");
}

function backupOf(written: WrittenEnvironment["backup"], directory: string): BackupConfig {
  const keep = written?.keep;
  return {
    store: storeOf(written?.store, directory),
    s3: s3Of(written?.store),
    encryption: encryptionOf(written?.encrypt, directory),
    proof: written?.proof ?? DEFAULTS.proof,
    when: written?.when ?? DEFAULTS.when,
    clone: written?.clone ?? DEFAULTS.clone,
    scratch: written?.scratch ?? null,
    mayLack: written?.["may-lack"] ?? [],
    external: externalOf(written?.external),
    keep: {
      last: keep?.last ?? DEFAULTS.keep.last,
      days: keep?.days ?? DEFAULTS.keep.days,
      swapMs: validDurationMs(keep?.swap ?? DEFAULTS.keep.swap),
      failedMs: validDurationMs(keep?.failed ?? DEFAULTS.keep.failed),
    },
  };
}

function externalOf(written: NonNullable<WrittenEnvironment["backup"]>["external"]): BackupConfig["external"] {
  if (written === undefined) return null;
  return { create: written.create === undefined ? null : commandOf(written.create), check: commandOf(written.check) };
}

function rollbackOf(written: WrittenEnvironment["rollback"]): RollbackConfig {
  const hooks = Object.entries(written?.hooks ?? {}).map(
    ([name, hook]) => [name, typeof hook === "object" && "sql" in hook ? { sql: hook.sql } : commandOf(hook)] as const,
  );
  return {
    laterWrites: written?.["later-writes"] ?? DEFAULTS.laterWrites,
    online: written?.online ?? DEFAULTS.online,
    hooks: new Map(hooks),
  };
}

function approvalsOf(written: WrittenEnvironment["approvals"], hasBot: boolean): ApprovalsConfig | null {
  if (written === undefined) return null;
  return {
    by: written.by ?? (hasBot ? "bot" : null),
    required: written.required ?? DEFAULTS.required,
    from: written.from ?? [],
    allowSelfApproval: written["allow-self-approval"] ?? false,
    expireMs: validDurationMs(written.expire ?? DEFAULTS.expire),
    rollback: {
      required: written.rollback?.required ?? DEFAULTS.required,
      allowSelfApproval: written.rollback?.["allow-self-approval"] ?? true,
    },
  };
}

function windowsOf(written: readonly string[] = []): readonly Window[] {
  return written.map(parseWindow).flatMap((window) => ("flaw" in window ? [] : [window]));
}
