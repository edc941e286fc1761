/** Connects what a command asks for with the world. Only this file and its parts in `wire/` name concrete engines, tools and stores. */

import { resolve } from "node:path";

import { loadConfig, ownText, parseRequest, type LoadRequest } from "./config/load.ts";
import { chooseEnvironment } from "./config/choose.ts";
import type { Config, Environment } from "./config/config.ts";
import { runCheckBy } from "./check/run-check.ts";
import { BelayError, refusal, usageError } from "./domain/error.ts";
import type { CommandName, Invocation } from "./domain/invocation.ts";
import { nearest } from "./domain/nearest.ts";
import type { PolicyOrigin } from "./domain/policy-origin.ts";
import type { Result } from "./domain/result.ts";
import { firstOf } from "./domain/words.ts";
import type { Target } from "./domain/target.ts";
import type { Engine } from "./engine/engine.ts";
import { postgresEngine } from "./engine/postgres/engine.ts";
import { sqliteEngine } from "./engine/sqlite/engine.ts";
import { childEnvironment } from "./process/environment.ts";
import { startedProcess } from "./process/process-status.ts";
import { makeRedactor, makeStreamRedactor } from "./process/redact.ts";
import type { Ports } from "./run/ports.ts";
import { recogniseSql } from "./tool/sql/recognise.ts";
import { COMMANDS } from "./wire/commands.ts";
import { currentCommit, spawn } from "./wire/programs.ts";
import { openStores } from "./wire/stores.ts";
import { chooseTool, migrationsOnDisk, readToolFile } from "./wire/tools.ts";
import type { World } from "./world.ts";

/**
 * Does what an invocation asks. Everything that happens comes as a result; only what keeps a run from being one is thrown:
 * BelayErrors of kind `usage`.
 */
export async function perform(invocation: Invocation, world: World): Promise<Result> {
  const { command, options } = invocation;
  if (command === "init") {
    const { init } = await import("./setup/init.ts");
    const { config, environment, targets } = invocation;
    return init(world, { config, environment, target: targets[0] ?? null, tool: options.tool ?? null }, recogniseSql);
  }
  if (command === "doctor") {
    const { doctor } = await import("./setup/doctor.ts");
    return doctor(world, invocation.environment, () => prepare(invocation, world));
  }
  const load = COMMANDS[command];
  if (load === undefined)
    throw usageError("not-in-this-version", `belay ${command} is not in this version`, { hint: "belay --help lists what is" });
  try {
    const { ports, environment, targets, granted } = await prepare(invocation, world);
    const run = await load();
    return await run(ports, environment, targets, { ...options, ...granted }, world.cwd);
  } catch (error) {
    if (command !== "plan" || !isYetToBeMerged(error)) throw error;
    const { welcome } = await import("./setup/welcome.ts");
    return welcome(world, loadRequest(invocation, world), migrationsOnDisk);
  }
}

async function prepare(invocation: Invocation, world: World) {
  const { config, environment, origin } = await configure(invocation, world);
  world.hide(environment.secrets);
  if (world.github?.fork === true) refuseForks(environment, invocation.command);
  const granted = (await world.github?.grant?.begin({ command: invocation.command, environment, bot: config.bot })) ?? {};
  if (world.github?.hosted === true) refuseVanishing(environment, invocation.command);
  const ports = await connect(world, environment, origin, () => protectedBeside(environment, config, invocation, world));
  return { config, ports, environment, granted, targets: await targetsOf(ports, environment, invocation) };
}

/** What this machine has no variables for, or cannot be read, cannot be told from here. */
async function protectedBeside(
  { name }: Environment,
  { names }: Config,
  invocation: Invocation,
  world: World,
): Promise<readonly Environment[]> {
  const found: Environment[] = [];
  for (const other of names.filter((each) => each !== name)) {
    try {
      const { environment } = await configure({ ...invocation, environment: other }, world);
      world.hide(environment.secrets);
      if (environment.approvals !== null) found.push(environment);
    } catch (error) {
      if (!(error instanceof BelayError)) throw error;
    }
  }
  return found;
}

