/** The judgement of a run that was not judged itself (`--no-verify`): until there is one, what its rollback would need is kept. */

import { createHash } from "node:crypto";

import type { Target } from "../domain/target.ts";
import { suffixOf, type RunId } from "../domain/run-id.ts";
import type { JournalPlace } from "./journal.ts";
import type { BeganEntry } from "./journal-entry.ts";
import type { History } from "./past-runs.ts";

/** `belay verify` found that a run is as it should be. It takes no lock, and so writes no journal. */
export async function recordJudgement({ store, environment }: JournalPlace, run: RunId, target: string, at: Date): Promise<void> {
  await store.put(keyOf({ environment }, run, target), Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), {
    plain: true,
  });
}

/** Which of the runs with these suffixes nobody has judged and nobody has taken back. By suffix. */
export async function undecidedRuns(
  history: History,
  place: JournalPlace,
  target: Target,
  suffixes: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const undecided = new Set<string>();
  const takenBack = new Set<RunId>();
  const wanted = new Set(suffixes);
  if (wanted.size === 0) return undecided;
  for await (const { run, tookBack, unjudged } of history.facts()) {
    if (tookBack !== null) takenBack.add(tookBack);
    const suffix = suffixOf(run);
    const isOpen = wanted.delete(suffix) && unjudged !== null && !takenBack.has(run);
    if (isOpen && !(await wereJudged(place, run, unjudged, target))) undecided.add(suffix);
    if (wanted.size === 0) break; // of older runs nothing lies there
  }
  return undecided;
}

/** All that the run did to the target: of a database to each of its tenants. */
async function wereJudged(place: JournalPlace, run: RunId, all: BeganEntry["targets"], target: Target): Promise<boolean> {
  const judged = new Set((await place.store.list(folderOf(place.environment, run))).map(({ key }) => key));
  const names = all.flatMap(({ name, tenant }) => (name === target.name || tenant?.of === target.name ? [name] : []));
  return names.every((name) => judged.has(keyOf(place, run, name)));
}

/** A tenant is called as its schema is, and that may be anything. */
function keyOf({ environment }: Pick<JournalPlace, "environment">, run: RunId, target: string): string {
  const name = /^[\w.-]+$/.test(target) ? target : createHash("sha256").update(target).digest("hex");
  return `${folderOf(environment, run)}/${name}.json`;
}

/** A folder that no target can have as its name. */
function folderOf(environment: string, run: RunId): string {
  return `${environment}/.judged/${run}`;
}
