/**
 * What GitHub told while nobody listened. GitHub delivers once: a delivery that came to nothing is asked for again, and found again by its
 * key if it had come through after all. Comments that it has forgotten, and workflow runs that ended unseen, are asked after.
 */

import { messageOf } from "../../src/domain/error.ts";
import { isPassing, limitedMs } from "../../src/policy/retry.ts";
import type { WorkflowRunChanged } from "../core/event.ts";
import { isOpen, type Request } from "../core/request.ts";
import { type Api, type App, orNone } from "../github/api.ts";
import { failedRequest } from "../github/failed.ts";
import type { Log } from "../log.ts";
import type { BotStore, Repository } from "../store/store.ts";
import { sweepComments } from "./sweep-comments.ts";

export interface SweepParts {
  readonly store: BotStore;
  readonly app: App;
  readonly log: Log;
  readonly now: () => Date;
}

/** GitHub forgets its deliveries after 3 days, Enterprise Server after 7. */
const OLDEST_MS = 7 * 24 * 3_600_000;
const MOST_PAGES = 50;
const MEMO = "sweep";
/** Deliveries belong to the app, not to a repository. */
const NO_REPOSITORY = 0;

/** Never throws: the next sweep comes by itself. */
export async function sweep(parts: SweepParts): Promise<void> {
  for (const part of [redeliver, lookAfterAll]) {
    try {
      await part(parts);
    } catch (error) {
      parts.log("warn", "the sweep was cut short", { why: messageOf(error) });
    }
  }
}

async function lookAfterAll(parts: SweepParts): Promise<void> {
  for (const repository of await parts.store.repositories()) await lookAfter(repository, parts);
}

/** One that the app was taken from stands in nobody's way. */
async function lookAfter(repository: Repository, { store, app, log, now }: SweepParts): Promise<void> {
  try {
    const api = await app.installation(repository.installation);
    await sweepComments(api, repository, store, now());
    const state = await store.state(repository.id);
    for (const run of runsOf([...state.requests.values()].filter(isOpen))) {
      const ended = await endOf(api, { owner: repository.owner, repo: repository.name }, run);
      if (ended !== null) await store.receive({ repository, event: { at: now().toISOString(), ...ended }, delivery: null });
    }
  } catch (error) {
    log("warn", "a repository could not be looked after", { repository: repository.id, why: messageOf(error) });
  }
}

/** Those that the bot started, and those whose jobs wait for it. */
function runsOf(requests: readonly Request[]): readonly number[] {
  const started = requests.flatMap(({ jobs }) => [jobs.plan, jobs.run]);
  const unended = started.flatMap((job) => (job?.completedAt === null ? (job.grant?.workflowRun ?? job.workflowRun ?? []) : []));
  return [...unended, ...requests.flatMap(({ rule }) => rule?.workflowRun ?? [])];
}

async function endOf(api: Api, names: { readonly owner: string; readonly repo: string }, id: number): Promise<WorkflowRunChanged | null> {
  const run = await orNone(api("get", "/repos/{owner}/{repo}/actions/runs/{run_id}", { ...names, run_id: id }));
  if (run?.status !== "completed") return null;
  return { kind: "workflow-run", workflowRun: id, attempt: run.run_attempt ?? 1, status: "completed", title: run.display_title };
}

interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly deliveredAt: string;
  readonly hasArrived: boolean;
}

/** Every try of a delivery has its `guid`; asking only for failures would miss those that timed out. */
async function redeliver({ store, app, log, now }: SweepParts): Promise<void> {
  const api = await app.app();
  const memo = await store.memo(NO_REPOSITORY, MEMO);
  const oldest = new Date(now().getTime() - OLDEST_MS).toISOString();
  const known = memo?.["upTo"];
  const since = typeof known === "string" && known > oldest ? known : oldest;
  const deliveries = await deliveriesSince(api, since);
  const byGuid = Map.groupBy(deliveries, ({ guid }) => guid);
  let upTo =
    deliveries
      .map(({ deliveredAt }) => deliveredAt)
      .toSorted()
      .at(-1) ?? since;
  for (const tries of byGuid.values()) {
    const [newest] = tries.toSorted((a, b) => b.id - a.id);
    if (newest === undefined || tries.some(({ hasArrived }) => hasArrived)) continue;
    if (!(await isAskedFor(api, newest, log))) continue;
    log("info", "a delivery that was lost was asked for again", { delivery: newest.guid });
    // Looked at again next time: it may fail once more.
    const [first = ""] = tries.map(({ deliveredAt }) => deliveredAt).toSorted();
    if (first < upTo) upTo = first;
  }
  await store.remember(NO_REPOSITORY, MEMO, { upTo });
}

/** One that GitHub does not send again, as for an installation that is gone, stands in no other's way: comments are looked for besides. */
async function isAskedFor(api: Api, { id, guid }: Delivery, log: Log): Promise<boolean> {
  try {
    await api("post", "/app/hook/deliveries/{delivery_id}/attempts", { delivery_id: id });
    return true;
  } catch (error) {
    const failed = failedRequest(error);
    if (failed === null || isPassing(failed) || limitedMs(failed, 0) !== null) throw error;
    log("warn", "a delivery that was lost is not sent again", { delivery: guid, why: `GitHub answered ${failed.status}` });
    return false;
  }
}

async function deliveriesSince(api: Api, since: string): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const list = await api("get", "/app/hook/deliveries", { per_page: 100, ...(cursor === undefined ? {} : { cursor }) });
    const read = list.map(({ id, guid, delivered_at: at, status_code: status }) => ({
      id: Number(id),
      guid,
      deliveredAt: new Date(at).toISOString(),
      hasArrived: status >= 200 && status < 300,
    }));
    found.push(...read.filter(({ deliveredAt }) => deliveredAt >= since));
    const last = read.at(-1);
    if (last === undefined || read.length < 100 || last.deliveredAt < since) break;
    // The list goes back in time; a delivery's number is where the next page begins.
    cursor = `v1_${last.id}`;
  }
  return found;
}
