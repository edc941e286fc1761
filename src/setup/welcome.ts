/**
 * `plan` on the pull request that brings belay.yml, or an environment: what was recognised, and what Belay would do after the merge.
 * Nothing of the pull request is run, and no database is opened: what may be done is decided by the default branch, and that does not
 * know of it yet.
 */

import { chooseEnvironment } from "../config/choose.ts";
import type { Environment } from "../config/config.ts";
import { loadConfig, type LoadRequest } from "../config/load.ts";
import type { CommandConfig } from "../domain/command.ts";
import { BelayError, type Reason } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import { counted, firstOf } from "../domain/words.ts";
import { requirementsOf } from "../policy/requirements.ts";
import { describeCommand } from "../process/describe-command.ts";
import { makeRedactor } from "../process/redact.ts";
import type { World } from "../world.ts";

export interface MigrationsOnDisk {
  /** `SQL files in migrations`. */
  readonly found: string;
  /** In the order of application; null: only the tool itself can tell. */
  readonly ids: readonly string[] | null;
  readonly problems: readonly Reason[];
}

/** Throws refusals where the files do not tell it. */
type LookOnDisk = (environment: Environment) => Promise<MigrationsOnDisk>;

const MOST_NAMES = 12;

/** Throws usage errors for what is wrong in the checkout's own belay.yml. */
export async function welcome(world: World, request: LoadRequest, look: LookOnDisk): Promise<Result> {
  const startedAt = world.now();
  const read = await readOwn(request);
  const lines = "environment" in read ? await described(read.environment, world, look) : read.unset;
  return {
    belay: world.belayVersion,
    run: null,
    command: "plan",
    environment: "environment" in read ? read.environment.name : read.name,
    outcome: "planned",
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: world.now().getTime() - startedAt.getTime(),
    reasons: [],
    targets: [],
    welcome: lines,
  };
}

type Own = { readonly environment: Environment } | { readonly name: string; readonly unset: readonly string[] };

/** A pull request's job may have to do without secrets: a variable that is not set is told, and is no mistake in the file. */
async function readOwn(request: LoadRequest): Promise<Own> {
  try {
    return { environment: chooseEnvironment(await loadConfig(request), request.environment) };
  } catch (error) {
    const unset = onlyUnset(error);
    if (unset === null) throw error;
    const { names } = await loadConfig({ ...request, environment: NONE });
    const told = `\`belay.yml\` is well formed; what it says can be told in full where its variables are set`;
    return { name: request.environment ?? names.join(), unset: [told, ...unset] };
  }
}

/** No environment is called so: none is chosen, and of none are variables asked for. */
const NONE = "";

/** What is wrong, where that is nothing but variables without a value; null: something else is, too. */
function onlyUnset(error: unknown): readonly string[] | null {
  if (!(error instanceof BelayError)) return null;
  const { problems } = error.facts;
  if (!Array.isArray(problems)) return null;
  const told = problems.map((problem: unknown) => {
    const { code, message, line } = Object(problem);
    return code === "variable-unset" ? `line ${line}: ${message}` : null;
  });
  return told.every((each) => each !== null) ? told : null;
}

async function described(environment: Environment, world: World, look: LookOnDisk): Promise<readonly string[]> {
  const { targets, checks } = environment;
  world.hide(environment.secrets);
  const lines = [
    ...targets.map(({ name, configured }) => `database \`${name}\`: \`${configured}\``),
    ...(await migrations(environment, look)),
    application(environment),
    `checks: ${checkNames(checks)}`,
    `backups: ${environment.backup.store === null ? "beside the database" : `in \`${environment.backup.store}\``}, each proven before anything is changed`,
    ...requirements(environment, world.now()),
    afterwards(environment),
    ...(world.github?.hosted === true && targets.some(({ engine }) => engine === "sqlite") ? [ELSEWHERE] : []),
  ];
  return lines.map(makeRedactor(environment.secrets));
}

const ELSEWHERE =
  "this job runs on a runner of GitHub's; the one that migrates must run on the machine that has the database: `runs-on: [self-hosted, …]`";

async function migrations(environment: Environment, look: LookOnDisk): Promise<readonly string[]> {
  try {
    const { found, ids, problems } = await look(environment);
    return [`migrations: ${found}${ids === null ? "" : `, ${listed(ids)}`}`, ...problems.slice(0, MOST_NAMES).map(told)];
  } catch (error) {
    if (!(error instanceof BelayError) || error.kind !== "refused") throw error;
    return [`migrations: ${told(error)}`];
  }
}

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return "none yet";
  const names = firstOf(
    ids.map((id) => `\`${id}\``),
    MOST_NAMES,
  );
  return `${counted(ids.length, "migration")}: ${names}`;
}

function told({ message, hint }: Pick<Reason, "message"> & { readonly hint?: string | undefined }): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

function application({ app: { online, stop, start } }: Environment): string {
  if (online) return "application: goes on running (`app: online`)";
  const how = [by("stopped", stop), by("started", start)].filter((text) => text !== "").join(", ");
  return `application: ${how === "" ? "nothing is stopped or started; say how under `app:`" : how}`;
}

function by(done: string, command: CommandConfig | null): string {
  return command === null ? "" : `${done} by \`${describeCommand(command.command)}\``;
}

function checkNames({ before, after, health }: Environment["checks"]): string {
  const all = [...before, ...after, ...health].map(({ name }) => `\`${name}\``);
  return all.length === 0 ? "none; rows are compared all the same" : firstOf([...new Set(all)], MOST_NAMES);
}

function requirements(environment: Environment, now: Date): readonly string[] {
  const unasked = { unmetNeed: null, withoutApproval: null, again: null, earlierFailure: null };
  const asked = requirementsOf({ command: "migrate", environment, now, ...unasked }).map(({ text }) => text);
  const needs = environment.needs === null ? [] : [`the same deployed to ${environment.needs.name} first`];
  return [...asked, ...needs].map((text) => `before it may run: ${text}`);
}

/** What a run does, in its order. */
function afterwards({ name, app, data }: Environment): string {
  const steps = [
    "plans",
    ...(app.stop === null ? [] : ["stops the application"]),
    "takes a backup and proves it",
    "applies what is pending",
    data.mode === "off" ? "asks the checks" : "compares rows and asks the checks",
    ...(app.start === null ? [] : ["starts the new version"]),
  ];
  return `after the merge, \`belay migrate ${name}\` ${steps.join(", ")}; where anything is wrong, it puts everything back`;
}
