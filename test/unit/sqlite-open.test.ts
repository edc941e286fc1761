import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { Application } from "../support/sqlite-process.ts";
import { PEOPLE_AND_PETS, sqliteTarget, temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => made[Symbol.dispose]());
  return made.path;
}

function database(path: string, journalMode = "delete"): string {
  withDatabase(path, (db) => {
    db.pragma(`journal_mode = ${journalMode}`);
    db.exec(PEOPLE_AND_PETS);
  });
  return path;
}

const people = async (file: string) => {
  await using view = await sqliteEngine.open(sqliteTarget(file));
  return (await view.session.query("select count(*) from person")).rows;
};

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("what is no database to work with is refused in one sentence with a hint", () => {
  test.each([
    ["a missing file", "target-missing", (at: string) => at],
    ["a folder that is missing", "target-missing", (at: string) => join(at, "deeper", "app.db")],
    ["a link that leads nowhere", "target-missing", (at: string) => (symlinkSync("/nowhere/app.db", at), at)],
    ["an empty file", "target-not-a-database", (at: string) => (writeFileSync(at, ""), at)],
    ["a directory", "target-not-a-database", (at: string) => (mkdirSync(at), at)],
    ["a text file", "target-not-a-database", (at: string) => (writeFileSync(at, "hello ".repeat(1000)), at)],
    [
      "a file that starts like a database and goes on like none",
      "target-damaged",
      (at: string) => (writeFileSync(at, Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(5000, 0xff)])), at),
    ],
    ["a file that was cut off", "target-truncated", (at: string) => (truncateSync(database(at), 4096), at)],
  ])("%s", async (_, code, make) => {
    const file = make(join(folder(), "app.db"));
    const refused = sqliteEngine.open(sqliteTarget(file));
    await expect(refused).rejects.toMatchObject({
      kind: "refused",
      code,
      message: expect.stringContaining("app.db"),
      hint: expect.stringMatching(/\w/),
    });
  });

  test("a database that another process locks, naming it", async () => {
    const file = database(join(folder(), "app.db"));
    await using application = await Application.start({ act: "lock", file });
    await expect(sqliteEngine.open(sqliteTarget(file))).rejects.toMatchObject({
      kind: "refused",
      code: "target-locked",
      message: expect.stringContaining(`pid ${application.pid} (`),
    });
  }, 20_000);
});

describe("looking leaves no trace", () => {
  const seen = (at: string) => readdirSync(at).sort();

  test.each(["wal", "delete"])("a database in %s mode that nobody uses", async (mode) => {
    const at = folder();
    const file = database(join(at, "app.db"), mode);
    const before = { sha256: sha256(file), names: seen(at) };
    expect(await people(file)).toEqual([[2]]);
    expect({ sha256: sha256(file), names: seen(at) }).toEqual(before);
  });

  test("a database in WAL mode that an application has open, with rows that are only in the log", async () => {
    const at = folder();
    const file = database(join(at, "app.db"), "wal");
    await using application = await Application.start({ act: "read", file });
    await application.do({ act: "query", sql: "insert into person values (3, 'Cid') returning 1" });
    const before = { sha256: sha256(file), log: sha256(`${file}-wal`), names: seen(at) };
    expect(await people(file)).toEqual([[3]]);
    expect({ sha256: sha256(file), log: sha256(`${file}-wal`), names: seen(at) }).toEqual(before);
  });

  test("the log that a killed application left is not lost", async () => {
    const file = database(join(folder(), "app.db"), "wal");
    {
      await using application = await Application.start({ act: "read", file });
      await application.do({ act: "query", sql: "insert into person values (3, 'Cid') returning 1" });
    }
    expect(await people(file)).toEqual([[3]]);
    expect(withDatabase(file, (db) => db.prepare("select count(*) from person").pluck().get())).toBe(3);
  });

  test("asking for the lock and the state of a target makes no file", async () => {
    const at = folder();
    const target = sqliteTarget(database(join(at, "app.db")));
    expect(await sqliteEngine.probe(target)).toEqual({ held: false, holder: null });
    expect(await sqliteEngine.readState(target)).toBeUndefined();
    expect(seen(at)).toEqual(["app.db"]);
  });
});

