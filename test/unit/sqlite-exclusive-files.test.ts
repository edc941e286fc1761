/** Locks that share a connection: each is nobody else's, and stays so whatever becomes of the others. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { holdExclusively } from "../../src/engine/sqlite/exclusive-files.ts";

const folder = mkdtempSync(join(tmpdir(), "belay-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string) => join(folder, `${name}.lock`);

/** As another process sees it. */
function isFree(name: string): boolean {
  try {
    execFileSync("sqlite3", ["-readonly", place(name), "select count(*) from sqlite_schema"], { stdio: ["ignore", "ignore", "pipe"] });
    return true;
  } catch (error) {
    expect(String(error)).toContain("database is locked");
    return false;
  }
}

test("twenty-five are each held and each given back alone", () => {
  const names = Array.from({ length: 25 }, (_, at) => `many-${at}`);
  const locks = names.map((name) => holdExclusively(place(name)));
  expect(names.filter(isFree)).toEqual([]);
  const given = [0, 13, 24];
  for (const at of given) locks[at]?.[Symbol.dispose]();
  expect(names.filter(isFree)).toEqual(given.map((at) => names[at]));
  const again = holdExclusively(place("many-13"));
  expect(isFree("many-13")).toBe(false);
  for (const [at, lock] of locks.entries()) if (!given.includes(at)) lock[Symbol.dispose]();
  expect(names.filter((name) => !isFree(name))).toEqual(["many-13"]);
  again[Symbol.dispose]();
  expect(isFree("many-13")).toBe(true);
});

test("one that another process has is refused, and those that were held stay held", async () => {
  using _held = holdExclusively(place("ours"));
  const other = spawn("sqlite3", [place("theirs")], { stdio: ["pipe", "pipe", "inherit"] });
  other.stdin.write("begin exclusive;\n.print held\n");
  await once(other.stdout, "data");
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(() => holdExclusively(place("theirs"))).toThrow(expect.objectContaining({ code: "SQLITE_BUSY" }));
    expect(isFree("ours")).toBe(false);
  }
  other.stdin.end("rollback;\n");
  await once(other, "exit");
  using _theirs = holdExclusively(place("theirs"));
  expect([isFree("theirs"), isFree("ours")]).toEqual([false, false]);
});

test("one that was given back already takes nothing from whoever came after it", () => {
  const first = holdExclusively(place("first"));
  first[Symbol.dispose]();
  using _second = holdExclusively(place("second"));
  first[Symbol.dispose]();
  expect(isFree("second")).toBe(false);
});

test("the same file cannot be held twice in one process, either", () => {
  using _once = holdExclusively(place("once"));
  expect(() => holdExclusively(place("once"))).toThrow(expect.objectContaining({ code: "SQLITE_BUSY" }));
  expect(isFree("once")).toBe(false);
});
