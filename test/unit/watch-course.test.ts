import { describe, expect, test } from "vitest";

import { afterRound, BEGINNING, type Course, type Tolerance } from "../../src/domain/watch.ts";

/** A round a character: `x` failed, `.` was good. After each: `B` broken, `-` not. */
function courseOf(rounds: string, tolerance: Tolerance): string {
  let course: Course = BEGINNING;
  return [...rounds]
    .map((round) => {
      course = afterRound(course, round === "x", tolerance);
      return course.broken ? "B" : "-";
    })
    .join("");
}

describe("a check that is watched", () => {
  test("with no failure allowed is broken by the first, and well again with the next good round", () => {
    expect(courseOf("..x..x", { atMost: 0, of: null })).toBe("--B--B");
  });

  test("is not broken by as many failures as it may have in all", () => {
    expect(courseOf(".x...x....x", { atMost: 2, of: null })).toBe("----------B");
  });

  test("is well again when as many rounds in a row were good as would have had to fail, and counts anew then", () => {
    expect(courseOf("xxx..x....xxx", { atMost: 2, of: null })).toBe("--BBBBBB----B");
  });

  test("counts only its last rounds where `of` says so: blips that lie apart are no alarm", () => {
    expect(courseOf("x....x....x....", { atMost: 1, of: 4 })).toBe("---------------");
    expect(courseOf("x.x....xx", { atMost: 1, of: 4 })).toBe("--BB----B");
  });
});
