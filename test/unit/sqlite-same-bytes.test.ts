import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Remote } from "../../src/engine/sqlite/remote.ts";
import { sameBytes } from "../../src/engine/sqlite/same-bytes.ts";

let folder: string;
let file: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "belay-same-bytes-"));
  [file, copy] = [join(folder, "app.db"), join(folder, "copy.db")];
});
afterEach(() => rmSync(folder, { recursive: true }));

async function same(): Promise<boolean> {
  await using remote = await Remote.start(file);
  return await sameBytes(remote, file, copy);
}

describe.each(["delete", "wal"])("in %s mode", (mode) => {
  beforeEach(() => {
    const db = new Database(file);
    db.pragma(`journal_mode = ${mode}`);
    db.exec("create table note (id integer primary key, body text); create table later (n)");
    const insert = db.prepare("insert into note (body) values (?)");
    db.transaction(() => {
      for (let n = 0; n < 30_000; n++) insert.run(`note ${n}, long enough that the file has more than one chunk`);
    })();
    db.close();
    copyFileSync(file, copy);
  });

  test("a copy is the same, and one in which a single bit of any page is another is not", async () => {
    expect(await same()).toBe(true);
    const bytes = readFileSync(copy);
    for (const at of [16, 60, 5000, (1 << 20) + 7, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      writeFileSync(copy, damaged);
      expect([at, await same()]).toEqual([at, false]);
    }
  });

  test("a copy that the backup API wrote over another database, which somebody has open, is the same", async () => {
    const source = new Database(copy);
    const holder = new Database(file);
    try {
      holder.exec("create index bodies on note (body); insert into later values (1)");
      expect(await same()).toBe(false);
      await source.backup(file, { progress: () => 0x7fff_ffff });
    } finally {
      source.close();
    }
    expect(holder.prepare("select count(*) from later").pluck().get()).toBe(0);
    expect(await same()).toBe(true);
    holder.close();
  });

  test("what somebody writes meanwhile waits, and what is not in the file yet is not taken for the same", async () => {
    const holder = new Database(file, { timeout: 0 });
    {
      await using remote = await Remote.start(file);
      expect(await remote.call("holdStill")).toBe(true);
      expect(() => holder.exec("insert into later values (1)")).toThrow("database is locked");
      await remote.call("rollback");
    }
    holder.exec("begin; select count(*) from note");
    if (mode === "wal") {
      const writer = new Database(file);
      writer.exec("insert into later values (1)");
      expect(await same()).toBe(false);
      writer.close();
    } else expect(await same()).toBe(true);
    holder.close();
  });
});
