import Database from "better-sqlite3";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";

import { sameData } from "../../src/domain/data.ts";
import type { BelayError } from "../../src/domain/error.ts";
import { makeRunId } from "../../src/domain/run-id.ts";
import type { Hold } from "../../src/engine/hold.ts";
import type { BackupTaken } from "../../src/engine/workspace.ts";
import { copyPages } from "../../src/engine/sqlite/copy-pages.ts";
import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { manifestOf } from "../contract/engine.ts";
import { Application } from "../support/sqlite-process.ts";
import { damageFile, PEOPLE_AND_PETS, sqliteTarget, temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

const FOLDER = "prod/app/20261121T001400Z-7f3a";
const run = makeRunId(new Date(), randomBytes(10));

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => made[Symbol.dispose]());
  return made.path;
}

interface Options {
  readonly store?: Store;
  readonly proof?: "restore" | "read";
  readonly clone?: boolean;
}

async function backUp(
  file: string,
  { store = directoryStore(`${file}-store`), proof = "restore", clone = true }: Options = {},
): Promise<BackupTaken<null>> {
  await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
  await using workspace = await hold.work({ run, recordProcess: async () => undefined });
  return await workspace.backup({ run, into: { store, folder: FOLDER }, proof, clone, observe: async () => null });
}

const rows = (count: number) =>
  `insert into t with recursive n (i) as (select 1 union all select i + 1 from n limit ${count}) select randomblob(3000) from n`;

async function backUpThenMigrate(hold: Hold, store: Store): Promise<BackupTaken<null>> {
  await using workspace = await hold.work({ run, recordProcess: async () => undefined });
  const taken = await workspace.backup({ run, into: { store, folder: FOLDER }, proof: "restore", clone: true, observe: async () => null });
  await workspace.session.transaction(() =>
    workspace.session.execute(["create table new_one (x)", "insert into new_one values (1)", "pragma user_version = 99"]),
  );
  return taken;
}

describe("every kind of database survives backup, migration and both ways back", () => {
  const shapes: Record<string, (db: Database.Database) => void> = {
    "one without any table": (db) => db.exec("create table t (x); drop table t"),
    "tables WITHOUT ROWID": (db) =>
      db.exec("create table t (a text, b text, primary key (a, b)) without rowid; insert into t values ('x', 'y'), ('x', 'z')"),
    "full-text and spatial indexes": (db) =>
      db.exec(
        "create virtual table words using fts5 (body); insert into words values ('a rope'), ('a fall'); create virtual table boxes using rtree (id, x0, x1); insert into boxes values (1, 0, 5)",
      ),
    "generated columns and indexes on expressions": (db) =>
      db.exec(
        "create table t (a integer, b as (a * 2) stored, c as (a + 1)); create index i on t (b + c) where a > 0; insert into t (a) values (1), (2)",
      ),
    "AUTOINCREMENT numbers beyond the last row": (db) =>
      db.exec("create table t (id integer primary key autoincrement, x); insert into t values (900, 'a'); delete from t"),
    "odd names, views and triggers": (db) =>
      db.exec(
        `create table "a ""b"" ; c" ("select" text, "é" blob); insert into "a ""b"" ; c" values ('it''s', x'00ff'); create view v as select * from "a ""b"" ; c"; create table log (t); create trigger tr after insert on "a ""b"" ; c" begin insert into log values (new."select"); end`,
      ),
    "values of every kind": (db) =>
      db.exec(
        "create table t (x); insert into t values (null), (1), (1.0), ('1'), (x'31'), (9223372036854775807), (-9223372036854775808), (1e308), ('ß' || char(0) || 'x')",
      ),
    "UTF-16": (db) => db.exec("pragma encoding = 'UTF-16le'; create table t (x); insert into t values ('žluťoučký 🧗')"),
    "incremental vacuum": (db) =>
      db.exec(`pragma auto_vacuum = incremental; create table t (x); ${rows(50)}; delete from t where rowid % 2`),
    "pages of 512 bytes": (db) => db.exec(`pragma page_size = 512; create table t (x); ${rows(20)}`),
    "pages of 64 kB": (db) => db.exec(`pragma page_size = 65536; create table t (x); ${rows(20)}`),
    "a user_version and rows that refer to nothing": (db) =>
      db.exec(
        "pragma foreign_keys = off; pragma user_version = 7; create table p (id integer primary key); create table c (p references p (id)); insert into c values (5)",
      ),
  };

  test.each(Object.entries(shapes).flatMap(([name, make]) => ["wal", "delete"].map((mode) => [name, mode, make] as const)))(
    "%s (%s)",
    async (_, mode, make) => {
      const file = join(folder(), "app.db");
      withDatabase(file, (db) => {
        make(db);
        db.pragma(`journal_mode = ${mode}`);
      });
      const target = sqliteTarget(file);
      await using hold = await sqliteEngine.hold(target, 100);
      const store = directoryStore(`${file}-store`);
      const { clone, ...taken } = await backUpThenMigrate(hold, store);
      if (clone === null) throw new Error("a clone was asked for");
      expect(taken.lacks).toEqual([]);
      const intent = await hold.planReplacement(clone, run);
      await hold.replace(intent);
      const reference = { backup: { store, folder: FOLDER, manifest: manifestOf({ ...taken, clone }, run) } };
      const { data, sameSchema } = await hold.compareWith(reference);
      expect([sameData(data), sameSchema]).toEqual([true, true]);
      expect(withDatabase(file, (db) => db.pragma("journal_mode", { simple: true }))).toBe(mode);
    },
  );
});

