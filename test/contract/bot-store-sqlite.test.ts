import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

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
