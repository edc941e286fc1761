import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { resultJson, usageJson } from "../../src/report/json.ts";
import type { Style } from "../../src/report/style.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import { usageReport } from "../../src/report/usage.ts";
import { width } from "../../src/report/width.ts";
import { usageError } from "../../src/domain/error.ts";
import { expectGolden } from "../golden/golden.ts";
import { LISTS } from "../golden/lists.ts";
import { SITUATIONS } from "../golden/results.ts";

const PLAIN: Style = { color: false, unicode: true, width: 100, live: false, plain: false };

describe("the report of a command that only looks", () => {
  for (const [name, result] of Object.entries(LISTS)) {
    it(`answers what people ask: ${name}`, () => {
      expectGolden(`${name}.txt`, terminalReport(result, PLAIN, false));
    });
  }

  it("is nothing at all when it is to be quiet and all is well", () => {
    for (const result of Object.values(LISTS)) {
      const well = result.outcome !== "checks-failed" && result.outcome !== "refused";
      expect(terminalReport(result, PLAIN, true) === "", result.command).toBe(well);
    }
  });
});

describe("the gate's box", () => {
  const closed = Object.entries(LISTS).filter(([name]) => name.startsWith("gate-") && name !== "gate-open");

  it("is 72 columns wide, whatever is in it", () => {
    expect(closed.length).toBeGreaterThan(3);
    for (const style of [PLAIN, { ...PLAIN, unicode: false }]) {
      for (const [name, result] of closed) {
        for (const line of terminalReport(result, style, false).trimEnd().split("\n")) expect(width(line), `${name}: ${line}`).toBe(72);
      }
    }
  });

  it("keeps its shape around any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", maxLength: 200 }), (name, id) => {
        const [, behind] = closed.find(([which]) => which === "gate-behind") ?? [];
        if (behind === undefined) throw new Error("no situation to try");
        const result = {
          ...behind,
          targets: behind.targets.map((target) => ({ ...target, name, pending: [{ id, reversible: false, findings: [] }] })),
        };
        for (const line of terminalReport(result, PLAIN, false).trimEnd().split("\n")) expect(width(line)).toBe(72);
      }),
    );
  });

  it("is as wide as a narrow terminal, and no wider", () => {
    for (const [name, result] of closed) {
      const lines = terminalReport(result, { ...PLAIN, width: 40 }, false)
        .trimEnd()
        .split("\n");
      for (const line of lines) expect(width(line), `${name}: ${line}`).toBe(40);
    }
  });

  it("is drawn in ASCII where the locale has nothing else", () => {
    const behind = LISTS["gate-behind"];
    if (behind === undefined) throw new Error("no situation to try");
    expect(terminalReport(behind, { ...PLAIN, unicode: false }, false)).toMatch(/^[\n -~]*$/);
  });
});

/** Every string of a value, damaged by what somebody may have written there. */
function poisoned<T>(value: T, poison: string, keep: readonly string[] = []): T {
  const visit = (part: unknown, key: string): unknown => {
    if (typeof part === "string") return keep.includes(key) ? part : `${part.slice(0, 3)}${poison}${part.slice(3)}`;
    if (Array.isArray(part)) return part.map((each) => visit(each, key));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, visit(inner, name)]));
  };
  return visit(value, "") as T;
}

describe("what comes from outside", () => {
  const poisons = ["\x1b[2J\x1b[31m", "\x1b]0;owned\x07", "\u202e\u2066", "\r\x1b[1A", "\x9b1m", "\u0000\u0008", "\u{e0041}"];
  const all: Result[] = [...Object.values(SITUATIONS), ...Object.values(LISTS)];
  /** Words of Belay's own, on which a report decides. */
  const own = ["outcome", "command", "engine", "phase", "strategy", "proof", "startedAt", "takenAt", "lock"];

  it("cannot act on a terminal through any field of any report", () => {
    for (const poison of poisons) {
      for (const result of all) {
        const text = terminalReport(poisoned(result, poison, own), PLAIN, false);
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u);
      }
    }
  });

  it("cannot begin a line of its own in a field that is one line", () => {
    const forged = poisoned(LISTS["backups"], "\n✔ everything is fine\n", [...own, "damage"]);
    if (forged === undefined) throw new Error("no situation to try");
    for (const line of terminalReport(forged, PLAIN, false).split("\n")) expect(line).not.toMatch(/^✔ everything/);
  });

  it("stays what it is in JSON, on one harmless line", () => {
    for (const poison of poisons) {
      for (const result of all) {
        const damaged = poisoned(result, poison);
        const json = resultJson(damaged);
        expect(JSON.parse(json)).toEqual(damaged);
        expect(json).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*\n$/u);
      }
    }
  });
});

describe("an error of usage", () => {
  const error = usageError(
    "config-invalid",
    "belay.yml has 2 problems:\nbelay.yml:3: environments.prod.tagret: unknown key; did you mean target?\nbelay.yml:9: \x1b[31mx: unknown",
    {
      hint: "mend belay.yml and run the same command again; nothing was touched",
      facts: { problems: [{ line: 3 }, { line: 9 }] },
    },
  );

  it("names every problem on a line of its own, and the next step", () => {
    expect(usageReport(error, PLAIN)).toBe(
      [
        "✖ belay.yml has 2 problems:",
        "  belay.yml:3: environments.prod.tagret: unknown key; did you mean target?",
        "  belay.yml:9: x: unknown",
        "  Next:   mend belay.yml and run the same command again; nothing was touched",
        "",
      ].join("\n"),
    );
  });

  it("is one JSON object without an outcome, with all that is known", () => {
    expect(JSON.parse(usageJson("0.1.0", "migrate", error))).toEqual({
      belay: "0.1.0",
      run: null,
      command: "migrate",
      environment: null,
      outcome: null,
      digest: null,
      reasons: [{ code: "config-invalid", message: error.message, hint: error.hint, facts: error.facts }],
      targets: [],
    });
  });
});
