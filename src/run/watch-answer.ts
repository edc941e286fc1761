/** What `belay verify --watch` does about what it found: says it, once for each change, and takes the data back where it is told to. */

import type { Delivery, MessageFacts } from "../domain/message.ts";
import { messageOf, type Reason } from "../domain/error.ts";
import type { Result, WatchResult } from "../domain/result.ts";
import { putDataBack } from "./put-back.ts";
import type { WatchedRun } from "./verify-watch.ts";
import type { WatchCourse } from "./watch-course.ts";
import { writeRecord, type WatchRecord } from "./watch-records.ts";

/** To be called under the lock; gives the records with what it added. A kill between saying and recording says it again, under the same id. */
export async function tellChange(
  watched: WatchedRun,
  records: readonly WatchRecord[],
  course: WatchCourse,
  watch: WatchResult,
): Promise<readonly WatchRecord[]> {
  const changes = records.filter(({ kind }) => kind === "broken" || kind === "well");
  const now = course.isBroken ? "broken" : "well";
  if (now === (changes.at(-1)?.kind ?? "well")) return records;
  const reasons = course.reasons();
  const deliveries = await tell(watched, `watch-${changes.length + 1}`, { reasons, watch, result: null });
  return writeRecord(watched.ports, watched.place, watched.run, records, { kind: now, reasons, deliveries });
}

/**
 * Takes the data back to before the watched run, as `belay rollback` would: later writes are counted, and `later-writes: refuse` is a no.
 * Tried once for each time that something was found; a rollback that only the lock kept from happening is tried again by the next call.
 */
export async function answer(watched: WatchedRun, records: readonly WatchRecord[], found: Result): Promise<Result> {
  const { ports, environment, targets, run } = watched;
  const lastChange = records.findLastIndex(({ kind }) => kind === "broken");
  if (lastChange >= 0 && records.slice(lastChange).some(({ kind }) => kind === "answered")) return found;
  const back = await putDataBack(ports, environment, targets, {
    run: null,
    backup: null,
    strategy: null,
    acceptLoss: environment.rollback.laterWrites === "keep",
    withoutApproval: null,
    only: run,
  });
  const result = withAnswer(found, back);
  if (back.reasons.some(({ code }) => AGAIN.includes(code))) return result;
  await recordAnswer(watched, records, back);
  // what a rollback does it says itself, from its own run; one that did not begin has none
  if (back.run !== null) return result;
  const messages = await tell(watched, "watch-not-back", { reasons: result.reasons, watch: null, result });
  return messages.length === 0 ? result : { ...result, messages };
}

/** The rollback has its own journal: that this could not be noted beside it takes nothing from how it ended. */
async function recordAnswer({ ports, place, run }: WatchedRun, records: readonly WatchRecord[], back: Result): Promise<void> {
  try {
    await writeRecord(ports, place, run, records, { kind: "answered", outcome: back.outcome, reasons: back.reasons });
  } catch (error) {
    ports.progress({ type: "notice", message: `what was done about the watch could not be recorded: ${messageOf(error)}` });
  }
}

const AGAIN: readonly Reason["code"][] = ["locked", "interrupted", "watch-superseded"];

/** Why comes first; what became of the rollback decides how it ends. */
function withAnswer(found: Result, back: Result): Result {
  const reasons = [...found.reasons, ...back.reasons];
  if (back.outcome === "refused" || back.outcome === "interrupted") return { ...found, reasons };
  const outcome = back.outcome === "rolled-back" ? "undone" : back.outcome;
  const targets = back.targets.map((target) => ({
    ...target,
    outcome: target.outcome === "rolled-back" ? ("undone" as const) : target.outcome,
  }));
  const { watch } = found;
  return {
    ...back,
    command: found.command,
    startedAt: found.startedAt,
    outcome,
    targets,
    reasons,
    ...(watch === undefined ? {} : { watch }),
  };
}

async function tell(
  { ports, environment, targets, run, commit }: WatchedRun,
  about: string,
  facts: Pick<MessageFacts, "reasons" | "watch" | "result">,
): Promise<readonly Delivery[]> {
  const receivers = environment.notify.filter(({ on }) => on.includes("failure"));
  const message: MessageFacts = {
    event: "failure",
    environment: environment.name,
    command: "verify",
    run,
    at: ports.now(),
    targets: targets.map(({ name }) => name),
    migrations: [],
    commit,
    ...facts,
  };
  return Promise.all(receivers.map((receiver) => ports.notify(receiver, `${run}-${about}`, message, ports.signal)));
}