test("a backup taken while another process writes holds whole transactions, and all that were there before", async () => {
  const file = join(folder(), "app.db");
  withDatabase(file, (db) => {
    db.pragma("journal_mode = wal");
    db.exec("create table left (n); create table right (n)");
  });
  await using application = await Application.start({ act: "write", file });
  for (let round = 0; round < 5; round++) {
    const [[before]] = (await application.do({ act: "query", sql: "select count(*) from right" })) as [[number]];
    const store = directoryStore(`${file}-store-${round}`);
    const { clone, tables } = await backUp(file, { store });
    const copy = new Database(clone?.place ?? "", { readonly: true });
    const counts =
      copy
        .prepare<[], number[]>(
          "select (select count(*) from left), (select count(*) from right), (select count(*) from left join right using (n))",
        )
        .raw()
        .get() ?? [];
    copy.close();
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThanOrEqual(before);
    expect(tables).toMatchObject([
      { name: "left", rows: counts[0] },
      { name: "right", rows: counts[0] },
    ]);
  }
}, 30_000);

test("rows that are only in the write-ahead log are in the backup", async () => {
  const file = join(folder(), "app.db");
  withDatabase(file, (db) => {
    db.pragma("journal_mode = wal");
    db.exec(PEOPLE_AND_PETS);
  });
  await using application = await Application.start({ act: "read", file });
  await application.do({ act: "query", sql: "insert into person values (3, 'Cid') returning 1" });
  expect((await backUp(file)).tables).toContainEqual({ name: "person", rows: 3, fingerprint: null });
});

