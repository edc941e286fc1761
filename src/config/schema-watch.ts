/** `watch` as belay.yml writes it: which checks are asked again and again, for how long, and how often each may fail. */

import * as z from "zod/mini";
import { DEFAULTS } from "./defaults.ts";
import { durationMs } from "./duration.ts";
import { rule } from "./rule.ts";
import { commandCheck, httpCheck, sqlCheck } from "./schema-checks.ts";
import { described, duration, needed, once, timeout } from "./schema-values.ts";

const HOUR_MS = 3_600_000;

/** A run that watches holds the lock of its targets. */
const LONGEST_IN_A_RUN_MS = 6 * HOUR_MS;

const isWatchInARun = rule<string>((text) =>
  (durationMs(text) ?? 0) <= LONGEST_IN_A_RUN_MS
    ? null
    : {
        code: "watch-too-long",
        message: "a run holds its lock for as long as it watches: at most 6h",
        hint: `leave it out, and write scheduled: { for: ${text} } for \`belay verify --watch\``,
      },
);

const SHORTEST_ROUND_MS = 100;

const isRound = rule<string>((text) =>
  (durationMs(text) ?? SHORTEST_ROUND_MS) >= SHORTEST_ROUND_MS
    ? null
    : { code: "bad-duration", message: "expected at least 100ms from one round to the next", hint: "write for example 30s" },
);

const fewerThanRounds = rule<{ readonly "at-most": number; readonly of?: number | undefined }>((written) =>
  written.of === undefined || written["at-most"] < written.of
    ? null
    : { code: "always-holds", message: "so many failures of so few rounds are never too many", hint: "at-most is less than of" },
);

const failures = once(() => {
  const atMost = z.int().check(z.minimum(0));
  return z.union([
    atMost,
    z
      .strictObject({
        "at-most": needed(atMost, "How many rounds may fail."),
        of: described(z.int().check(z.minimum(1)), "Of how many rounds, the last ones; by default of all."),
      })
      .check(fewerThanRounds),
  ]);
});

/** A check of any kind, and how often it may fail. */
const watchedCheck = once(() => {
  const tolerance = {
    failures: described(failures(), "How many rounds may fail before the watch has failed: a number, or { at-most: 3, of: 20 }.", 0),
  };
  return z.union([z.extend(sqlCheck(), tolerance), z.extend(httpCheck(), tolerance), z.extend(commandCheck(), tolerance)]);
});

const onFailure = once(() => z.enum(["roll-back", "alert"]));

export const watch = once(() =>
  z.strictObject({
    for: described(duration().check(isWatchInARun), "How long a run watches after its health checks. By default it does not; at most 6h."),
    every: described(timeout().check(isRound), "From one round of the checks to the next, within a run.", DEFAULTS.watch.every),
    checks: described(
      z.array(watchedCheck()).check(z.minLength(1)),
      "What each round asks; SQL too, read beside the application. By default checks.health.",
    ),
    "on-failure": described(
      onFailure(),
      "What a run does whose watch failed: roll-back, as after a failed health check, or alert and leave it.",
      DEFAULTS.watch.onFailure,
    ),
    scheduled: described(
      z.strictObject({
        for: described(timeout(), "How long after the end of a run.", DEFAULTS.watch.scheduled.for),
        "on-failure": described(onFailure(), "What is done when it failed: alert, or roll-back.", DEFAULTS.watch.scheduled.onFailure),
      }),
      "What `belay verify --watch` does, one round a call.",
    ),
  }),
);

export type WrittenWatch = z.infer<ReturnType<typeof watch>>;
export type WrittenFailures = z.infer<ReturnType<typeof failures>>;
