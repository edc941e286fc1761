import { refusal } from "../../domain/error.ts";
import { stopIfAborted } from "../stop.ts";
import type { RevertRequest } from "../tool.ts";
import type { Known } from "./definition.ts";
import { askingOf, programOf, type Driven } from "./driven.ts";
import { ofRun } from "./program.ts";
import { lastOnes, saysDone } from "./refusals.ts";
import { assertSameDatabase } from "./same-database.ts";
import { runStep } from "./step.ts";

/** Takes the last applied migrations back, from the last to the first; judged as applying is. */
export async function revertMigrations(given: Driven, request: RevertRequest): Promise<void> {
  stopIfAborted(request.signal);
  const driven: Driven = { ...given, program: ofRun(given.program, request) };
  const { tool } = driven;
  const asking = await askingOf(driven, request.session, request);
  const files = await tool.files(asking);
  const { ids: applied } = await tool.applied(asking, files);
  const chosen = waysBack(driven, files.known, lastOnes(applied, request.ids));
  await assertSameDatabase(driven, asking, files, applied);
  const named = await programOf(driven);
  for (const known of chosen.toReversed()) {
    stopIfAborted(request.signal);
    const { id } = known;
    const durationMs = await runStep(driven, { way: "revert", known, files, named }, request);
    if ((await tool.applied(asking, files)).ids.includes(id)) throw saysDone(id, `reverting ${id}`, "applied");
    request.reverted({ id, durationMs });
  }
}

/** Nothing is taken back before all of them are known to have a way back. */
function waysBack({ tool }: Driven, known: readonly Known[], ids: readonly string[]): readonly Known[] {
  const chosen = ids.map((id) => known.find((each) => each.id === id) ?? { id, files: [], oneWay: "it has no file any more", sql: null });
  const without = chosen.flatMap(({ id, oneWay }) =>
    tool.reverts && oneWay === null ? [] : [{ id, why: oneWay ?? `${tool.title} takes nothing back` }],
  );
  if (without.length === 0) return chosen;
  const told = without.map(({ id, why }) => `${id} (${why})`).join(", ");
  throw refusal("not-reversible", `${told} cannot be reverted`, {
    hint: "write its way back, or go back by the backup: belay rollback",
    facts: { migrations: without.map(({ id }) => id) },
  });
}