/** What is about whole databases, whoever their tenants are; `recover` knows from the run's own record who they were. */
const ABOUT_DATABASES: readonly CommandName[] = ["backup", "backups", "doctor", "prune", "recover", "restore", "runs"];

async function targetsOf(
  ports: Ports,
  environment: Environment,
  { command, targets: wanted, options }: Invocation,
): Promise<readonly Target[]> {
  if (environment.tenants === null || options.newTenant !== undefined || ABOUT_DATABASES.includes(command))
    return chooseTargets(environment, wanted);
  const { expandTenants } = await import("./run/expand-tenants.ts");
  return chooseTargets({ ...environment, targets: await expandTenants(ports, environment) }, wanted);
}

interface Configured {
  readonly config: Config;
  readonly environment: Environment;
  readonly origin: PolicyOrigin | null;
}

/** The file that lies here; on GitHub the default branch's, whatever lies here. */
async function configure(invocation: Invocation, world: World): Promise<Configured> {
  const request = loadRequest(invocation, world);
  if (world.github === null) {
    const config = await loadConfig(request);
    return { config, environment: chooseEnvironment(config, invocation.environment), origin: null };
  }
  const file = await world.github.policy(invocation.config);
  const { ruling } = await import("./config/ruling.ts");
  const own = file.isCheckout ? file.text : file.own === undefined ? await ownText(request) : file.own;
  return ruling(file, own, parseRequest(request, { file: resolve(world.cwd, file.path), shownAs: file.path }));
}

function loadRequest({ config, environment }: Invocation, { cwd, variables, onGitHub }: World): LoadRequest {
  return { explicit: config, cwd, environment, variables, onGitHub };
}

/** What is asked for is in the checkout alone. */
function isYetToBeMerged(error: unknown): boolean {
  return error instanceof BelayError && error.code === "policy-missing" && error.facts["inCheckout"] === true;
}

/** Planning runs the code of the pull request: the tool's, its settings', and where the file lies beside it, with the database in reach. */
function refuseForks({ name, approvals }: Environment, command: CommandName): void {
  if (approvals === null || command === "status") return;
  throw refusal("fork", `this pull request comes from a fork, and code of a fork is never run for ${name}, which is protected`, {
    hint: "let someone with write access push its branch to this repository and open a pull request there; `status` works here, too",
  });
}

/** What looks at the database alone, and writes nothing to the store: an empty one on this runner does not make its answer false. */
const LOOKS_AT_DATABASE: readonly CommandName[] = ["plan", "gate", "doctor"];

/** A runner of GitHub's is gone after the job, and with it every file: a database there is not the production's, a backup there is none. */
function refuseVanishing({ targets, backup: { store } }: Environment, command: CommandName): void {
  const file = targets.find(({ engine }) => engine === "sqlite");
  if (file !== undefined) {
    throw vanishing(
      `the SQLite file ${file.configured}`,
      "run the job on the machine that has the database: a self-hosted runner there, `runs-on: [self-hosted, …]`",
    );
  }
  if (store === null || store.startsWith("s3://") || LOOKS_AT_DATABASE.includes(command)) return;
  throw vanishing(
    `the store ${store}`,
    "keep backups and journals in a bucket, `backup: { store: s3://BUCKET/PREFIX }`; or run the job on a runner of your own, `runs-on: [self-hosted, …]`",
  );
}

function vanishing(what: string, hint: string): BelayError {
  return refusal("hosted-runner", `${what} would lie on a runner of GitHub's, which is gone after the job`, { hint });
}

/** `--target` takes the full name or a unique last part. */
function chooseTargets(environment: Environment, wanted: readonly string[]): readonly Target[] {
  if (wanted.length === 0) return environment.targets;
  const chosen = new Set(wanted.map((name) => chooseTarget(environment, name)));
  return environment.targets.filter((target) => chosen.has(target));
}

