import { describe, expect, it } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { stepView } from "../../src/report/steps.ts";
import type { Style } from "../../src/report/style.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import { expectGolden } from "../golden/golden.ts";
import { eventsOf, SITUATIONS } from "../golden/results.ts";

const PLAIN: Style = { color: false, unicode: true, width: 100, live: false, plain: false };
const { migrated, "undone-by-swap": undone } = SITUATIONS;
if (migrated === undefined || undone === undefined) throw new Error("the two situations that every style is tried on are missing");

function transcript(result: Result, style: Style): string {
  const view = stepView(style, { nowMs: () => 0, columns: () => 100 });
  return (
    eventsOf(result)
      .map((event) => view.show(event))
      .join("") +
    view.finish() +
    terminalReport(result, style, false)
  );
}

describe("the transcript of a run", () => {
  for (const [name, result] of Object.entries(SITUATIONS)) {
    it(`answers what people ask: ${name}`, () => {
      expectGolden(`${name}.txt`, transcript(result, PLAIN));
    });
  }

  it("is all ASCII where the locale has nothing else", () => {
    const text = transcript(migrated, { ...PLAIN, unicode: false }) + transcript(undone, { ...PLAIN, unicode: false });
    expect(text).toMatch(/^[\n -~]*$/);
    expectGolden("ascii.txt", text);
  });

  it("says the same with colour and without", () => {
    const colored = transcript(undone, { ...PLAIN, color: true });
    expectGolden("undone-by-swap.color.txt", colored);
    expect(colored.replace(/\x1b\[\d+m/g, "")).toBe(transcript(undone, PLAIN));
  });

  it("leaves the same lines on a terminal, where the running step was written over, as in a log", () => {
    const live = transcript(migrated, { ...PLAIN, live: true });
    const left = live.split("\n").map((line) => line.slice(line.lastIndexOf("\x1b[2K") + 1).replace("[2K", ""));
    expect(live).toContain("\r\x1b[2K  … stop");
    expect(left.join("\n")).toBe(transcript(migrated, PLAIN));
  });

  it("never says failed without saying what became of the database", () => {
    for (const [name, result] of Object.entries(SITUATIONS)) {
      const verdict = terminalReport(result, PLAIN, false).split("\n")[0] ?? "";
      expect(verdict, name).not.toMatch(/^FAILED[.,]? (in|after)/);
      expect(verdict, name).not.toMatch(/\n\s+at /);
    }
  });

  it("keeps quiet about what went well, and tells what did not", () => {
    expect(terminalReport(migrated, PLAIN, true)).toBe("");
    expect(terminalReport(undone, PLAIN, true)).toBe(terminalReport(undone, PLAIN, false));
  });

  it("wraps to a narrow terminal without breaking a command apart", () => {
    const lines = terminalReport(undone, { ...PLAIN, width: 48 }, false).split("\n");
    expect(lines.filter((line) => line.length > 48 && !line.includes("/srv/"))).toEqual([]);
    expect(lines.join("\n")).toContain("`belay migrate prod`");
  });
});
