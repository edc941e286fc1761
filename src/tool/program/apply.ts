import type { Migration } from "../../domain/migration.ts";
import { stopIfAborted } from "../stop.ts";
import type { ApplyRequest } from "../tool.ts";
import type { Files, Known } from "./definition.ts";
import { digestOf } from "./files.ts";
import { askingOf, programOf, type Driven } from "./driven.ts";
import { ofRun, runProgram } from "./program.ts";
import { planChanged, saysDone, withHolder } from "./refusals.ts";
import { assertSameDatabase } from "./same-database.ts";

/** Applies migrations one by one, so that each one's time is known. Whether it is applied is judged by asking again, never by its words. */
export async function applyMigrations(given: Driven, request: ApplyRequest): Promise<void> {
  stopIfAborted(request.signal);
  if (request.migrations.length === 0) return;
  const driven: Driven = { ...given, program: ofRun(given.program, request.run) };
  const { tool, place, program } = driven;
  const asking = await askingOf(driven, request.session, request);
  const files = await tool.files(asking);
  const before = await tool.applied(asking, files);
  const chosen = nextOnes(files, before.ids, request.migrations);
  await assertSameDatabase(driven, asking, files, before.ids);
  const named = await programOf(driven);
  for (const [index, known] of chosen.entries()) {
    stopIfAborted(request.signal);
    const { id } = known;
    await assertAsPlanned(known, request.migrations[index], place.root);
    const command = { argv: [named, ...tool.apply(known, files, place)] } as const;
    const began = performance.now();
    try {
      await runProgram(program, { act: `applying ${id}`, migration: id, command, timeoutMs: null, meanings: tool.meanings }, request);
    } catch (error) {
      throw await withHolder(error, request.session);
    }
    const durationMs = Math.round(performance.now() - began);
    if (!(await tool.applied(asking, files)).ids.includes(id)) throw saysDone(id, id, "pending");
    request.applied({ id, durationMs });
  }
}

/** A tool that is told to go to a migration also applies what comes before it: so nothing may come before it that was not planned. */
function nextOnes(files: Files, applied: readonly string[], planned: readonly Migration[]): readonly Known[] {
  const pending = files.known.filter(({ id }) => !applied.includes(id));
  return planned.map(({ id }, index) => {
    const next = pending[index];
    if (next?.id === id) return next;
    throw planChanged(id, next === undefined ? "nothing is pending any more" : `${next.id} is the next one now`);
  });
}

/** What is about to run is what was planned: the application's own stop may have rewritten it since. */
async function assertAsPlanned({ id, files }: Known, planned: Migration | undefined, root: string): Promise<void> {
  if ((await digestOf(files, root)) !== (planned?.sha256 ?? null)) throw planChanged(id, "its files are others now");
}
