import type { Environment } from "../config/config.ts";
import type { ApprovalFacts } from "../domain/approval.ts";
import type { Hold } from "../engine/hold.ts";
import { lastGoodCommit } from "./history.ts";
import { lastEntry } from "./journal-entry.ts";
import { openRun } from "./open-run.ts";
import type { History, PastRun } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import type { Run } from "./run.ts";

export interface OpenRollbackRequest {
  readonly ports: Ports;
  readonly environment: Environment;
  readonly history: History;
  /** Of the targets that have something to take back. */
  readonly holds: readonly Hold[];
  /** The run that is taken back; null: it is data that come back, from a backup or by a name. */
  readonly of: PastRun | null;
  readonly approval: ApprovalFacts;
  readonly withoutApproval: string | null;
}

/** Data that are put back and migrations that are reverted are runs of one kind: they are known by the plan that they undo. */
export async function openRollback({ ports, environment, history, holds, of, ...allowed }: OpenRollbackRequest): Promise<Run> {
  const digest = of === null ? null : (lastEntry(of.entries, "began")?.digest ?? null);
  const previousSha = await lastGoodCommit(history);
  return await openRun({
    ports,
    environment,
    holds,
    history,
    previousSha,
    began: { command: "rollback", digest, of: of?.run ?? null, ...allowed },
  });
}
