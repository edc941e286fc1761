import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { reduce } from "../../bot/core/reduce.ts";
import { SqliteStore } from "../../bot/store/sqlite.ts";
import { MemoryStore } from "../support/bot/memory-store.ts";
import { botStoreContract } from "./bot-store.ts";

botStoreContract("SQLite", async () => new SqliteStore(":memory:"));
botStoreContract("memory, for tests", async () => new MemoryStore());

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

test("what the clock said is not kept, and what GitHub tells is known again", async () => {
  const directory = mkdtempSync(join(tmpdir(), "belay-bot-"));
  const path = join(directory, "bot.db");
  const store = new SqliteStore(path);
  const repository = { id: 7, owner: "acme", name: "shop", installation: 1 };
  const push = { at: "2026-03-01T10:00:00.000Z", kind: "policy-pushed", sha: "a" } as const;
  const ticks = ["2026-03-01T10:00:00.000Z", "2026-03-01T10:00:15.000Z"].map((at) => ({ at, kind: "clock" }) as const);
  for (const event of [push, ...ticks]) await store.receive({ repository, event, delivery: null });
  await store.step(reduce, () => undefined, 2);
  await store.forget(new Date(0));
  expect(await store.counts(), "what nobody has worked on is kept").toMatchObject({ inbox: 1 });
  await store.step(reduce, () => undefined);
  await store.forget(new Date(0));
  expect(await store.receive({ repository, event: push, delivery: null })).toBe(false);
  await store.close();
  const database = new Database(path);
  expect(database.prepare("select key from inbox").pluck().all()).toEqual(["policy:a"]);
  database.close();
  rmSync(directory, { recursive: true });
});
