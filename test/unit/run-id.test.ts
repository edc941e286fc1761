/** Ids sort by the time at which they were made: the newest backup is the last by name. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { makeBackupId, makeRunId, timeOfRun } from "../../src/domain/run-id.ts";

const moment = fc.date({ min: new Date("2000-01-01T00:00:00Z"), max: new Date("2099-12-31T00:00:00Z"), noInvalidDate: true });
const randomness = fc.uint8Array({ minLength: 1, maxLength: 1 });

test("of two backups of one second, the later one has the later id, whatever the random part", () => {
  fc.assert(
    fc.property(moment, randomness, randomness, (at, one, other) => {
      const later = new Date(at.getTime() + 1);
      expect(makeBackupId(at, one) < makeBackupId(later, other)).toBe(true);
    }),
  );
});

test("a backup's id is a time to the second and four hexadecimal digits", () => {
  fc.assert(
    fc.property(moment, randomness, (at, random) => {
      expect(makeBackupId(at, random)).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{4}$/);
    }),
  );
});

test("a run's id tells to the millisecond when it began, and what is none tells nothing", () => {
  fc.assert(
    fc.property(moment, fc.uint8Array({ minLength: 10, maxLength: 10 }), (at, random) => {
      expect(timeOfRun(makeRunId(at, random))).toBe(at.getTime());
    }),
  );
  expect(["", "notes", "01M7ZCK6H8MJD0Q5EACJDN1XX", "01U7ZCK6H8MJD0Q5EACJDN1XXN"].map(timeOfRun)).toEqual([NaN, NaN, NaN, NaN]);
});

test("a run's id sorts behind the one before it, whatever the clock says by now", () => {
  const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(moment, moment, bytes, bytes, (first, second, one, other) => {
      const before = makeRunId(first, one);
      const id = makeRunId(second, other, before);
      expect(id > before).toBe(true);
      if (second > first) expect(timeOfRun(id)).toBe(second.getTime());
    }),
  );
});
