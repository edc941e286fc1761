import type { Migration } from "../../domain/migration.ts";
import { stopIfAborted } from "../stop.ts";
import type { ApplyRequest } from "../tool.ts";
import type { Files, Known } from "./definition.ts";
import { digestOf } from "./files.ts";
import { askingOf, programOf, type Driven } from "./driven.ts";
import { ofRun } from "./program.ts";
import { appliedMore, failedAt, planChanged, saysDone } from "./refusals.ts";
import { assertSameDatabase } from "./same-database.ts";
import { runStep } from "./step.ts";

/** Applies migrations one by one, so that each one's time is known. Whether it is applied is judged by asking again, never by its words. */
export async function applyMigrations(given: Driven, request: ApplyRequest): Promise<void> {
  stopIfAborted(request.signal);
  if (request.migrations.length === 0) return;
  const driven: Driven = { ...given, program: ofRun(given.program, request) };
  const { tool, place } = driven;
  const asking = await askingOf(driven, request.session, request);
  const files = await tool.files(asking);
  const before = await tool.applied(asking, files);
  const chosen = nextOnes(driven, files, before.ids, request.migrations);
  await assertSameDatabase(driven, asking, files, before.ids);
  const named = await programOf(driven);
  const applied = async () => (await tool.applied(asking, files)).ids;
  if (tool.appliesAll?.(place) === true) return applyAll(driven, chosen, { files, named, before: before.ids, applied }, request);
  for (const [index, known] of chosen.entries()) {
    stopIfAborted(request.signal);
    const { id } = known;
    await assertAsPlanned(known, request.migrations[index], place.root);
    const durationMs = await runStep(driven, { way: "apply", known, files, named }, request);
    if (!(await applied()).includes(id)) throw saysDone(id, id, "pending");
    request.applied({ id, durationMs });
  }
}

/** All at once, where the tool cannot be told less. What they took together stands with the last one: nobody knows what each took. */
async function applyAll(
  driven: Driven,
  chosen: readonly Known[],
  { files, named, before, applied }: AtOnce,
  request: ApplyRequest,
): Promise<void> {
  const [first] = chosen;
  const last = chosen.at(-1);
  if (first === undefined || last === undefined) return;
  for (const [index, known] of chosen.entries()) await assertAsPlanned(known, request.migrations[index], driven.place.root);
  const [durationMs, error] = await runStep(driven, { way: "apply", known: first, files, named }, request).then(
    (tookMs) => [tookMs, null] as const,
    (thrown: unknown) => [0, thrown] as const,
  );
  for (const { id } of chosen) {
    if (!(await applied()).includes(id)) throw error === null ? saysDone(id, id, "pending") : failedAt(id, error);
    request.applied({ id, durationMs: id === last.id ? durationMs : 0 });
  }
  if (error !== null) throw failedAt(last.id, error);
  const planned = new Set([...before, ...chosen.map(({ id }) => id)]);
  const more = (await applied()).filter((id) => !planned.has(id));
  if (more.length > 0) throw appliedMore(more);
}

interface AtOnce {
  readonly files: Files;
  readonly named: string;
  readonly before: readonly string[];
  readonly applied: () => Promise<readonly string[]>;
}

/** A tool that is told to go to a migration also applies what comes before it: so nothing may come before it that was not planned. */
function nextOnes({ tool, place }: Driven, files: Files, applied: readonly string[], planned: readonly Migration[]): readonly Known[] {
  const pending = files.known.filter(({ id }) => !applied.includes(id));
  const extra = tool.appliesAll?.(place) === true ? pending[planned.length] : undefined;
  if (extra !== undefined) throw planChanged(extra.id, "it would be applied with those that were planned");
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
