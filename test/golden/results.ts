/** Results made by hand, one per situation that a report has to tell apart. */

import type { ProgressEvent } from "../../src/domain/progress.ts";
import type { Result, StepResult, TargetResult } from "../../src/domain/result.ts";

export const RUN = "01JD8Z3W6K7Q2M9X4K1TABCDEF";
const DIGEST = `sha256:91ab${"0c".repeat(30)}`;

export const BACKUP = {
  id: "20261121T001400Z-7f3a",
  location: "/srv/app/instance/belay-backups/prod/app/20261121T001400Z-7f3a",
  sizeBytes: 419_430_400,
  sha256: "ab".repeat(32),
  proof: "restored",
} as const;

const STEPS = {
  preflight: { name: "preflight", outcome: "done", durationMs: 12 },
  stop: { name: "stop", outcome: "done", durationMs: 1200, detail: "sudo systemctl stop app" },
  backup: { name: "backup", outcome: "done", durationMs: 900, detail: "419 MB, restored and compared" },
  migrate: { name: "migrate", outcome: "done", durationMs: 3200, detail: "0003_settings · 0004_columns · 0005_data" },
  verify: { name: "verify", outcome: "done", durationMs: 1200, detail: "6 of 6 checks, 22 of 24 tables untouched" },
  verifyFailed: { name: "verify", outcome: "failed", durationMs: 210, detail: "users without organisation: expected 0, got 17" },
  migrateFailed: {
    name: "migrate",
    outcome: "failed",
    durationMs: 2100,
    detail:
      "applying 0005_data: UNIQUE constraint failed: users.email (migrations/0005_data.sql, line 12)\ninsert into users (email) values ('a@example.com')",
  },
  start: { name: "start", outcome: "done", durationMs: 2100, detail: "/srv/app/deploy.sh" },
  health: { name: "health", outcome: "done", durationMs: 640, detail: "http://localhost:5000/login answers 200" },
  healthFailed: {
    name: "health",
    outcome: "failed",
    durationMs: 60_400,
    detail: "http://localhost:5000/login: expected a 2xx status, got 500",
  },
  rollback: { name: "rollback", outcome: "done", durationMs: 310, detail: "identical to before, 5,500,000 rows compared" },
  rollbackFailed: { name: "rollback", outcome: "failed", durationMs: 4100, detail: "the file is held open by pid 4711 (gunicorn)" },
  previous: { name: "previous", outcome: "done", durationMs: 1040, detail: "the version of 3f2c9d1 is running" },
  previousFailed: {
    name: "previous",
    outcome: "failed",
    durationMs: 5000,
    detail: "the previous command ended with status 1: docker compose up -d",
  },
} as const satisfies Record<string, StepResult>;

export function target(changes: Partial<TargetResult> = {}): TargetResult {
  return {
    name: "app",
    engine: "sqlite",
    outcome: "migrated",
    undisturbed: true,
    pending: [],
    applied: [],
    steps: [],
    backup: null,
    checks: [],
    data: null,
    schema: null,
    rollback: null,
    ...changes,
  };
}

export function result(changes: Partial<Result> = {}): Result {
  return {
    belay: "0.1.0",
    run: RUN,
    command: "migrate",
    environment: "prod",
    outcome: "migrated",
    digest: DIGEST,
    startedAt: "2026-11-21T00:14:00.000Z",
    durationMs: 14_200,
    reasons: [],
    targets: [target({ outcome: changes.outcome ?? "migrated" })],
    ...changes,
  };
}

function table(name: string, rows: number, changes: Partial<NonNullable<TargetResult["data"]>["tables"][number]> = {}) {
  return { name, rowsBefore: rows, rowsAfter: rows, added: 0, removed: 0, changed: 0, columnsChanged: [], ...changes };
}

/** The events of a run that took these steps. */
export function eventsOf({ targets, environment }: Result): ProgressEvent[] {
  const whole = environment ?? "prod";
  return [
    { type: "run-began", command: "migrate", environment: whole, run: RUN, targets: targets.map(({ name }) => name) },
    ...targets.flatMap(({ name, steps }) => stepEvents(steps, name, whole)),
  ];
}