function chooseTarget(environment: Environment, name: string): Target {
  const exact = environment.targets.filter((target) => target.name === name);
  const found = exact.length > 0 ? exact : environment.targets.filter((target) => target.name.endsWith(`/${name}`));
  const [target] = found;
  if (target !== undefined && found.length === 1) return target;
  const names = environment.targets.map((each) => each.name);
  const near = nearest(name, names);
  throw usageError(
    "target-unknown",
    found.length > 1 ? `${name} is the last part of several targets` : `${environment.name} has no target ${JSON.stringify(name)}`,
    {
      hint: near === null ? `it has ${firstOf(names, 10)}` : `did you mean ${JSON.stringify(near)}?`,
    },
  );
}

async function connect(
  world: World,
  environment: Environment,
  policy: PolicyOrigin | null,
  protectedElsewhere: Ports["protectedElsewhere"],
): Promise<Ports> {
  const toolFile = await readToolFile(environment);
  const { PGPASSWORD = "" } = world.variables;
  const fileSecrets = ["variables" in toolFile ? Object.values(toolFile.variables) : [], PGPASSWORD === "" ? [] : [PGPASSWORD]].flat();
  world.hide(fileSecrets);
  const secrets = [...environment.secrets, ...fileSecrets];
  const redact = makeRedactor(secrets);
  const storeAt = openStores(world, environment);
  const engineOf = enginesOf(world, environment);
  return {
    belayVersion: world.belayVersion,
    onGitHub: world.onGitHub,
    now: world.now,
    random: world.random,
    progress: world.progress,
    signal: world.signal,
    redact,
    streamRedactor: () => makeStreamRedactor(secrets),
    self: startedProcess(process.pid, "belay"),
    engineOf,
    toolOf: (of, target) => chooseTool(world, of, target, toolFile, redact),
    storeOf: (of, target) => storeAt(storeLocation(of, engineOf(target).defaultStore(target))),
    storeAt,
    spawn,
    endGroup: async (started) => (await import("./process/process-group.ts")).endGroup(started),
    sweepTemporary: async (run) => (await import("./process/scratch-folder.ts")).sweepScratchFolders(run),
    runCheck: runCheckBy({
      sql: async (...asked) => (await import("./check/sql.ts")).runSqlCheck(...asked),
      http: async (...asked) => (await import("./check/http.ts")).runHttpCheck(...asked),
      command: async (...asked) => (await import("./check/command.ts")).runCommandCheck(...asked),
    }),
    notify: async (receiver, id, facts, signal) => {
      const { tellReceiver } = await import("./wire/receivers.ts");
      return tellReceiver(receiver, id, facts, { redact, signal });
    },
    childVariables: (of, extra) => childEnvironment(world.variables, { add: extra, withheld: of.withheldVariables }),
    commit: async (directory) => world.github?.sha ?? (await currentCommit(world, directory)),
    repositoryId: world.github?.repositoryId ?? null,
    policy,
    approvalsOf: async ({ name, approvals, githubEnvironment }, asked) =>
      world.github === null || approvals === null
        ? { kind: "nowhere" }
        : world.github.approvals({ name, githubEnvironment, approvals }, asked),
    protectedElsewhere,
    confirmGrant: async () => world.github?.grant?.confirm(),
    unmetNeed: async ({ needs }, pendingDigest) =>
      world.github === null || needs === null ? null : world.github.needs(needs.githubEnvironment, pendingDigest),
  };
}

function enginesOf({ variables }: World, { backup, lock, migrate }: Environment): (target: Target) => Engine {
  const { scratch, mayLack } = backup;
  const { lockTimeoutMs } = migrate;
  const engines: Readonly<Record<Target["engine"], Engine>> = {
    sqlite: sqliteEngine,
    postgres: postgresEngine({ variables, scratch, mayLack, lockDatabase: lock.database, lockTimeoutMs }),
  };
  return ({ engine }) => engines[engine];
}

function storeLocation(environment: Environment, besideTarget: string | null): string {
  const location = environment.backup.store ?? besideTarget;
  if (location === null)
    throw usageError("store-needed", `${environment.name} names no store for backups`, { hint: "set `backup: { store: … }` in belay.yml" });
  return location;
}
