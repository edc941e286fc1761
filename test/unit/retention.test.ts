import { expect, test } from "vitest";

import type { Copy } from "../../src/engine/hold.ts";
import { expiredBackups, expiredCopies } from "../../src/run/retention.ts";

const DAY = 24 * 3600 * 1000;
const KEEP = { last: 2, days: 30, swapMs: DAY, failedMs: 7 * DAY };
const NOW = new Date("2026-11-21T00:00:00Z");
const FOLDERS = [
  "20261120T000000Z-aaaa",
  "20261101T000000Z-bbbb",
  "20261030T000000Z-cccc",
  "20261001T000000Z-dddd",
  "20260901T000000Z-eeee",
].map((id) => `prod/app/${id}`);

test("a backup goes only when it is outside both last and days", () => {
  expect(expiredBackups(FOLDERS, FOLDERS[0] ?? null, KEEP, NOW)).toEqual(FOLDERS.slice(3));
});

test("the newest sound backup stays, however old it is", () => {
  expect(expiredBackups(FOLDERS, FOLDERS[4] ?? null, KEEP, NOW)).toEqual([FOLDERS[3]]);
});

test("a clock that jumps a month ahead drops none of the last ones", () => {
  expect(expiredBackups(FOLDERS.slice(0, 2), null, KEEP, new Date(NOW.getTime() + 60 * DAY))).toEqual([]);
});

test("a folder whose name tells no time is never dropped by age", () => {
  expect(expiredBackups([...FOLDERS.slice(0, 2), "prod/app/by-hand"], null, KEEP, NOW)).toEqual([]);
});

test("clones go after swap, failed databases after failed, scratch at once", () => {
  const copies = (["clone", "after", "failed", "scratch"] as const).map((kind): Copy => ({
    kind,
    place: kind,
    runSuffix: "0123456789",
    sizeBytes: 1,
    madeAt: new Date(NOW.getTime() - 2 * DAY).toISOString(),
    evidence: null,
  }));
  expect(expiredCopies(copies, KEEP, NOW).map(({ kind }) => kind)).toEqual(["clone", "after", "scratch"]);
});
