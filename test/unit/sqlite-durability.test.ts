import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

const HOST = fileURLToPath(new URL("../../src/engine/sqlite/host-database.ts", import.meta.url));

/** How often the database's own files are synced while the host does this to a database in this journal mode. */
function syncsOf(journalMode: "wal" | "delete", acts: string): number {
  const file = join(folder.path, `${journalMode}.db`);
  withDatabase(file, (db) => {
    db.pragma(`journal_mode = ${journalMode}`);
    db.exec("create table if not exists t (x)");
  });
  const script = `const { HostDatabase } = await import(${JSON.stringify(HOST)});
    const host = new HostDatabase(() => {});
    const write = (durable) => { host.begin({ durable }); host.execute(["insert into t values (1)"]); host.commit(); };
    host.open(${JSON.stringify(file)});
    ${acts}
    process.kill(process.pid, "SIGKILL");`;
  const { stderr } = spawnSync(
    "strace",
    ["-f", "-y", "-e", "trace=fsync,fdatasync", process.execPath, "--input-type=module", "-e", script],
    { encoding: "utf8" },
  );
  expect(stderr).toContain("killed by SIGKILL");
  return stderr.split("\n").filter((line) => /f(?:data)?sync\(.*\.db/.test(line)).length;
}

test("a commit is durable at once, unless it is said that a later one follows: that one then syncs for both", () => {
  const once = syncsOf("wal", "write(true);");
  expect(once).toBeGreaterThan(0);
  expect(syncsOf("wal", "write(true); write(true);")).toBe(once + 1);
  expect(syncsOf("wal", "write(false);")).toBeLessThan(once);
  expect(syncsOf("wal", "write(false); write(false); write(true);")).toBe(once);
});

test("what was to be made durable by a later commit that never comes is so after a rollback, and after closing", () => {
  const deferred = syncsOf("wal", "write(false);");
  expect(syncsOf("wal", "write(false); host.begin({}); host.rollback();")).toBeGreaterThan(deferred);
  expect(syncsOf("wal", "write(false); host.close();")).toBeGreaterThan(deferred);
});

test("a statement outside of a transaction is durable at once, whatever came before", () => {
  const deferred = syncsOf("wal", "write(false);");
  expect(syncsOf("wal", 'write(false); host.execute(["insert into t values (2)"]);')).toBeGreaterThan(deferred);
});

test("with a rollback journal every commit is synced, as only that keeps the database whole", () => {
  expect(syncsOf("delete", "write(false);")).toBe(syncsOf("delete", "write(true);"));
});
