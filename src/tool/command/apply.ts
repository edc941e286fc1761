import type { CommandMigration } from "../../domain/command-migration.ts";
import type { Migration } from "../../domain/migration.ts";
import { ofRun, runProgram } from "../program/program.ts";
import { planChanged, saysDone, withHolder } from "../program/refusals.ts";
import { stopIfAborted } from "../stop.ts";
import type { ApplyRequest } from "../tool.ts";
import { ask } from "./ask.ts";
import type { Commands } from "./commands.ts";
import { digestFiles } from "./files.ts";

/** Applies migrations in order. Whether one is applied is judged by its exit status and by asking again, never by its words. */
export async function applyMigrations(given: Commands, request: ApplyRequest): Promise<void> {
  const commands = ofRun(given, request);
  for (const planned of request.migrations) await assertPlanned(commands, planned);
  for (const planned of request.migrations) {
    stopIfAborted(request.signal);
    const migration = namedBy(commands, planned);
    if (migration.files !== null) await assertPlanned(commands, planned);
    const { id } = migration;
    const began = performance.now();
    try {
      await runProgram(commands, { act: `applying ${id}`, migration: id, ...migration.apply }, request);
    } catch (error) {
      throw await withHolder(error, request.session);
    }
    if ((await ask(commands, migration, request)) === "pending") throw saysDone(id, id, "pending");
    request.applied({ id, durationMs: Math.round(performance.now() - began) });
  }
}

/**
 * What is about to run is what was planned: the application's own stop may have rewritten it since. Files that are only guessed, as the
 * command names them, may be what the migrations before it changed: they are looked at before the first one alone.
 */
async function assertPlanned(commands: Commands, planned: Migration): Promise<void> {
  const { sha256 } = await digestFiles(namedBy(commands, planned), commands);
  if (sha256 !== planned.sha256) throw planChanged(planned.id, "its files are others now");
}

function namedBy(commands: Commands, { id }: Migration): CommandMigration {
  const migration = commands.migrations.find((own) => own.id === id);
  if (migration === undefined) throw planChanged(id, "belay.yml has it no more");
  return migration;
}