test("a copy of a locked database is an error that names who locks it, never an empty success", async () => {
  const at = folder();
  const file = join(at, "app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  const db = new Database(file, { timeout: 0 });
  onTestFinished(() => void db.close());
  await using application = await Application.start({ act: "lock", file });
  await expect(copyPages(db, join(at, "copy.db"), 300)).rejects.toMatchObject({
    code: "target-locked",
    message: expect.stringContaining(`pid ${application.pid} (`),
  });
});

test("a copy into a locked file is an error, and the file is what it was", async () => {
  const at = folder();
  const file = join(at, "app.db");
  const other = join(at, "other.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  withDatabase(other, (db) => db.exec("create table precious (x); insert into precious values (1)"));
  const db = new Database(file, { timeout: 0 });
  onTestFinished(() => void db.close());
  {
    await using application = await Application.start({ act: "lock", file: other });
    await expect(copyPages(db, other, 300)).rejects.toMatchObject({
      code: "target-locked",
      message: expect.stringContaining(`pid ${application.pid} (`),
    });
  }
  expect(withDatabase(other, (checked) => checked.prepare("select x from precious").pluck().get())).toBe(1);
});

/** A store that is no directory of this machine, and what it does to the bytes that pass. */
function remoteStore(file: string, alter: (content: Buffer) => Buffer = (content) => content): Store {
  const inner = directoryStore(file);
  const collect = async (content: Readable | Uint8Array) =>
    Buffer.concat(content instanceof Readable ? await content.toArray() : [content]);
  return { ...inner, localPath: () => null, put: async (key, content) => inner.put(key, alter(await collect(content))) };
}

test.each(["restore", "read"] as const)(
  "a store elsewhere gets the backup by way of a scratch file that goes again (proof: %s)",
  async (proof) => {
    const at = folder();
    const file = join(at, "app.db");
    withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
    const taken = await backUp(file, { store: remoteStore(join(at, "store")), proof, clone: false });
    expect(taken.proof).toBe(proof === "restore" ? "restored" : "read");
    expect(readdirSync(at).filter((name) => name.includes("_belay_"))).toEqual([]);
    expect(existsSync(join(at, "store", FOLDER, taken.files[0]?.name ?? ""))).toBe(true);
  },
);

/** The byte after "Bob" in the file's text, so that the damage is in a row and not in SQLite's own structures. */
const changeName = (content: Buffer) => Buffer.from(content.toString("latin1").replace("Bob", "Rob"), "latin1");

test("a store that alters one letter is found out by the comparison, and nothing stays behind", async () => {
  const at = folder();
  const file = join(at, "app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  const store = remoteStore(join(at, "store"), changeName);
  await expect(backUp(file, { store })).rejects.toMatchObject({ code: "backup-unproven", message: expect.stringContaining("person") });
  expect(await store.list(FOLDER)).toEqual([]);
  expect(readdirSync(at).filter((name) => name.includes("_belay_"))).toEqual([]);
});

test("a store that keeps another database is found out by reading it", async () => {
  const at = folder();
  const file = join(at, "app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  withDatabase(join(at, "other.db"), (db) => db.exec(`${PEOPLE_AND_PETS}; delete from pet`));
  const store = remoteStore(join(at, "store"), () => readFileSync(join(at, "other.db")));
  await expect(backUp(file, { store, proof: "read", clone: false })).rejects.toMatchObject({
    code: "backup-unproven",
    message: expect.stringContaining("pet"),
  });
});

test("a backup file that was altered after it was taken is named", async () => {
  const at = folder();
  const file = join(at, "app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  const store = directoryStore(join(at, "store"));
  const taken = await backUp(file, { store });
  damageFile(join(at, "store", FOLDER, "database.sqlite"));
  await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
  await expect(hold.restoreAside(store, FOLDER, manifestOf(taken, run), run)).rejects.toMatchObject({
    code: "backup-damaged",
    facts: { file: `${FOLDER}/database.sqlite` },
  });
});

test("the backup restores without Belay by the command in its manifest", async () => {
  const at = folder();
  const file = join(at, "it's app.db");
  withDatabase(file, (db) => db.exec(PEOPLE_AND_PETS));
  const { restore } = await backUp(file);
  expect(restore).toEqual([`sqlite3 '${at}/it'\\''s app.db' ".restore database.sqlite"`]);
});

describe("a backup", () => {
  async function restoreInto(file: string): Promise<void> {
    const source = join(folder(), "source.db");
    withDatabase(source, (db) => db.exec(PEOPLE_AND_PETS));
    const store = directoryStore(`${source}-store`);
    const manifest = manifestOf(await backUp(source, { store }), run, "sqlite");
    await sqliteEngine.restoreInto(sqliteTarget(file), store, FOLDER, manifest);
  }

  function emptyDatabase(mode: string): string {
    const file = join(folder(), "into.db");
    withDatabase(file, (db) => (db.pragma(`journal_mode = ${mode}`), db.exec("create table t (x); drop table t")));
    return file;
  }

  describe.each(["wal", "delete"])("restored into a database in mode %s without anything in it", (mode) => {
    test("takes its place", async () => {
      const file = emptyDatabase(mode);
      await restoreInto(file);
      expect(withDatabase(file, (db) => db.prepare("select count(*) from person").pluck().get())).toBe(2);
    });

    test("is refused while somebody has that open, who would go on writing to a file without a name", async () => {
      const file = emptyDatabase(mode);
      await using application = await Application.start({ act: "read", file });
      expect(application.pid).toBeGreaterThan(0);
      await expect(restoreInto(file)).rejects.toMatchObject({ kind: "refused", code: "restore-target-not-empty" });
    });
  });

  test("restored into one place by two at once gets there once, and the other is told of the lock or of what is there", async () => {
    const file = join(folder(), "into.db");
    const ends = await Promise.allSettled([restoreInto(file), restoreInto(file)]);
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [(end.reason as BelayError).code] : []));
    expect(["locked", "restore-target-not-empty"]).toEqual(expect.arrayContaining(refused));
    expect(refused).toHaveLength(1);
    expect(withDatabase(file, (db) => db.prepare("select count(*) from person").pluck().get())).toBe(2);
  });

  test("restored into a folder that is not there is refused, naming the folder", async () => {
    const missing = join(folder(), "missing");
    await expect(restoreInto(join(missing, "into.db"))).rejects.toMatchObject({
      kind: "refused",
      message: `there is no folder ${missing} to restore into`,
    });
  });
});
