/** Later writes of many targets at once: each count is a process, and only a few of them wait for the second question. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { sqlite3 } from "../support/project.ts";
import { Application } from "../support/sqlite-process.ts";
import { sqliteTarget } from "../support/sqlite-target.ts";

const RUN = "01M7ZCK6H8MJD0Q5EACJDN1XXN";

function hosts(): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.length;
}

test.each(["wal", "delete"])("without the copy it is still told whether anybody wrote at all: mode %s", async (mode) => {
  const folder = mkdtempSync(join(tmpdir(), "belay-test-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true }));
  const address = join(folder, "app.db");
  sqlite3(`pragma journal_mode = ${mode}; create table people (id integer primary key, name text)`, address);
  const target = sqliteTarget(address);
  const hold = stack.use(await sqliteEngine.hold(target, 100));
  const workspace = await hold.work({ run: RUN, recordProcess: async () => undefined, signal: new AbortController().signal });
  await workspace.session.transaction(() => workspace.session.execute(["insert into people values (1, 'Eve')"]));
  const mark = await workspace.mark(RUN);
  await workspace[Symbol.asyncDispose]();
  stack.use(await Application.start({ act: "read", file: address })); // in WAL mode the log stays as long as somebody has it open
  for (const copy of await hold.copies()) await hold.discard(copy);
  expect(await hold.laterWrites(mark)).toEqual([]);
  expect(await sqliteEngine.laterWrites(target, mark)).toEqual([]);
  sqlite3("insert into people values (2, 'Bob')", address);
  expect(await hold.laterWrites(mark)).toBeNull();
});

test("of twelve targets all are counted, twice, and no more than eight processes wait in between", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "belay-test-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true }));
  const started = hosts();
  const marked = [];
  for (let at = 0; at < 12; at++) {
    const address = join(folder, `${at}.db`);
    sqlite3("create table people (id integer primary key, name text); insert into people values (1, 'Eve')", address);
    const target = sqliteTarget(address);
    const hold = stack.use(await sqliteEngine.hold(target, 100));
    await using workspace = await hold.work({ run: RUN, recordProcess: async () => undefined, signal: new AbortController().signal });
    marked.push({ hold, address, mark: await workspace.mark(RUN) });
  }
  for (const { hold, mark } of marked) {
    expect(await hold.laterWrites(mark)).toEqual([]);
    expect(hosts() - started).toBeLessThanOrEqual(8);
  }
  for (const { address } of marked) sqlite3("insert into people values (2, 'Bob')", address);
  const again = await Promise.all(marked.map(({ hold, mark }) => hold.laterWrites(mark)));
  expect(again).toEqual(marked.map(() => [{ table: "people", written: 1, gone: 0 }]));
  expect(hosts() - started).toBeLessThanOrEqual(8);
});
