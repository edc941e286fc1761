/** Results of the commands that only look, made by hand. */

import type { Result } from "../../src/domain/result.ts";
import { BACKUP, result, RUN, target } from "./results.ts";

const PENDING = [
  {
    id: "0003_settings",
    reversible: true,
    file: "migrations/0003_settings.up.sql",
    sql: "-- settings of each organisation\ncreate table settings (\n\tid integer primary key,\n\tname text not null unique\n);\n",
    findings: [],
  },
  {
    id: "0004_columns",
    reversible: false,
    file: "migrations/0004_columns.sql",
    sql: Array.from({ length: 40 }, (_, at) => `alter table users add column extra_${at} text;`).join("\n"),
    findings: [
      {
        id: "many-columns",
        place: "migrations/0004_columns.sql:1",
        message:
          "40 columns are added to users, each in a statement of its own, and every reader has to read its schema again after each of them",
      },
    ],
  },
  { id: "0005_empty", reversible: false, file: "migrations/0005_empty.sql", sql: "", findings: [] },
  { id: "0006_code", reversible: false, file: null, sql: null, findings: [] },
];

const planned = {
  rollback: {
    strategy: "swap",
    why: "a proven copy will lie beside the database and takes its place by a rename, if nobody holds it open then",
  },
  unprovable: ["data: off, rows are not compared"],
  findings: [{ id: "old-sqlite", place: "app.db", message: "the application's SQLite 3.40.1 has the WAL-reset bug" }],
} as const;

const old = {
  id: "20261114T001400Z-01ff",
  location: "/srv/belay/prod/app/20261114T001400Z-01ff",
  sizeBytes: 197_000_000,
  sha256: "cd".repeat(32),
  proof: "read",
} as const;