function stepEvents(steps: readonly StepResult[], targetName: string, environment: string): ProgressEvent[] {
  return steps.flatMap((step) => {
    const whole = ["prepare", "stop", "start", "health", "previous"].includes(step.name);
    const at = { target: whole ? environment : targetName, step: step.name };
    return [
      { type: "step-began", ...at },
      {
        type: "step-ended",
        ...at,
        outcome: step.outcome,
        durationMs: step.durationMs,
        ...(step.detail === undefined ? {} : { detail: step.detail }),
      },
    ];
  });
}

const applied = [
  { id: "0003_settings", durationMs: 1100 },
  { id: "0004_columns", durationMs: 900 },
  { id: "0005_data", durationMs: 1200 },
];

const goodData = {
  proven: true,
  tables: [
    table("audit", 3_000_000),
    table("organizations", 12),
    table("setting", 2, { rowsAfter: 4, added: 2 }),
    table("users", 2_499_984, { changed: 17, columnsChanged: ["org_id"], keys: ["id=4", "id=9", "id=12", "id=31"] }),
  ],
};

export const SITUATIONS: Readonly<Record<string, Result>> = {
  migrated: result({
    targets: [
      target({
        applied,
        steps: [STEPS.preflight, STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verify, STEPS.start, STEPS.health],
        backup: BACKUP,
        data: goodData,
        schema: { added: ["table Review", "column Track.Rating"], removed: ["index users_old"], changed: [] },
      }),
    ],
    checklist: ["Log in as admin", "Send a test e-mail"],
  }),
  "migrated-with-warnings": result({
    targets: [
      target({
        applied,
        steps: [STEPS.backup, STEPS.migrate, { ...STEPS.verify, outcome: "warned", detail: "5 of 6 checks" }],
        backup: BACKUP,
        data: goodData,
        checks: [
          { name: "./verify.sh", phase: "after", passed: false, warned: true, expected: "status 0", actual: "status 3: 2 orphaned files" },
        ],
      }),
    ],
  }),
  "migrated-unproven": result({
    targets: [
      target({
        applied,
        undisturbed: false,
        disturbance: "pid 4711 (gunicorn) had the file open",
        steps: [STEPS.backup, STEPS.migrate, STEPS.verify],
        backup: { ...BACKUP, proof: "read" },
        data: { proven: false, why: "somebody else wrote during the run (pid 4711 (gunicorn) had the file open)", tables: goodData.tables },
        notes: ["the application's SQLite 3.40.1 has the WAL-reset bug; 3.51.3 has not"],
      }),
    ],
  }),
  "up-to-date": result({ outcome: "up-to-date", run: null, durationMs: 43, targets: [target({ outcome: "up-to-date" })] }),
  "refused-before-effect": result({
    outcome: "refused",
    run: null,
    digest: null,
    durationMs: 310,
    reasons: [
      {
        code: "target-locked",
        message: "opening app: the database is locked by pid 4711 (sqlite3)",
        hint: "end that process or wait for it, then run the same command again",
      },
    ],
  }),
  "refused-for-three-reasons": result({
    outcome: "refused",
    run: null,
    durationMs: 90,
    reasons: [
      {
        code: "approval-needed",
        message: "prod is protected (approvals in belay.yml), and here nobody can approve",
        hint: 'run it from GitHub, or say why it goes without: belay migrate prod --without-approval "…"',
      },
      {
        code: "outside-window",
        message: "prod may be changed only in Sun 01:00-05:00 America/Toronto",
        hint: "the next window opens 2026-11-22T06:00Z",
      },
      {
        code: "same-plan-failed",
        message: "this very plan was tried in run 01JD8Z and failed",
        hint: 'change the migration; or, if the cause lay elsewhere, say why it may run again: belay migrate prod --again "…"',
      },
    ],
  }),
  "refused-after-stop": result({
    outcome: "refused",
    durationMs: 3_300,
    reasons: [
      {
        code: "no-space",
        message: "backing up app: no space left in /srv/app/instance/belay-backups (419 MB needed, 12 MB free)",
        hint: "make room, or name another store in belay.yml (backup.store)",
      },
    ],
    targets: [
      target({
        outcome: "refused",
        steps: [
          STEPS.stop,
          { ...STEPS.backup, outcome: "failed", detail: "no space left in /srv/app/instance/belay-backups (419 MB needed, 12 MB free)" },
          STEPS.previous,
        ],
      }),
    ],
  }),
  "undone-by-transaction": result({
    outcome: "undone",
    durationMs: 5_200,
    reasons: [
      {
        code: "migration-failed",
        message:
          "applying 0005_data: UNIQUE constraint failed: users.email (migrations/0005_data.sql, line 12)\ninsert into users (email)\n  values ('a@example.com')",
      },
    ],
    targets: [
      target({
        outcome: "undone",
        backup: BACKUP,
        steps: [
          STEPS.stop,
          STEPS.backup,
          STEPS.migrateFailed,
          { ...STEPS.rollback, detail: "nothing to undo, compared with the copy" },
          STEPS.previous,
        ],
        rollback: {
          strategy: "transaction",
          why: "its transaction undid the migration",
          durationMs: 310,
          matches: true,
          laterWrites: [],
          kept: [],
        },
      }),
    ],
  }),
  "undone-by-swap": result({
    outcome: "undone",
    durationMs: 7_110,
    reasons: [
      {
        code: "check-failed",
        message: "users without organisation: expected 0, got 17 (4, a@example.com; 9, b@example.com; 12, c@example.com)",
      },
    ],
    targets: [
      target({
        outcome: "undone",
        applied,
        backup: BACKUP,
        data: goodData,
        steps: [STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verifyFailed, STEPS.rollback, STEPS.previous],
        rollback: {
          strategy: "swap",
          why: "the proven copy lay beside the database, and nobody held it open",
          durationMs: 310,
          matches: true,
          laterWrites: [],
          kept: ["/srv/app/instance/app.db_belay_f_7Q2M9X4K1T"],
        },
      }),
    ],
  }),
  "undone-by-restore-with-later-writes": result({
    outcome: "undone",
    durationMs: 72_900,
    reasons: [
      {
        code: "health-failed",
        message: "http://localhost:5000/login: expected a 2xx status, got 500 for 60 s",
        hint: "look at the application's log",
      },
    ],
    targets: [
      target({
        outcome: "undone",
        applied,
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verify, STEPS.start, STEPS.healthFailed, STEPS.rollback, STEPS.previous],
        rollback: {
          strategy: "restore",
          way: "in-place",
          why: "pid 4711 (gunicorn) holds the file open, so it cannot be renamed",
          durationMs: 1400,
          matches: true,
          laterWrites: [
            { table: "users", written: 3, gone: 1 },
            { table: "audit", written: 1_204, gone: 0 },
            { table: "setting", written: null, gone: null },
          ],
          kept: ["/srv/app/instance/app.db_belay_f_7Q2M9X4K1T"],
        },
      }),
    ],
  }),
  "undone-after-signal": result({
    outcome: "undone",
    durationMs: 2_400,
    reasons: [{ code: "interrupted", message: "interrupted by SIGTERM" }],
    targets: [
      target({
        outcome: "undone",
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.backup, { ...STEPS.migrateFailed, detail: "interrupted by SIGTERM" }, STEPS.rollback, STEPS.previous],
        rollback: {
          strategy: "transaction",
          why: "its transaction undid the migration",
          durationMs: 310,
          matches: true,
          laterWrites: [],
          kept: [],
        },
      }),
    ],
  }),
  "needs-attention-rollback-failed": result({
    outcome: "needs-attention",
    durationMs: 9_400,
    reasons: [
      { code: "check-failed", message: "users without organisation: expected 0, got 17" },
      {
        code: "target-busy",
        message:
          "rolling back app: the file is held open by pid 4711 (gunicorn), and the copy could not be written in its place: Input/output error",
        hint: "end pid 4711, then `belay recover prod`",
      },
    ],
    targets: [
      target({
        outcome: "needs-attention",
        applied,
        backup: BACKUP,
        data: goodData,
        steps: [STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verifyFailed, STEPS.rollbackFailed],
      }),
    ],
  }),
  "needs-attention-before-state-lost": result({
    outcome: "needs-attention",
    durationMs: 9_400,
    reasons: [
      { code: "check-failed", message: "users without organisation: expected 0, got 17" },
      {
        code: "before-state-lost",
        message: `the copy of app from before the migration is lost (the copy /srv/app/instance/app.db_belay_c_7Q2M9X4K1T is gone), and backup ${BACKUP.id}, taken at 2026-11-21T00:14:00.000Z, lacks what was written before the application stopped`,
        hint: `decide which state to keep: stay with the database as it is now (\`belay verify prod\` judges it), or go back to that backup and lose what was written after it: \`belay rollback prod --backup ${BACKUP.id} --accept-loss\``,
      },
    ],
    targets: [
      target({
        outcome: "needs-attention",
        applied,
        backup: BACKUP,
        data: goodData,
        steps: [
          STEPS.backup,
          STEPS.stop,
          { name: "clone", outcome: "done", durationMs: 410, detail: "419 MB, compared" },
          STEPS.migrate,
          STEPS.verifyFailed,
          { ...STEPS.rollbackFailed, detail: "the copy of app from before the migration is lost" },
          STEPS.previous,
        ],
      }),
    ],
  }),
  "needs-attention-not-touched": result({
    outcome: "needs-attention",
    durationMs: 1_400,
    reasons: [
      { code: "disk-full", message: "backing up app.db: the disk is full", hint: "make room, then `belay recover prod`" },
      { code: "disk-full", message: "recording the run in app.db.belay: the disk is full" },
    ],
    targets: [
      target({
        outcome: "needs-attention",
        steps: [STEPS.stop, { ...STEPS.backup, outcome: "failed", detail: "the disk is full" }, STEPS.previous],
      }),
    ],
  }),
  "undone-online-by-downgrade": result({
    outcome: "undone",
    durationMs: 2_100,
    reasons: [{ code: "check-failed", message: "users without organisation: expected 0, got 17" }],
    targets: [
      target({
        outcome: "undone",
        applied,
        backup: BACKUP,
        undisturbed: false,
        disturbance: "app: online, the application went on writing",
        steps: [STEPS.backup, STEPS.migrate, STEPS.verifyFailed, { ...STEPS.rollback, detail: "downgrade, not compared" }],
        rollback: {
          strategy: "downgrade",
          why: "rollback.online: downgrade: 0002_more, 0001_role taken back by sql while the application went on",
          durationMs: 310,
          matches: null,
          laterWrites: [],
          kept: ["/srv/belay/prod/app/20261121T001407Z-51aa"],
          dropped: [{ table: "Review", rows: 3, columns: [] }],
        },
      }),
    ],
  }),
  "needs-attention-application-down": result({
    outcome: "needs-attention",
    durationMs: 12_000,
    reasons: [
      { code: "check-failed", message: "users without organisation: expected 0, got 17" },
      {
        code: "previous-failed",
        message: "the previous command ended with status 1: docker compose up -d web:previous\nno such image",
        hint: "try it by hand in /srv/app; it is app.previous in belay.yml",
      },
    ],
    targets: [
      target({
        outcome: "needs-attention",
        applied,
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verifyFailed, STEPS.rollback, STEPS.previousFailed],
        rollback: {
          strategy: "swap",
          why: "the proven copy lay beside the database, and nobody held it open",
          durationMs: 310,
          matches: true,
          laterWrites: [],
          kept: ["/srv/app/instance/app.db_belay_f_7Q2M9X4K1T"],
        },
      }),
    ],
  }),
  "needs-attention-later-writes-refused": result({
    outcome: "needs-attention",
    durationMs: 71_000,
    reasons: [
      { code: "health-failed", message: "http://localhost:5000/login: expected a 2xx status, got 500 for 60 s" },
      {
        code: "later-writes",
        message: "a rollback would discard what was written since the migration (rollback.later-writes: refuse)",
        hint: "`belay rollback prod --accept-loss` rolls back and keeps them aside",
      },
    ],
    targets: [
      target({
        outcome: "needs-attention",
        applied,
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.backup, STEPS.migrate, STEPS.verify, STEPS.start, STEPS.healthFailed],
        rollback: {
          strategy: "swap",
          why: "a rollback would discard later writes",
          durationMs: 0,
          matches: null,
          laterWrites: [{ table: "users", written: 3, gone: 0 }],
          kept: [],
        },
      }),
    ],
  }),
  "failed-defect": result({
    outcome: "failed",
    run: null,
    digest: null,
    durationMs: 41,
    reasons: [
      {
        code: "defect",
        message: "Belay itself went wrong: cannot read properties of undefined",
        hint: "please report this with the output of the same command and BELAY_DEBUG=1",
      },
    ],
    targets: [],
  }),
  interrupted: result({
    outcome: "interrupted",
    run: null,
    durationMs: 120,
    reasons: [{ code: "interrupted", message: "interrupted by SIGINT" }],
    targets: [],
  }),
  "several-targets": result({
    outcome: "undone",
    durationMs: 8_000,
    reasons: [{ code: "check-failed", message: "users without organisation: expected 0, got 17" }],
    targets: ["acme", "demo"].map((name) =>
      target({
        name,
        outcome: "undone",
        backup: BACKUP,
        steps: [STEPS.backup, STEPS.migrate, STEPS.rollback],
        rollback: {
          strategy: "swap",
          why: "nobody held it open",
          durationMs: 20,
          matches: true,
          laterWrites: [],
          kept: [`/srv/${name}.db_belay_f_7Q2M9X4K1T`],
        },
      }),
    ),
  }),
  "rolled-back": result({
    command: "rollback",
    outcome: "rolled-back",
    digest: null,
    durationMs: 1_900,
    targets: [
      target({
        outcome: "rolled-back",
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.rollback, STEPS.start],
        rollback: {
          strategy: "restore",
          way: "in-place",
          why: "no copy of that state lies beside the database any more",
          durationMs: 1400,
          matches: true,
          laterWrites: [{ table: "users", written: 3, gone: 0 }],
          kept: ["/srv/app/instance/app.db_belay_f_7Q2M9X4K1T"],
        },
      }),
    ],
  }),
  "rollback-refused-for-later-writes": result({
    command: "rollback",
    outcome: "refused",
    digest: null,
    durationMs: 400,
    reasons: [
      {
        code: "later-writes",
        message: "since run 01JD8Z somebody wrote to 2 tables",
        hint: "`belay rollback prod --accept-loss` rolls back all the same and keeps them aside",
      },
    ],
    targets: [
      target({
        outcome: "refused",
        rollback: {
          strategy: "swap",
          why: "a proven copy lies beside the database",
          durationMs: 0,
          matches: null,
          laterWrites: [
            { table: "users", written: 3, gone: 1 },
            { table: "audit", written: 1_204, gone: 0 },
          ],
          kept: [],
        },
      }),
    ],
  }),
  "recovered-old": result({
    command: "recover",
    outcome: "undone",
    durationMs: 900,
    reasons: [{ code: "recovered", message: "run 01JD8Z stopped in phase migrating" }],
    targets: [
      target({
        outcome: "undone",
        steps: [STEPS.rollback, STEPS.previous],
        rollback: {
          strategy: "swap",
          why: "the proven copy lay beside the database, and nobody held it open",
          durationMs: 310,
          matches: true,
          laterWrites: [],
          kept: ["/srv/app/instance/app.db_belay_f_7Q2M9X4K1T"],
        },
      }),
    ],
  }),
  "recovered-new": result({
    command: "recover",
    durationMs: 900,
    targets: [target({ applied, backup: BACKUP, steps: [STEPS.verify, STEPS.start, STEPS.health] })],
  }),
  "nothing-to-recover": result({ command: "recover", outcome: "up-to-date", run: null, digest: null, durationMs: 20 }),
  "migrated-not-verified": result({
    verified: false,
    targets: [
      target({
        applied,
        backup: BACKUP,
        steps: [STEPS.backup, STEPS.migrate, { ...STEPS.verify, outcome: "skipped", detail: "recorded, not judged yet" }, STEPS.start],
        data: goodData,
      }),
    ],
  }),
  "migrated-online": result({
    targets: [
      target({
        applied,
        undisturbed: false,
        disturbance: "app: online, the application went on writing",
        steps: [STEPS.backup, STEPS.migrate, STEPS.verify],
        backup: BACKUP,
        data: { proven: false, why: "app: online, the application went on writing", tables: [] },
        schema: { added: ["column users.role"], removed: [], changed: [] },
      }),
    ],
  }),
  "backed-up": result({
    command: "backup",
    outcome: "backed-up",
    digest: null,
    durationMs: 1_900,
    targets: [target({ outcome: "backed-up", backup: BACKUP, steps: [STEPS.backup] })],
  }),
  "backup-refused": result({
    command: "backup",
    outcome: "refused",
    digest: null,
    durationMs: 900,
    reasons: [
      {
        code: "proof-failed",
        message: "proving backup 20261121T001400Z-7f3a: users has 11 rows in the copy, and 12 in app",
        hint: "check the disk, then take it again",
      },
    ],
    targets: [
      target({
        outcome: "refused",
        steps: [{ ...STEPS.backup, outcome: "failed", detail: "users has 11 rows in the copy, and 12 in app" }],
      }),
    ],
  }),
  verified: result({
    command: "verify",
    outcome: "verified",
    digest: null,
    durationMs: 210,
    targets: [
      target({
        outcome: "verified",
        checks: [
          { name: "no user lost", phase: "after", passed: true, expected: "unchanged", actual: "12" },
          { name: "http://localhost:5000/login", phase: "health", passed: true, expected: "2xx", actual: "200" },
          { name: "settings", phase: "after", passed: true, expected: null, actual: "a=1" },
        ],
        data: goodData,
        schema: { added: ["column users.role"], removed: [], changed: [] },
      }),
    ],
  }),
  "verify-failed": result({
    command: "verify",
    outcome: "checks-failed",
    digest: null,
    durationMs: 210,
    reasons: [{ code: "check-failed", message: "no user lost: expected 12 (unchanged), got 11" }],
    targets: [target({ outcome: "checks-failed", data: goodData })],
  }),
  restored: result({
    command: "restore",
    outcome: "restored",
    run: null,
    digest: null,
    durationMs: 320,
    targets: [
      target({ name: "look", outcome: "restored", backup: BACKUP, notes: ["what was there is kept as /srv/look.db_belay_f_7Q2M9X4K1T"] }),
    ],
  }),
  pruned: result({
    command: "prune",
    outcome: "pruned",
    run: null,
    digest: null,
    durationMs: 40,
    targets: [
      target({
        outcome: "pruned",
        notes: [
          "dropped /srv/app/instance/belay-backups/prod/app/20261001T001400Z-7f3a",
          "dropped /srv/app/instance/app.db_belay_f_7Q2M9X4K1T",
        ],
      }),
    ],
  }),
  "pruned-nothing": result({
    command: "prune",
    outcome: "pruned",
    run: null,
    digest: null,
    durationMs: 12,
    targets: [target({ outcome: "pruned", notes: [] })],
  }),
  "downgraded-with-loss": result({
    command: "rollback",
    outcome: "rolled-back",
    durationMs: 2_400,
    targets: [
      target({
        outcome: "rolled-back",
        backup: BACKUP,
        steps: [STEPS.stop, STEPS.backup, { ...STEPS.rollback, detail: "2 taken back by sql" }, STEPS.start],
        rollback: {
          strategy: "downgrade",
          why: "asked for: 0005_data, 0004_columns taken back by sql",
          durationMs: 40,
          matches: false,
          laterWrites: [],
          kept: [BACKUP.location],
          dropped: [
            { table: "setting", rows: 2, columns: [] },
            { table: "users", rows: 0, columns: ["role", "team"] },
          ],
        },
      }),
    ],
  }),
  "downgraded-exactly": result({
    command: "rollback",
    outcome: "rolled-back",
    durationMs: 2_400,
    targets: [
      target({
        outcome: "rolled-back",
        backup: BACKUP,
        steps: [STEPS.backup, { ...STEPS.rollback, detail: "1 taken back by sql" }],
        rollback: {
          strategy: "downgrade",
          why: "asked for: 0005_data taken back by sql",
          durationMs: 40,
          matches: true,
          laterWrites: [],
          kept: [BACKUP.location],
          dropped: [],
        },
      }),
    ],
  }),
  "rolled-back-by-hook": result({
    command: "rollback",
    outcome: "rolled-back",
    digest: null,
    durationMs: 90,
    targets: [
      target({
        outcome: "rolled-back",
        steps: [{ ...STEPS.rollback, detail: "hook flags" }],
        rollback: {
          strategy: "hook",
          why: "the hook flags was asked for; Belay itself changed no data",
          durationMs: 40,
          matches: null,
          laterWrites: [],
          kept: [],
        },
      }),
    ],
  }),
};
