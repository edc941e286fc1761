/** The judgement of a run that was not judged itself (`--no-verify`): until there is one, what its rollback would need is kept. */

import type { RunId } from "../domain/run-id.ts";
import { pastRuns, tookBack } from "./history.ts";
import { lastEntry, type JournalPlace } from "./journal.ts";

/** `belay verify` found that a run is as it should be. It takes no lock, and so writes no journal. */
export async function recordJudgement({ store, environment }: JournalPlace, run: RunId, target: string, at: Date): Promise<void> {
  await store.put(`${folderOf(environment, run)}/${target}.json`, Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), {
    plain: true,
  });
}

/** Runs that nobody has judged and nobody has taken back, one that is just about to end among them. */
export async function undecidedRuns(place: JournalPlace, target: string): Promise<readonly RunId[]> {
  const undecided: RunId[] = [];
  const takenBack = new Set<RunId>();
  for await (const past of pastRuns(place)) {
    const of = tookBack(past);
    if (of !== null) takenBack.add(of);
    const ended = lastEntry(past.entries, "ended");
    const unjudged = lastEntry(past.entries, "began")?.judge === false && (ended === undefined || ended.outcome === "migrated");
    if (unjudged && !takenBack.has(past.run) && !(await wasJudged(place, past.run, target))) undecided.push(past.run);
  }
  return undecided;
}

async function wasJudged({ store, environment }: JournalPlace, run: RunId, target: string): Promise<boolean> {
  const folder = folderOf(environment, run);
  return (await store.list(folder)).some(({ key }) => key === `${folder}/${target}.json`);
}

/** A folder that no target can have as its name. */
function folderOf(environment: string, run: RunId): string {
  return `${environment}/.judged/${run}`;
}
