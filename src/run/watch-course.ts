/** What the rounds of a watch add up to, whether they were asked by one run or by many calls. */

import type { Reason } from "../domain/error.ts";
import type { CheckResult } from "../domain/result.ts";
import { afterRound, BEGINNING, describeTolerance, failuresIn, type Course } from "../domain/watch.ts";
import { counted } from "../domain/words.ts";
import { hasFailed, type Asked } from "./watch-round.ts";

export class WatchCourse {
  readonly #courses = new Map<string, Course>();
  readonly #last = new Map<string, Asked>();
  #rounds = 0;
  #good = 0;

  /** `failed`: keys of the checks that failed in this round. */
  add(watched: readonly Pick<Asked, "key" | "watched">[], failed: ReadonlySet<string>): void {
    this.#rounds += 1;
    if (failed.size === 0) this.#good += 1;
    for (const { key, watched: each } of watched)
      this.#courses.set(key, afterRound(this.#courses.get(key) ?? BEGINNING, failed.has(key), each.failures));
  }

  /** A round as it was asked; its results are what reports tell. */
  addRound(asked: readonly Asked[]): void {
    this.add(asked, new Set(asked.filter(hasFailed).map(({ key }) => key)));
    for (const each of asked) if (hasFailed(each) || !this.#hasLastFailure(each.key)) this.#last.set(each.key, each);
  }

  #hasLastFailure(key: string): boolean {
    const last = this.#last.get(key);
    return last !== undefined && hasFailed(last);
  }

  get rounds(): number {
    return this.#rounds;
  }

  get good(): number {
    return this.#good;
  }

  get isBroken(): boolean {
    return [...this.#courses.values()].some(({ broken }) => broken);
  }

  /** One reason per check that failed in more rounds than it may. */
  reasons(): readonly Reason[] {
    return [...this.#last.values()].flatMap(({ key, watched, result }) => {
      const course = this.#courses.get(key);
      if (course?.broken !== true) return [];
      const { of } = watched.failures;
      const counting = of === null ? course.failed : course.failed.slice(-of);
      const often = `${failuresIn(counting)} of ${counted(counting.length, "round")} failed (${describeTolerance(watched.failures)} may)`;
      return [
        {
          code: "watch-failed",
          message: `${result.name}: ${often}: expected ${result.expected ?? "a result"}, got ${result.actual}`,
          hint: "look at what the application itself says, and whether the limits in belay.yml are right",
        },
      ];
    });
  }

  /** Each check once: passed unless it is broken, with what it said when it last failed. */
  results(alertOnly: boolean): readonly CheckResult[] {
    return [...this.#last.values()].map(({ key, result }) => {
      const course = this.#courses.get(key) ?? BEGINNING;
      const failures = failuresIn(course.failed);
      const often = failures === 0 ? "" : `, in ${failures} of ${counted(course.failed.length, "round")}`;
      const warned = result.warned === true || (course.broken && alertOnly);
      return {
        ...result,
        passed: !course.broken && result.warned !== true,
        actual: `${result.actual}${often}`,
        ...(warned ? { warned } : {}),
      };
    });
  }
}
