import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { verifyStore } from "../../bot/audit/verify.ts";
import { reduce } from "../../bot/core/reduce.ts";
import { SqliteStore } from "../../bot/store/sqlite.ts";
import { MemoryStore } from "../support/bot/memory-store.ts";
import { botStoreContract } from "./bot-store.ts";

botStoreContract("SQLite", async () => new SqliteStore(":memory:"));
botStoreContract("memory, for tests", async () => new MemoryStore());

/** A file with some entries on record, and what damages it. */
async function recorded(damage: (database: Database.Database) => void, heads: readonly string[] = []) {
  const directory = mkdtempSync(join(tmpdir(), "belay-bot-"));
  const path = join(directory, "bot.db");
  try {
    const store = new SqliteStore(path);
    const repository = { id: 7, owner: "acme", name: "shop", installation: 1 };
    for (let n = 1; n <= 4; n++) {
      const origin = {
        kind: "comment",
        comment: n,
        pull: 1,
        author: { id: 1, login: "ada" },
        body: "/plan prod",
        createdAt: "2026-03-01T10:00:00.000Z",
      } as const;
      const facts = {
        at: "",
        standing: false,
        permission: "write",
        pull: null,
        policy: { kind: "missing" },
        writers: [],
        members: {},
        obstacles: {},
      } as const;
      const event = { at: "2026-03-01T10:00:00.000Z", kind: "consulted", about: `comment:${n}`, origin, facts } as const;
      await store.receive({ repository, event, delivery: null });
      await store.step(reduce, (error) => {
        throw error;
      });
    }
    const head = await store.auditHead();
    await store.close();
    const database = new Database(path);
    database.exec("drop trigger audit_keeps; drop trigger audit_stays");
    damage(database);
    database.close();
    let said = "";
    const status = await verifyStore(
      ["verify", ...heads, ...(heads.length === 0 ? [head] : [])],
      { BELAY_STORE: `sqlite:${path}` },
      (text) => (said += text),
    );
    return { status, said };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("a record that nobody touched is whole", async () => {
  expect(await recorded(() => undefined)).toMatchObject({ status: 0, said: expect.stringContaining("whole: 4 entries") });
});

test.each([
  ["an entry that was changed", "update audit set data = '{}' where seq = 2", "entry 2 was changed"],
  [
    "an entry that was changed with its hash",
    "update audit set data = '{}', hash = printf('%064d', 0) where seq = 2",
    "entry 2 was changed",
  ],
  ["an entry that is missing", "delete from audit where seq = 3", "entry 3 is missing"],
  [
    "two entries that changed places",
    "update audit set seq = 9 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 9",
    "follows on another",
  ],
  ["an end that was cut off, by the head in a grant", "delete from audit where seq = 4", "entries at the end are missing"],
])("%s is found", async (_, sql, why) => {
  const { status, said } = await recorded((database) => database.exec(sql));
  expect(said).toContain(why);
  expect(status).toBe(6);
});

test("the record can only be added to", async () => {
  const directory = mkdtempSync(join(tmpdir(), "belay-bot-"));
  const path = join(directory, "bot.db");
  await new SqliteStore(path).close();
  const database = new Database(path);
  database.exec("insert into audit values (1, '', 1, '', '{}', '', '')");
  expect(() => database.exec("update audit set kind = 'x'")).toThrow("only added to");
  expect(() => database.exec("delete from audit")).toThrow("only added to");
  database.close();
  rmSync(directory, { recursive: true });
});

test("a store of a newer bot is not opened", async () => {
  const directory = mkdtempSync(join(tmpdir(), "belay-bot-"));
  const path = join(directory, "bot.db");
  await new SqliteStore(path).close();
  const database = new Database(path);
  database.pragma("user_version = 99");
  database.close();
  expect(() => new SqliteStore(path)).toThrow("version 99");
  rmSync(directory, { recursive: true });
});