/** What an ordinary user meets; where these tests run as root, whom no mode stops, another process becomes somebody else. */
describe("as an ordinary user", () => {
  const NOBODY = 65_534;
  const root = process.getuid?.() === 0;
  const script = (file: string, call: string) => `
    const { sqliteEngine } = await import(${JSON.stringify(new URL("../../src/engine/sqlite/engine.ts", import.meta.url).href)});
    if (${root}) { process.setgid(${NOBODY}); process.setuid(${NOBODY}); }
    const target = { name: "app", engine: "sqlite", address: ${JSON.stringify(file)}, configured: ${JSON.stringify(file)} };
    try { await (${call}); console.log("fine"); } catch (error) { console.log(error.kind, error.code); }`;
  const asUser = (file: string, call: string) =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script(file, call)], { encoding: "utf8" }).trim();
  const look =
    "sqliteEngine.open(target).then(async (view) => { await view.session.query('select 1 from person'); await view[Symbol.asyncDispose](); })";

  /** A database whose file and folder have these modes while the test runs. */
  const restricted = (journalMode: string, fileMode: number, folderMode: number) => {
    const at = folder();
    const file = database(join(at, "app.db"), journalMode);
    chmodSync(file, fileMode);
    chmodSync(at, folderMode);
    onTestFinished(() => chmodSync(at, 0o755));
    return { at, file };
  };

  test("a file that may not be read is refused", () => {
    const { file } = restricted("delete", 0o000, 0o777);
    expect(asUser(file, look)).toBe("refused target-unreadable");
  });

  test("a file that may only be read can be looked at, and is refused for a run", () => {
    const { at, file } = restricted("delete", 0o444, 0o777);
    expect(asUser(file, look)).toBe("fine");
    expect(readdirSync(at)).toEqual(["app.db"]);
    expect(asUser(file, "sqliteEngine.preflight(target, { copies: 1, proof: 'restore' })")).toBe("refused target-read-only");
  });

  test("a folder that may not be written is refused for a run, though the file may", () => {
    const { file } = restricted("delete", 0o666, 0o555);
    expect(asUser(file, "sqliteEngine.preflight(target, { copies: 1, proof: 'restore' })")).toBe("refused target-read-only");
    expect(asUser(file, "sqliteEngine.hold(target, 100)")).toBe("refused lock-unavailable");
  });

  test.each([
    ["a file that may only be read, in a folder that may not be written", 0o444, 0o555],
    ["a file in a folder that may not be written", 0o666, 0o555],
    ["a file that may only be read, in a folder where its log would be left behind", 0o444, 0o777],
  ])("in WAL mode, %s is refused and left alone", (_, fileMode, folderMode) => {
    const { at, file } = restricted("wal", fileMode, folderMode);
    expect(asUser(file, look)).toBe("refused target-unreadable");
    expect(readdirSync(at)).toEqual(["app.db"]);
  });

  test("whoever may read the state row sees it", async () => {
    const { at, file } = restricted("delete", 0o644, 0o755);
    await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
    await hold.writeState({ run: "01JD00000000000000000000AA", phase: "migrating", store: "/store" });
    chmodSync(at, 0o755);
    expect(
      asUser(file, "sqliteEngine.readState(target).then((row) => { if (row?.phase !== 'migrating') throw new Error('unseen'); })"),
    ).toBe("fine");
    expect(asUser(file, "sqliteEngine.probe(target).then(({ held }) => { if (!held) throw new Error('unseen'); })")).toBe("fine");
  });
});

test("a copy of a database beside it, and names of its own, do not confuse the list of copies", async () => {
  const at = folder();
  const file = database(join(at, "app.db"));
  for (const name of [
    "app.db_belay_c_0123456789-wal",
    "app.db_belay_x_0123456789",
    "other.db_belay_c_0123456789",
    "app.db_belay_f_012345678",
    "app.db_belay_f_0123456789.part",
  ])
    copyFileSync(file, join(at, name));
  copyFileSync(file, join(at, "app.db_belay_f_0123456789"));
  await using hold = await sqliteEngine.hold(sqliteTarget(file), 100);
  expect((await hold.copies()).map(({ place }) => place)).toEqual([join(at, "app.db_belay_f_0123456789")]);
  expect(statSync(file).size).toBeGreaterThan(0);
});
