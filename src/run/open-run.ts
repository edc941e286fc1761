import type { Environment } from "../config/config.ts";
import { recordOf, type ApprovalFacts } from "../domain/approval.ts";
import type { Migration } from "../domain/migration.ts";
import { makeRunId, type RunId } from "../domain/run-id.ts";
import type { Target, Tenant } from "../domain/target.ts";
import type { Hold } from "../engine/hold.ts";
import { usualDurations } from "./history.ts";
import { openJournal, readJournal, type Journal, type JournalPlace } from "./journal.ts";
import type { BeganEntry } from "./journal-entry.ts";
import { History, journalPlace } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { enterPhase, leavesOf, type Run, type TargetRun } from "./run.ts";

export interface OpenRunRequest {
  readonly ports: Ports;
  readonly environment: Environment;
  readonly holds: readonly Hold[];
  /** What is known of earlier runs already; absent: nothing yet. */
  readonly history?: History;
  /** The commit of the last run that ended well; absent: nobody asks for it. */
  readonly previousSha?: string | null;
  /** What is left out is as a run has it that nobody said more of: no digest, no reasons, judged at its end. */
  readonly began: Pick<BeganEntry, "command"> &
    Partial<Pick<BeganEntry, "digest" | "withoutApproval" | "again" | "judge" | "of" | "apart" | "makes">> & {
      /** The facts that it was allowed on; absent for what needs no approval. */
      readonly approval?: ApprovalFacts;
    };
  /** Absent: it applies nothing. */
  readonly pendingOf?: (target: Target) => readonly Migration[];
  /** What a target's own part of the plan is known by. */
  readonly digestOf?: (target: Target) => { readonly digest?: string };
  /** Targets that the run begins with; of the others no state row tells before their turn has come. Absent: all. */
  readonly first?: (target: Target) => boolean;
}

/** The first record of a run: the journal says what it is about to do, the state rows that it is under way. */
export async function openRun(request: OpenRunRequest): Promise<Run> {
  const { history = new History(placeOf(request)) } = request;
  const usualMs = await usualDurations(history, request.began.command);
  history.forget();
  const run = await beginRecord({ ...request, history }, usualMs);
  const { first = () => true } = request;
  await enterPhase(
    run,
    "preparing",
    run.targets.filter(({ target }) => first(target)),
  );
  return run;
}

/** The journal's first entry alone: for what changes no target, and so leaves nothing to recover. */
export async function beginRecord(request: OpenRunRequest, usualMs: ReadonlyMap<string, number> = new Map()): Promise<Run> {
  const { ports, environment, began, previousSha = null, digestOf = () => ({}) } = request;
  const place = placeOf(request);
  const { history = new History(place) } = request;
  const id = makeRunId(ports.now(), ports.random(10), await history.newestId());
  const sha = await ports.commit(environment.directory);
  const journal = openJournal(place, id, { ...ports, before: await readJournal(place, id) });
  const run = await assembleRun({ ...request, id, sha, previousSha }, journal, usualMs);
  await run.journal.append({
    type: "began",
    run: id,
    environment: environment.name,
    belay: ports.belayVersion,
    targets: leavesOf(run).map(({ target, pending }) => ({
      name: target.name,
      engine: target.engine,
      configured: target.configured,
      pending: pending.map((migration) => migration.id),
      ...(target.tenant === undefined ? {} : { tenant: recordOfTenant(target.tenant) }),
      ...digestOf(target),
    })),
    owner: ports.self,
    sha,
    previousSha,
    digest: null,
    withoutApproval: null,
    again: null,
    judge: true,
    of: null,
    ...began,
    approval: began.approval === undefined ? null : recordOf(began.approval),
    policySha: ports.policy?.sha ?? null,
  });
  ports.progress({
    type: "run-began",
    command: began.command,
    environment: environment.name,
    run: id,
    targets: leavesOf(run).map(({ target }) => target.name),
  });
  return run;
}

function recordOfTenant({ of, schema, siblings, shared, searchPath }: Tenant): NonNullable<BeganEntry["targets"][number]["tenant"]> {
  return { of: of.name, schema, siblings, shared: shared ? schema : (searchPath[1] ?? null) };
}

function placeOf({ ports, environment, holds }: Pick<OpenRunRequest, "ports" | "environment" | "holds">): JournalPlace {
  return journalPlace(
    ports,
    environment,
    holds.map(({ target }) => target),
  );
}

interface RunParts extends Pick<OpenRunRequest, "ports" | "environment" | "holds" | "history" | "pendingOf"> {
  readonly id: RunId;
  readonly sha: string | null;
  readonly previousSha: string | null;
}

/** A run from its parts, before anything is recorded; also how a recovery takes over another's run. */
export async function assembleRun(parts: RunParts, journal: Journal, usualMs: ReadonlyMap<string, number> = new Map()): Promise<Run> {
  const { ports, environment, holds, id, sha, previousSha, pendingOf = () => [], history = new History(placeOf(parts)) } = parts;
  const targets: TargetRun[] = [];
  for (const [database, ours] of Map.groupBy(holds, (hold) => hold.database)) {
    const tenants: TargetRun[] = [];
    const whole = { ...(await targetRun(ports, environment, database, pendingOf, journal.location)), tenants };
    for (const hold of ours)
      if (hold !== database) tenants.push(await targetRun(ports, environment, hold, pendingOf, journal.location, whole));
    targets.push(whole);
  }
  return {
    id,
    ports,
    environment,
    journal,
    earlier: [],
    history,
    targets,
    sha,
    previousSha,
    usualMs,
    steps: [],
    part: null,
    ownsApplication: true,
    inStateRows: false,
    watch: null,
    phase: "preparing",
  };
}

/** Aborted with the run; and for one target alone, where its time is over. */
function stopper({ signal }: Ports): AbortController {
  const stop = new AbortController();
  if (signal.aborted) stop.abort(signal.reason);
  else signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
  return stop;
}

async function targetRun(
  ports: Ports,
  environment: Environment,
  hold: Hold,
  pendingOf: (target: Target) => readonly Migration[],
  journalStore: string,
  database: TargetRun | null = null,
): Promise<TargetRun> {
  return {
    target: hold.target,
    hold,
    database,
    tenants: [],
    tool: await ports.toolOf(environment, hold.target),
    store: ports.storeOf(environment, hold.target),
    journalStore,
    checks: [],
    notes: [],
    stop: database?.stop ?? stopper(ports), // what works for a tenant, works in its database
    phase: null,
    failure: null,
    ending: null,
    pending: pendingOf(hold.target).map(({ id, reversible, findings, sql, file }) => ({ id, reversible, findings, sql, file })),
    applied: [],
    committed: false,
    workspace: null,
    backup: null,
    earlierBackup: false,
    clone: null,
    before: null,
    baseline: new Map(),
    disturbance: undefined,
    comparison: null,
    data: null,
    schema: null,
    mark: undefined,
    beforeMark: [],
    since: null,
    cloneMark: undefined,
    rollback: null,
    givenUp: null,
  };
}
