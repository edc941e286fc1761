/**
 * An application that migrates its database at its own start undoes a rollback as soon as it runs again. Belay cannot keep it from that; it
 * looks, and says so.
 */

import { setTimeout as pause } from "node:timers/promises";

import { BelayError, failure, messageOf } from "../domain/error.ts";
import { databaseOf } from "../domain/target.ts";
import { appCommand } from "./application.ts";
import { readJournal } from "./journal.ts";
import { lastEntry, lastOfTarget } from "./journal-entry.ts";
import { journalPlace } from "./past-runs.ts";
import { note, type Run, type TargetRun } from "./run.ts";

/** Many a `start` ends before the application has begun. Whoever migrates later than this is seen by the next `belay plan`. */
const LOOK_AGAIN_MS = 500;

/** What the application applied to which target after the data had come back, each an error; for the moment after it was started. */
export async function migratedForward(run: Run): Promise<readonly BelayError[]> {
  if (appCommand(run.environment.app, "previous") === null) return [];
  const takenBack = await migrationsTakenBack(run);
  if (takenBack.size === 0) return [];
  const found = await look(run, takenBack);
  const recovering = lastEntry(run.journal.entries, "recovery") !== undefined;
  if (found.length > 0 || recovering) return found;
  await pause(LOOK_AGAIN_MS);
  return look(run, takenBack);
}

/** By the name of the target: what must not be applied now. */
async function migrationsTakenBack({ ports, environment, journal, targets }: Run): Promise<ReadonlyMap<string, readonly string[]>> {
  const began = lastEntry(journal.entries, "began");
  if (began?.command === "migrate") return new Map(began.targets.map(({ name, pending }) => [name, pending]));
  const { of = null } = began ?? {};
  if (of === null || lastEntry(journal.entries, "destination") === undefined) return new Map();
  const place = journalPlace(
    ports,
    environment,
    targets.map(({ target }) => target),
  );
  const result = lastEntry(await readJournal(place, of), "ended")?.result;
  return new Map(result?.targets.map(({ name, applied }) => [name, applied.map(({ id }) => id)]) ?? []);
}

async function look(run: Run, takenBack: ReadonlyMap<string, readonly string[]>): Promise<readonly BelayError[]> {
  const errors: BelayError[] = [];
  for (const target of run.targets) {
    const ids = takenBack.get(target.target.name) ?? [];
    // one that is in the state that it was in before is what this is about; one that was left in the new state is not
    if (ids.length === 0 || lastOfTarget(run.journal.entries, "rolled-back", target.target.name) === undefined) continue;
    if (isMisled(target)) continue;
    try {
      const again = await appliedOf(run, target, ids);
      if (again.length > 0) errors.push(forward(run, target, again));
    } catch (error) {
      note(target, [`whether the application migrated by itself after the rollback is not known (${messageOf(error)})`]);
    }
  }
  return errors;
}

/** A tool that was found to work on another database answers for that one. */
function isMisled({ failure: cause }: TargetRun): boolean {
  return cause instanceof BelayError && cause.code === "wrong-database";
}

async function appliedOf({ ports }: Run, { target, tool }: TargetRun, ids: readonly string[]): Promise<readonly string[]> {
  await using view = await ports.engineOf(target).open(databaseOf(target));
  const { applied } = await tool.state((target.tenant === undefined ? view : view.tenant(target)).session);
  return ids.filter((id) => applied.includes(id));
}

function forward({ environment }: Run, { target, backup }: TargetRun, ids: readonly string[]): BelayError {
  const back = `belay rollback ${environment.name}${backup === null ? "" : ` --backup ${backup.manifest.id}`} --accept-loss`;
  return failure(
    "migrated-forward",
    `the application that was started again applied ${ids.join(", ")} to ${target.name} by itself, after the rollback had taken that back`,
    {
      hint: `take migrating out of its start (\`belay gate\` in its place), deploy that, and then the data back: \`${back}\``,
      facts: { migrations: ids },
    },
  );
}
