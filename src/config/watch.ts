/** `watch` as written → WatchConfig. */

import type { CheckConfig } from "../domain/check.ts";
import type { Tolerance, WatchConfig } from "../domain/watch.ts";
import { checksOf, sameNames } from "./checks.ts";
import { DEFAULTS } from "./defaults.ts";
import { validDurationMs } from "./duration.ts";
import type { Problem } from "./problem.ts";
import type { WrittenFailures, WrittenWatch } from "./schema-watch.ts";
import { placeOf, type Tree } from "./tree.ts";

const PATH = ["watch", "checks"];

/** null: nothing is watched. `health`: the checks that are asked where none are written. */
export function watchOf(written: WrittenWatch | undefined, block: Tree, health: readonly CheckConfig[]): WatchConfig | null {
  if (written === undefined) return null;
  const own = checksOf(written.checks ?? [], block, PATH);
  const checks = written.checks === undefined ? health.map(askedOnce) : own;
  return {
    forMs: written.for === undefined ? 0 : validDurationMs(written.for),
    everyMs: validDurationMs(written.every ?? DEFAULTS.watch.every),
    checks: checks.map((check, index) => ({ check, failures: toleranceOf(written.checks?.[index]?.failures) })),
    onFailure: written["on-failure"] ?? DEFAULTS.watch.onFailure,
    scheduled: {
      forMs: validDurationMs(written.scheduled?.for ?? DEFAULTS.watch.scheduled.for),
      onFailure: written.scheduled?.["on-failure"] ?? DEFAULTS.watch.scheduled.onFailure,
    },
  };
}

/** `within` waits for an application that is starting; one that has started answers at once. */
function askedOnce(check: CheckConfig): CheckConfig {
  return check.kind === "http" ? { ...check, withinMs: 0 } : check;
}

function toleranceOf(written: WrittenFailures | undefined): Tolerance {
  if (written === undefined || typeof written === "number") return { atMost: written ?? 0, of: null };
  return { atMost: written["at-most"], of: written.of ?? null };
}

/** What only shows once values are put together. */
export function watchProblems(written: WrittenWatch | undefined, health: readonly CheckConfig[], block: Tree): readonly Problem[] {
  if (written === undefined) return [];
  if (written.checks !== undefined) return sameNames(written.checks, block, PATH);
  if (health.length > 0) return [];
  const message = "there is nothing to watch: neither watch.checks nor checks.health says what must hold";
  return [{ ...placeOf(block, ["watch"]), code: "nothing-to-watch", message, hint: "write checks: [{ http: … }] below watch" }];
}
