import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ProgressEvent } from "../../src/domain/progress.ts";
import { interruptNotice } from "../../src/report/interrupt.ts";
import { stepView } from "../../src/report/steps.ts";
import type { Style } from "../../src/report/style.ts";
import { cutTo, width } from "../../src/report/width.ts";
import { expectGolden } from "../golden/golden.ts";

const LIVE: Style = { color: false, unicode: true, width: 80, live: true, plain: false };
const LOG: Style = { ...LIVE, live: false };

type Moment = readonly [atMs: number, ...events: readonly ProgressEvent[]];

const backup = { target: "app", step: "backup" } as const;
const migrate = { target: "app", step: "migrate" } as const;
const bytes = (done: number): ProgressEvent => ({ type: "step-progress", ...backup, done, total: 419_430_400, unit: "bytes" });
const applied = (done: number, detail: string): ProgressEvent => ({
  type: "step-progress",
  ...migrate,
  done,
  total: 3,
  unit: "migrations",
  detail,
});

/** A run as it is told, with the time of each telling; an entry without an event is only time that goes by. */
const RUN: readonly Moment[] = [
  [0, { type: "step-began", target: "prod", step: "stop" }],
  [300],
  [
    900,
    { type: "output", target: "prod", step: "stop", stream: "stderr", text: "Stopping web ...\nContainer web  \x1b[32mStopped\x1b[0m\n" },
  ],
  [1200, { type: "step-ended", target: "prod", step: "stop", outcome: "done", durationMs: 1200, detail: "docker compose stop web" }],
  [1200, { type: "step-began", ...backup, expectedMs: 3400 }],
  [1300, bytes(20_000_000)],
  [2700, bytes(257_000_000)],
  [5200, bytes(419_000_000)],
  [6000, bytes(419_430_400)],
  [6100, { type: "step-ended", ...backup, outcome: "done", durationMs: 4900, detail: "419 MB, restored and compared" }],
  [6100, { type: "step-began", ...migrate, expectedMs: 125_000 }],
  [6200, applied(0, "0003_settings")],
  [66_200, applied(1, "0004_columns")],
  [70_000, { type: "notice", message: "interrupted" }],
  [70_100],
  [140_000, applied(2, "0005_a_migration_with_a_name_that_is_much_too_long_for_the_rest_of_the_line")],
  [141_000, { type: "step-ended", ...migrate, outcome: "done", durationMs: 134_900, detail: "0003_settings · 0004_columns" }],
];

/** What was written at each moment, the event first, then the redrawing. */
function frames(style: Style, columns: number, run: readonly Moment[] = RUN): string[] {
  let now = 0;
  const view = stepView(style, { nowMs: () => now, columns: () => columns });
  return run.map(([atMs, ...events]) => {
    now = atMs;
    return events.map((event) => view.show(event)).join("") + view.tick();
  });
}

/** The lines that a terminal shows in the end of each moment, from the first one that is written over. */
function readable(written: readonly string[]): string {
  return `${written.map((text) => text.replaceAll("\r\x1b[2K", "⟲")).join("\n")}\n`;
}

describe("the running step on a terminal", () => {
  it.each([120, 80, 40])("says how long, how far and what was last said, in %i columns", (columns) => {
    expectGolden(`live-${columns}.txt`, readable(frames(LIVE, columns)));
  });

  it("says the same in ASCII", () => {
    const text = readable(frames({ ...LIVE, unicode: false }, 80)).replaceAll("⟲", "");
    expect(text).toMatch(/^[\n -~]*$/);
    expectGolden("live-ascii.txt", text);
  });

  it("is never wider than the terminal, whatever is said and however narrow it is", () => {
    const said = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(said, fc.integer({ min: 2, max: 130 }), fc.integer({ min: 0, max: 1e10 }), fc.boolean(), (text, columns, ms, unicode) => {
        const run: Moment[] = [
          [0, { type: "step-began", ...backup, detail: text, expectedMs: ms }],
          [1, { type: "output", ...backup, stream: "stdout", text }],
          [ms, { type: "step-progress", ...backup, done: ms, total: 1e10, unit: "bytes" }],
        ];
        for (const line of frames({ ...LIVE, unicode }, columns, run).flatMap((frame) => frame.split("\r\x1b[2K"))) {
          expect(width(line)).toBeLessThan(columns);
        }
      }),
    );
  });

  it("follows the terminal when it is made narrower", () => {
    let columns = 120;
    const view = stepView(LIVE, { nowMs: () => 0, columns: () => columns });
    view.show({ type: "step-began", ...backup, detail: "a long thing to say ".repeat(10) });
    columns = 30;
    expect(width(view.tick().replace("\r\x1b[2K", ""))).toBeLessThan(30);
  });

  it("is written only when it changed", () => {
    const view = stepView(LIVE, { nowMs: () => 0, columns: () => 80 });
    expect(view.show({ type: "step-began", ...backup })).not.toBe("");
    expect([view.tick(), view.tick()]).toEqual(["", ""]);
  });

  it("is gone when the run ends, and the cursor was never hidden", () => {
    const view = stepView(LIVE, { nowMs: () => 0, columns: () => 80 });
    const written = view.show({ type: "step-began", ...backup }) + view.finish();
    expect(written.endsWith("\r\x1b[2K")).toBe(true);
    expect([...frames(LIVE, 80), written].join("")).not.toMatch(/\x1b\[(?!2K)/);
  });
});

describe("the running step in a log", () => {
  it("leaves each line once, and a sign of life each minute", () => {
    const written = frames(LOG, 80).join("");
    expect(written).not.toContain("\x1b");
    expect(written.split("\n").filter((line) => line.includes("still running"))).toEqual([
      "  … migrate   still running after 1 min 0 s of about 2 min 5 s; 1 of 3 done",
      "  … migrate   still running after 2 min 14 s, usually 2 min 5 s; 2 of 3 done",
    ]);
  });
});

describe("an interrupt", () => {
  const facts = { signal: "SIGINT", repeated: false, environment: "prod", effectBegan: true };

  it("says that what runs stops, that the rest is undone, and how to look afterwards", () => {
    expect(interruptNotice(facts)).toBe(
      "SIGINT: stopping what runs, then undoing what was begun. Please wait. `belay status prod` shows afterwards where it stands.",
    );
  });

  it("says the second time that undoing is under way, and what finishes it after a kill", () => {
    expect(interruptNotice({ ...facts, repeated: true })).toBe(
      "SIGINT again: already undoing, which is not cut short. If Belay is killed now, `belay recover prod` finishes it.",
    );
  });

  it("says that nothing was changed where that is so", () => {
    expect(interruptNotice({ ...facts, effectBegan: false })).toBe("SIGINT: stopping. Nothing was changed.");
  });
});

it("text is cut by columns, and says so", () => {
  expect([cutTo("abcdef", 4), cutTo("abcdef", 6), cutTo("表名表名", 5), cutTo("abcdef", 4, "..."), cutTo("abcdef", 2, "...")]).toEqual([
    "abc…",
    "abcdef",
    "表名…",
    "a...",
    "..",
  ]);
});
