/** The judgement of a run that was not judged itself (`--no-verify`): until there is one, what its rollback would need is kept. */

import { createHash } from "node:crypto";

import type { Target } from "../domain/target.ts";
import type { RunId } from "../domain/run-id.ts";
import { pastRuns, tookBack, type PastRun } from "./history.ts";
import { lastEntry, type JournalPlace } from "./journal.ts";

/** `belay verify` found that a run is as it should be. It takes no lock, and so writes no journal. */
export async function recordJudgement({ store, environment }: JournalPlace, run: RunId, target: string, at: Date): Promise<void> {
  await store.put(keyOf({ environment }, run, target), Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), {
    plain: true,
  });
}

/** Runs that nobody has judged and nobody has taken back, one that is just about to end among them. */
export async function undecidedRuns(place: JournalPlace, target: Target): Promise<readonly RunId[]> {
  const undecided: RunId[] = [];
  const takenBack = new Set<RunId>();
  for await (const past of pastRuns(place)) {
    const of = tookBack(past);
    if (of !== null) takenBack.add(of);
    const ended = lastEntry(past.entries, "ended");
    const unjudged = lastEntry(past.entries, "began")?.judge === false && (ended === undefined || ended.outcome === "migrated");
    if (unjudged && !takenBack.has(past.run) && !(await wereJudged(place, past, target))) undecided.push(past.run);
  }
  return undecided;
}

/** All that the run did to the target: of a database to each of its tenants. */
async function wereJudged(place: JournalPlace, { run, entries }: PastRun, target: Target): Promise<boolean> {
  const all = lastEntry(entries, "began")?.targets ?? [];
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
