/** What can happen to a production, each with what must come of it. */

import fc from "fast-check";
import { expect } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { AGAIN, type Command, command, expectUnfinished, saw, told, whole, writeMigration } from "./command.ts";
import { asText, type Content, contentOfCopy, contentOfFile, withFile, writesBetween } from "./content.ts";
import { cutOff, cuts, recover } from "./cut-off.ts";
import { isGood, type Kind, KINDS, migrationSql } from "./migration-kinds.ts";
import { fileName } from "./model.ts";

const addMigration = (kind: Kind) =>
  command({ name: `a migration that ${kind}`, act: async (model, production) => writeMigration(model, production, kind) });

/** Bad ones become good ones, as somebody would do it who saw them fail. */
const mend = () =>
  command({
    name: "bad migrations are mended",
    when: (model) => !model.willSucceed(),
    act: async (model, production) => {
      model.pending = model.pending.map(({ number }) => ({ number, kind: "adds a table" }));
      for (const file of model.pending) production.migration(`${fileName(file)}.sql`, migrationSql(file.kind, file.number));
    },
  });

interface Release {
  /** A migration that is written beforehand. */
  readonly kind: Kind | null;
  /** The application does not answer afterwards. */
  readonly ill: boolean;
}

const migrate = ({ kind, ill }: Release) =>
  command({
    name: `migrate${kind === null ? "" : ` what ${kind}`}${ill ? ", and the application does not answer" : ""}`,
    act: async (model, production) => {
      if (kind !== null) writeMigration(model, production, kind);
      if (ill) production.write("ill", "");
      const { status, result, stderr } = await production.belay("migrate", "prod", ...AGAIN);
      production.remove("ill");
      if (model.cutOff !== null) return expectUnfinished(status, result);
      if (model.pending.length === 0) {
        expect(status, told(result, stderr)).toBe(0);
        return;
      }
      const succeeds = model.willSucceed() && !ill;
      expect(status, told(result, stderr)).toBe(succeeds ? 0 : 4);
      expect(production.applicationLog().at(-1)).toBe(succeeds ? "start" : "previous");
      saw(succeeds ? "migrated" : "undone");
      if (succeeds) model.migrated();
    },
  });

/** The application writes: only while no run has left it stopped. */
const write = (kind: "inserts" | "updates" | "deletes") =>
  command({
    name: `the application ${kind} notes`,
    when: whole,
    act: async (model, production) => {
      const sql = {
        inserts: "insert into note (person, body) select id, 'by the application' from person",
        updates: "update note set body = body || '!' where id % 2 = 0",
        deletes: "delete from note where id = (select max(id) from note)",
      }[kind];
      model.db.exec(sql);
      withFile(production.database, (db) => db.exec(sql));
    },
  });

const rollback = (acceptLoss: boolean) =>
  command({
    name: acceptLoss ? "rollback --accept-loss" : "rollback",
    act: async (model, production) => {
      const { status, result, stderr } = await production.belay("rollback", "prod", ...(acceptLoss ? ["--accept-loss"] : []));
      if (model.cutOff !== null) return expectUnfinished(status, result);
      const run = model.lastRun();
      if (run === undefined) {
        expect(status, told(result, stderr)).toBe(3);
        return;
      }
      const writes = writesBetween(run.after, model.content());
      if (!acceptLoss && (writes.length > 0 || (run.recovered && status === 3))) {
        expect(status, told(result, stderr)).toBe(3);
        saw("rollback refused for later writes");
        expect(result.reasons.map(({ code }) => code)).toContain("later-writes");
        return;
      }
      expect(status, told(result, stderr)).toBe(0);
      expectNothingLost(result, model.content(), run.recovered ? null : writes);
      saw(writes.length === 0 ? "rolled back" : "rolled back, writes kept aside");
      expect(production.applicationLog().at(-1)).toBe("previous");
      model.rolledBack();
    },
  });

/** P4. What was there is kept aside as a whole, and what was written since the run is counted. */
function expectNothingLost({ targets }: Result, there: Content, writes: ReturnType<typeof writesBetween> | null): void {
  const done = targets[0]?.rollback;
  const kept = (done?.kept ?? []).map((file) => asText(contentOfCopy(file)));
  expect(kept, "the database that was kept aside").toContain(asText(there));
  if (writes !== null) expect(done?.laterWrites).toEqual(writes);
}

const backup = () =>
  command({
    name: "backup",
    act: async (model, production) => {
      const before = production.backupIds().length;
      const { status, result, stderr } = await production.belay("backup", "prod");
      if (model.cutOff !== null) return expectUnfinished(status, result);
      expect(status, told(result, stderr)).toBe(0);
      expect(production.backupIds()).toHaveLength(before + 1);
    },
  });

const restore = (which: number) =>
  command({
    name: `restore backup ${which} into a copy`,
    when: (model) => model.backups.size > 0,
    act: async (model, production) => {
      const ids = production.backupIds();
      const id = ids[which % ids.length] ?? "";
      for (const end of ["", "-wal", "-shm", ".belay", ".belay-lock"]) production.remove(`copy.db${end}`);
      const { status, result, stderr } = await production.belay("restore", id, "prod", "--into", "sqlite:copy.db");
      expect(status, told(result, stderr)).toBe(0);
      expect(asText(contentOfFile(production.path("copy.db")))).toBe(asText(model.backups.get(id) ?? new Map()));
    },
  });

const verify = () =>
  command({
    name: "verify",
    when: whole,
    act: async (_, production) => {
      const { status, result, stderr } = await production.belay("verify", "prod");
      expect([0, 3, 6], told(result, stderr)).toContain(status);
    },
  });

const prune = () =>
  command({
    name: "prune",
    act: async (model, production) => {
      const { status, result, stderr } = await production.belay("prune", "prod");
      if (model.cutOff !== null) return expectUnfinished(status, result);
      expect(status, told(result, stderr)).toBe(0);
    },
  });

const gate = () =>
  command({
    name: "gate",
    act: async (model, production) => {
      const { status, result, stderr } = await production.belay("gate", "prod");
      expect(status, told(result, stderr)).toBe(whole(model) && model.pending.length === 0 ? 0 : 6);
    },
  });

const goodKinds = fc.constantFrom(...KINDS.filter(isGood));
const kinds = fc.constantFrom(...KINDS);

/** Often what leads somewhere, seldom what only looks. */
export const commands: fc.Arbitrary<Command>[] = [
  ...times(
    4,
    goodKinds.map((kind) => migrate({ kind, ill: false })),
  ),
  fc.record({ kind: fc.option(kinds), ill: fc.boolean() }).map(migrate),
  kinds.map(addMigration),
  ...times(3, fc.constant(mend())),
  ...times(5, fc.constantFrom("inserts" as const, "updates" as const, "deletes" as const).map(write)),
  ...times(4, fc.boolean().map(rollback)),
  ...times(
    3,
    fc.tuple(goodKinds, cuts).map(([kind, cut]) => cutOff("migrate", kind, cut)),
  ),
  ...times(
    2,
    cuts.map((cut) => cutOff("rollback", "adds rows", cut)),
  ),
  ...times(3, fc.constant(recover())),
  fc.constant(backup()),
  fc.nat({ max: 9 }).map(restore),
  fc.constantFrom(verify(), prune(), gate()),
];

function times<T>(count: number, what: T): T[] {
  return Array.from({ length: count }, () => what);
}