export const LISTS: Readonly<Record<string, Result>> = {
  plan: result({
    command: "plan",
    run: null,
    outcome: "planned",
    targets: [target({ outcome: "planned", pending: PENDING, planned, appliedWithoutFile: ["0001_first"] })],
  }),
  "plan-nothing-pending": result({ command: "plan", run: null, outcome: "planned", targets: [target({ outcome: "planned", planned })] }),
  "plan-with-obstacles": result({
    command: "plan",
    run: null,
    outcome: "planned",
    reasons: [
      {
        code: "migration-changed",
        message: "0002_users was changed after it was applied (migrations/0002_users.sql)",
        hint: "put the file back as it was, and write a new migration for the change",
      },
    ],
    targets: [target({ outcome: "planned", pending: PENDING.slice(0, 1), planned })],
  }),
  "plan-protected": result({
    command: "plan",
    run: null,
    outcome: "planned",
    requirements: [
      { met: false, text: "an approval by octocat, org/dba in GitHub's environment production; not by who asks for it" },
      { met: true, text: "inside the window Sun 01:00-05:00 America/Toronto" },
    ],
    targets: [target({ outcome: "planned", pending: PENDING.slice(0, 1), planned: { ...planned, unprovable: [], findings: [] } })],
  }),
  "plan-several-targets": result({
    command: "plan",
    run: null,
    outcome: "planned",
    targets: ["acme", "demo"].map((name) =>
      target({ name, outcome: "planned", pending: PENDING.slice(0, 1), planned: { ...planned, unprovable: [], findings: [] } }),
    ),
  }),
  status: result({
    command: "status",
    run: null,
    outcome: "listed",
    targets: [
      target({
        outcome: "listed",
        pending: PENDING.slice(0, 2),
        history: ["0001_first", "0002_users"],
        state: { lock: "free", lastRun: { id: RUN, phase: "ended", outcome: "migrated" }, newestBackup: BACKUP },
      }),
      target({ name: "new", outcome: "listed", history: [], state: { lock: "free", lastRun: null, newestBackup: null } }),
    ],
  }),
  "status-unfinished": result({
    command: "status",
    run: null,
    outcome: "listed",
    targets: [
      target({
        outcome: "listed",
        history: ["0001_first"],
        state: { lock: "free", lastRun: { id: RUN, phase: "migrating", outcome: null }, newestBackup: BACKUP },
      }),
    ],
  }),
  "status-held": result({
    command: "status",
    run: null,
    outcome: "listed",
    targets: [
      target({
        outcome: "listed",
        history: ["0001_first"],
        state: { lock: "held", holder: "pid 4711 (node)", lastRun: { id: RUN, phase: "migrating", outcome: null }, newestBackup: BACKUP },
      }),
    ],
  }),
  runs: result({
    command: "runs",
    run: null,
    outcome: "listed",
    runs: [
      {
        run: RUN,
        command: "migrate",
        startedAt: "2026-11-21T00:14:00.000Z",
        durationMs: null,
        outcome: null,
        digest: null,
        targets: [{ name: "app", outcome: null, applied: [], backup: BACKUP.id }],
        reasons: [],
        withoutApproval: "incident 4711",
        again: "the disk was full",
      },
      {
        run: "01JC0000000000000000000003",
        command: "migrate",
        startedAt: "2026-11-20T01:14:00.000Z",
        durationMs: null,
        outcome: null,
        cutOff: true,
        digest: null,
        targets: [{ name: "app", outcome: null, applied: [], backup: null }],
        reasons: [],
        withoutApproval: null,
        again: null,
      },
      {
        run: "01JC0000000000000000000002",
        command: "migrate",
        startedAt: "2026-11-20T00:14:00.000Z",
        durationMs: 7_110,
        outcome: "undone",
        digest: null,
        targets: [{ name: "app", outcome: "undone", applied: ["0005_data"], backup: old.id }],
        reasons: [{ code: "check-failed", message: "users without organisation: expected 0, got 17" }],
        withoutApproval: null,
        again: null,
      },
      {
        run: "01JC0000000000000000000001",
        command: "migrate",
        startedAt: "2026-11-14T00:14:00.000Z",
        durationMs: 14_200,
        outcome: "migrated",
        digest: null,
        targets: [{ name: "app", outcome: "migrated", applied: ["0001_first", "0002_users"], backup: old.id }],
        reasons: [],
        withoutApproval: null,
        again: null,
      },
    ],
  }),
  "runs-none": result({ command: "runs", run: null, outcome: "listed", runs: [] }),
  backups: result({
    command: "backups",
    run: null,
    outcome: "listed",
    backups: [
      {
        ...BACKUP,
        target: "app",
        takenAt: "2026-11-21T00:14:00.000Z",
        run: RUN,
        rows: 5_500_000,
        restore: [],
        damage: "app.db has 12 bytes, and its manifest says 419,430,400",
      },
      {
        ...old,
        target: "app",
        takenAt: "2026-11-14T00:14:00.000Z",
        run: "01JC0000000000000000000001",
        rows: 2_499_984,
        restore: ["cp app.db /srv/app/instance/app.db", "rm -f /srv/app/instance/app.db-wal /srv/app/instance/app.db-shm"],
      },
      {
        ...old,
        id: "20261107T001400Z-01ff",
        target: "app",
        takenAt: "2026-11-07T00:14:00.000Z",
        run: "01JC0000000000000000000000",
        rows: 2_499_000,
        restore: ["cp app.db /srv/app/instance/app.db"],
      },
    ],
  }),
  "backups-none": result({ command: "backups", run: null, outcome: "listed", backups: [] }),
  "gate-open": result({ command: "gate", run: null, outcome: "up-to-date", targets: [target({ outcome: "up-to-date" })] }),
  "gate-behind": result({
    command: "gate",
    run: null,
    outcome: "checks-failed",
    reasons: [{ code: "behind", message: "app is missing 0003_settings", hint: "belay migrate prod" }],
    targets: [target({ outcome: "checks-failed", pending: PENDING.slice(0, 1) })],
  }),
  "gate-fix-hint": result({
    command: "gate",
    run: null,
    outcome: "checks-failed",
    fixHint: "ask in #dba for: /migrate prod\nor read https://wiki.example.com/runbooks/database-migrations-of-the-booking-application",
    reasons: [{ code: "behind", message: "app is missing 0003_settings", hint: "ask in #dba" }],
    targets: [target({ outcome: "checks-failed", pending: PENDING.slice(0, 1) })],
  }),
  "gate-some-unreadable": result({
    command: "gate",
    run: null,
    outcome: "refused",
    reasons: [
      { code: "behind", message: "app is missing 0003_settings", hint: "`belay migrate prod`" },
      { code: "target-missing", message: "opening other: there is no file /srv/other.db", hint: "create the database first" },
    ],
    targets: [
      target({ outcome: "checks-failed", pending: PENDING.slice(0, 1) }),
      target({ name: "other", outcome: "refused" }),
      target({ name: "third", outcome: "up-to-date" }),
    ],
  }),
  "gate-tenants-behind": result({
    command: "gate",
    run: null,
    outcome: "checks-failed",
    reasons: ["demo", "acme"].map((name) => ({ code: "behind", message: `app/${name} is missing something`, hint: "belay migrate prod" })),
    targets: [
      target({ name: "app/demo", outcome: "checks-failed", pending: PENDING.slice(0, 2) }),
      target({ name: "app/acme", outcome: "checks-failed", pending: PENDING.slice(1, 2) }),
      ...Array.from({ length: 8 }, (_, at) => target({ name: `app/ok-${at}`, outcome: "up-to-date" })),
    ],
  }),
  "gate-several-behind": result({
    command: "gate",
    run: null,
    outcome: "checks-failed",
    reasons: ["demo", "acme"].map((name) => ({ code: "behind", message: `${name} is missing something`, hint: "belay migrate prod" })),
    targets: [
      ...[
        ["demo", 0, 2],
        ["acme", 1, 2],
        ["テナント表名", 0, 1],
        ["a-tenant-with-a-name-that-is-wider-than-its-column", 0, 2],
      ].map(([name, from, to]) =>
        target({ name: String(name), outcome: "checks-failed", pending: PENDING.slice(Number(from), Number(to)) }),
      ),
      ...Array.from({ length: 6 }, (_, at) => target({ name: `ok-${at}`, outcome: "up-to-date" })),
    ],
  }),
  "gate-unfinished-run": result({
    command: "gate",
    run: null,
    outcome: "checks-failed",
    reasons: [
      { code: "unfinished-run", message: `run ${RUN} did not come to its end (it stopped in phase migrating)`, hint: "belay recover prod" },
    ],
    targets: [target({ outcome: "checks-failed" })],
  }),
  "gate-unreadable": result({
    command: "gate",
    run: null,
    outcome: "refused",
    reasons: [
      {
        code: "target-missing",
        message: "opening app: there is no file /srv/app/instance/a-rather-long-directory-name-that-nobody-would-choose/app.db",
        hint: "mend target in belay.yml, or create the database first",
      },
    ],
    targets: [],
  }),
};
