/** Whole results as `stable` gives them: what a test leaves out has the value that it has where nothing came of it. */

import type {
  CheckResult,
  PendingMigration,
  Result,
  RollbackResult,
  StepResult,
  TableResult,
  TargetResult,
} from "../../src/domain/result.ts";
import type { Production } from "./production.ts";

type Told = readonly [name: StepResult["name"], outcome: StepResult["outcome"], detail?: string];

export interface ExpectedRun extends Pick<TargetResult, "outcome"> {
  readonly command?: string;
  readonly reasons?: Result["reasons"];
  /** False: there was no run, only a look. */
  readonly run?: boolean;
  readonly digest?: boolean;
  readonly undisturbed?: boolean | null;
  readonly pending?: readonly PendingMigration[];
  readonly applied?: readonly string[];
  readonly steps?: readonly Told[];
  readonly backup?: boolean;
  readonly checks?: readonly CheckResult[];
  readonly data?: TargetResult["data"];
  readonly schema?: TargetResult["schema"];
  readonly rollback?: object | null;
}

export function expectedRun(production: Production, expected: ExpectedRun): object {
  const { command = "migrate", outcome, reasons = [], run = true, digest = run } = expected;
  return {
    belay: "0.1.0",
    run: run ? "<run>" : null,
    command,
    environment: "prod",
    outcome,
    digest: digest ? "sha256:<digest>" : null,
    startedAt: "<time>",
    durationMs: 0,
    reasons,
    targets: [
      {
        ...expectedTarget(production, expected),
        ...(run && command === "migrate" && production.notes.length > 0 ? { notes: production.notes } : {}),
      },
    ],
  };
}

function expectedTarget({ engine }: Production, expected: ExpectedRun): object {
  const { outcome, undisturbed = null, pending = [], applied = [], steps = [], backup = steps.length > 0 } = expected;
  return {
    name: "app",
    engine,
    outcome,
    undisturbed,
    pending,
    applied: applied.map((id) => ({ id, durationMs: 0 })),
    steps: steps.map(([name, end, detail]) => ({ name, outcome: end, durationMs: 0, ...(detail === undefined ? {} : { detail }) })),
    backup: backup ? BACKUP : null,
    checks: expected.checks ?? [],
    data: expected.data ?? null,
    schema: expected.schema ?? null,
    rollback: expected.rollback ?? null,
  };
}

const BACKUP = {
  id: "<backup>",
  location: "<project>/belay-backups/prod/app/<backup>",
  sizeBytes: 1,
  sha256: "<sha256>",
  proof: "restored",
};

export const STOPPED: Told = ["stop", "done", "echo stop >> app.log"];
export const BACKED_UP: Told = ["backup", "done", "<size>, restored and compared"];
export const PREVIOUS: Told = ["previous", "done", "echo previous >> app.log"];

/** A rollback of what was committed that put everything back and lost nothing. */
export function wentBack({ wayBack, keptAs }: Production, more: Partial<RollbackResult> = {}): object {
  return { durationMs: 0, matches: true, laterWrites: [], kept: [keptAs], ...wayBack, ...more };
}

export const BY_TRANSACTION = {
  durationMs: 0,
  matches: true,
  laterWrites: [],
  kept: [],
  strategy: "transaction",
  why: "the migration's own transaction was rolled back",
};

const ROWS: Readonly<Record<string, number>> = { audit: 0, bookings: 500, organizations: 20, payments: 250, setting: 2, users: 50 };

/** The data of the booking database with 500 bookings: every table untouched but those that are given; a table of another name is new. */
export function dataOfBookings(touched: Readonly<Record<string, Partial<TableResult>>>): TargetResult["data"] {
  const names = [...new Set([...Object.keys(ROWS), ...Object.keys(touched)])].sort();
  const tables = names.map((name) => ({
    name,
    rowsBefore: ROWS[name] ?? null,
    rowsAfter: ROWS[name] ?? 0,
    added: 0,
    removed: 0,
    changed: 0,
    columnsChanged: [],
    ...touched[name],
  }));
  return { proven: true, tables };
}

export function pendingFile(id: string, sql: string, findings: PendingMigration["findings"] = []): PendingMigration {
  return { id, reversible: false, findings, sql, file: `migrations/${id}.sql` };
}
