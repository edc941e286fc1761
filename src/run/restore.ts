/** `belay restore BACKUP --into URL`: one backup into an empty database, or with `--replace` in the place of what is there. */

import type { Environment } from "../config/config.ts";
import { BelayError, refusal, usageError } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import { makeRunId } from "../domain/run-id.ts";
import type { Target } from "../domain/target.ts";
import { refuseUnapproved } from "./approval.ts";
import { findBackup, refuseExternal, type StoredBackup } from "./backups.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { holdSettled } from "./locking.ts";
import type { Ports } from "./ports.ts";

export interface RestoreOptions {
  /** Id of the backup, or the beginning of it. */
  readonly backup: string | null;
  readonly into: Target | null;
  readonly replace: boolean;
  readonly withoutApproval: string | null;
}

export async function restore(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: RestoreOptions,
): Promise<Result> {
  const head: ResultHead = { command: "restore", environment: environment.name, startedAt: ports.now() };
  const { backup: id, into } = options;
  if (id === null || into === null) {
    const emptyPlace = targets[0] === undefined ? "URL" : ports.engineOf(targets[0]).abilities.words.emptyPlace;
    throw usageError("restore-usage", "restore needs a backup and a place to restore it into", {
      hint: `\`belay restore BACKUP ${environment.name} --into ${emptyPlace}\`; \`belay backups ${environment.name}\` lists backups`,
    });
  }
  try {
    await refuseUnapproved(ports, "restore", environment, options.withoutApproval);
    const { target, backup } = await findAmongTargets(ports, environment, targets, id);
    refuseExternal(backup);
    refuseOtherEngine(backup, into);
    const kept = options.replace
      ? await replaceWith(ports, environment, target, into, backup)
      : await restoreInto(ports, environment, target, into, backup);
    const notes = kept.map((place) => `what was there is kept as ${place}`);
    const result = { ...emptyTargetResult(into, "restored"), backup: backup.summary, ...(notes.length === 0 ? {} : { notes }) };
    return resultOf(ports, head, "restored", [], [result]);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function findAmongTargets(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  id: string,
): Promise<{ readonly target: Target; readonly backup: StoredBackup }> {
  let missing: unknown;
  for (const target of targets) {
    try {
      return { target, backup: await findBackup(ports.storeOf(environment, target), environment.name, target, id) };
    } catch (error) {
      missing ??= error;
    }
  }
  throw missing;
}

function refuseOtherEngine({ manifest }: StoredBackup, into: Target): void {
  if (manifest.engine === into.engine) return;
  throw refusal("restore-other-engine", `backup ${manifest.id} is one of ${manifest.engine}, and ${into.configured} is ${into.engine}`, {
    hint: `name a place of ${manifest.engine} after --into`,
  });
}

async function restoreInto(
  ports: Ports,
  environment: Environment,
  target: Target,
  into: Target,
  backup: StoredBackup,
): Promise<readonly string[]> {
  try {
    await ports.engineOf(into).restoreInto(into, ports.storeOf(environment, target), backup.folder, backup.manifest);
    return [];
  } catch (error) {
    if (error instanceof BelayError && error.code === "restore-target-not-empty") await tellLive(ports, environment, into, backup);
    throw error;
  }
}

/** Of a live database it is said at once: to be told that --replace would do, and then that it does not, helps nobody. */
async function tellLive(ports: Ports, environment: Environment, into: Target, backup: StoredBackup): Promise<void> {
  try {
    await refuseLive(ports, environment, into, backup);
  } catch (error) {
    if (error instanceof BelayError && error.code === "restore-into-live") throw error;
  }
}

/** The environment's own databases are known by what they are, not by what they are called: replacing one is a rollback. */
async function refuseLive(ports: Ports, environment: Environment, into: Target, backup: StoredBackup): Promise<void> {
  const place = await liveIdentity(ports, into);
  for (const target of environment.targets) {
    if ((await liveIdentity(ports, target)) !== place) continue;
    throw refusal("restore-into-live", `${into.configured} is the live database of ${environment.name}`, {
      hint: `to put the backup in its place, with the application stopped and later writes counted: \`belay rollback ${environment.name} --backup ${backup.manifest.id}\``,
    });
  }
  for (const other of await ports.protectedElsewhere()) {
    for (const target of other.targets) {
      if (target.engine !== into.engine || (await identityIfReached(ports, target)) !== place) continue;
      throw refusal("restore-into-live", `${into.configured} is the live database of ${other.name}, which is protected`, {
        hint: `name another place after --into; \`belay rollback ${other.name} --backup ID\` puts a backup of its own there`,
      });
    }
  }
}

/** null: another environment's database need not be reached from here. */
async function identityIfReached(ports: Ports, target: Target): Promise<string | null> {
  try {
    return await liveIdentity(ports, target);
  } catch (error) {
    if (error instanceof BelayError && !ports.signal.aborted) return null;
    throw error;
  }
}

async function liveIdentity(ports: Ports, target: Target): Promise<string> {
  await using view = await ports.engineOf(target).open(target);
  return (await view.identity()).live;
}

/** Under the lock of what is replaced; the replaced database is kept aside. */
async function replaceWith(
  ports: Ports,
  environment: Environment,
  target: Target,
  into: Target,
  backup: StoredBackup,
): Promise<readonly string[]> {
  await refuseLive(ports, environment, into, backup);
  await using locks = await holdSettled(ports, environment, [into]);
  const [hold] = locks.holds;
  if (hold === undefined) throw new Error("no lock was taken");
  const id = makeRunId(ports.now(), ports.random(10));
  const store = ports.storeOf(environment, target);
  const copy = await hold.restoreAside(store, backup.folder, backup.manifest, id, { signal: ports.signal });
  const intent = await hold.planReplacement(copy, id);
  await hold.replace(intent, store);
  return intent.keeps ?? [intent.keepAs];
}
