import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nearest } from "../../src/domain/nearest.ts";
import { describeSchema } from "../../src/report/changes.ts";
import { quoted } from "../../src/report/page.ts";
import { safeLine, safeLines } from "../../src/report/safe-text.ts";
import { styleFor } from "../../src/report/style.ts";
import { width, wrap } from "../../src/report/width.ts";
import { count, counted, duration, firstOf, moment, size } from "../../src/domain/words.ts";
import { VERSION } from "../../src/version.ts";
import packageJson from "../../package.json" with { type: "json" };

/** What must never reach a terminal: controls, lone surrogates, marks of direction, what is not seen. */
const HARMFUL = /[\p{Cc}\p{Cs}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x9b31m",
        "\x1b[",
        "\r",
        "\n",
        "\u202e",
        "\u2066",
        "\ud800",
        "\u{e0041}",
        "\x1b(B",
        "\x1bc",
        "\x08",
        "`",
        "│",
      ),
    ),
  )
  .map((parts) => parts.join(""));

describe("text from outside", () => {
  it("cannot reach the terminal as anything but text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(safeLine(text)).not.toMatch(HARMFUL);
        for (const line of safeLines(text)) expect(line).not.toMatch(HARMFUL);
      }),
      { numRuns: 2000 },
    );
  });

  it("stays the same when it is made safe twice", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(safeLine(safeLine(text))).toBe(safeLine(text));
      }),
    );
  });

  it("loses its colours without a trace, and shows what would hide or turn", () => {
    expect(safeLine("\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07link\x1b]8;;\x07")).toBe("red link");
    expect(safeLine("user\u202etxt.exe")).toBe("user\\u{202e}txt.exe");
    expect(safeLine("bell\x07 back\x08 del\x7f")).toBe("bell\\u{7} back\\u{8} del\\u{7f}");
    expect(safeLine("a\u200bb \ud800")).toBe("a\\u{200b}b \\u{d800}");
  });

  it("stays one line where one line is meant, and keeps its lines where several are", () => {
    expect(safeLine("one\r\ntwo\n\tthree")).toBe("one two three");
    expect(safeLines("one\r\n\ttwo\rthree")).toEqual(["one", "  two", "three"]);
  });

  it("keeps letters of every script, accents and families of emoji", () => {
    for (const name of ["Zoë", "данные", "テーブル", "表", "👩‍👩‍👧", "e\u0301", "می‌خواهم"]) expect(safeLine(name)).toBe(name);
  });

  it("is cut by characters, and says so", () => {
    expect(safeLine("abcdef", 4)).toBe("abc…");
    expect(safeLine("💾💾💾", 3)).toBe("💾💾💾");
    expect(safeLine("💾💾💾💾", 3)).toBe("💾💾…");
  });

  it("cannot end the quotes of a suggested command", () => {
    expect(quoted("prod")).toBe("prod");
    expect(quoted("my env")).toBe("'my env'");
    expect(quoted("a'; rm -rf / #")).toBe("'a'\\''; rm -rf / #'");
  });
});

describe("columns", () => {
  it("are counted as a terminal shows them", () => {
    expect([width("abc"), width("表名"), width("e\u0301"), width("👩‍👩‍👧"), width("ﾃｰ"), width("✔"), width("한글"), width("")]).toEqual([
      3, 4, 1, 2, 2, 1, 4, 0,
    ]);
  });

  it("are never exceeded when words may be cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, columns) => {
        for (const line of wrap(safeLine(text), columns, true)) expect(width(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it("keep every word when text is wrapped", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 5, max: 30 }), (text, columns) => {
        const letters = (from: string) => from.replace(/\s/gu, "");
        expect(letters(wrap(text, columns).join(""))).toBe(letters(text));
      }),
    );
  });
});

describe("numbers", () => {
  it("are durations as people say them", () => {
    const said = [0, 22, 99, 100, 300, 1_234, 9_940, 9_960, 14_200, 59_400, 59_600, 184_000, 3_599_400, 7_500_000].map(duration);
    expect(said).toEqual([
      "0 ms",
      "22 ms",
      "99 ms",
      "0.1 s",
      "0.3 s",
      "1.2 s",
      "9.9 s",
      "10 s",
      "14 s",
      "59 s",
      "1 min 0 s",
      "3 min 4 s",
      "59 min 59 s",
      "2 h 5 min",
    ]);
  });

  it("are sizes in decimal units", () => {
    expect([0, 999, 1000, 9_949, 9_960, 999_499, 999_600, 419_430_400, 1_234_567_890].map(size)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "9.9 kB",
      "10 kB",
      "999 kB",
      "1.0 MB",
      "419 MB",
      "1.2 GB",
    ]);
  });

  it("are counts with commas, and lists with an end", () => {
    expect([0, 999, 1000, 5_500_000].map(count)).toEqual(["0", "999", "1,000", "5,500,000"]);
    expect([counted(1, "row"), counted(0, "row"), counted(2, "index", "indexes")]).toEqual(["1 row", "0 rows", "2 indexes"]);
    expect([firstOf(["a", "b"], 2), firstOf(["a", "b", "c"], 1)]).toEqual(["a, b", "a, and 2 more"]);
    expect([moment("2026-11-21T00:14:00.000Z"), moment("never")]).toEqual(["2026-11-21 00:14:00 UTC", "never"]);
  });
});

describe("the style of a stream", () => {
  const terminal = { isTerminal: true, columns: 120 };
  const pipe = { isTerminal: false, columns: undefined };
  const utf8 = { LANG: "en_US.UTF-8" };

  it("has colour on a terminal, and none in a pipe or for --no-color", () => {
    expect(styleFor(true, utf8, terminal).color).toBe(true);
    expect(styleFor(true, utf8, pipe).color).toBe(false);
    expect(styleFor(false, { ...utf8, FORCE_COLOR: "1" }, terminal).color).toBe(false);
  });

  it("obeys NO_COLOR, FORCE_COLOR and TERM=dumb", () => {
    expect(styleFor(true, { ...utf8, NO_COLOR: "1" }, terminal).color).toBe(false);
    expect(styleFor(true, { ...utf8, NO_COLOR: "" }, terminal).color).toBe(true);
    expect(styleFor(true, { ...utf8, FORCE_COLOR: "1" }, pipe).color).toBe(true);
    expect(styleFor(true, { ...utf8, FORCE_COLOR: "1", NO_COLOR: "1" }, pipe).color).toBe(true);
    expect(styleFor(true, { ...utf8, FORCE_COLOR: "0" }, terminal).color).toBe(false);
    expect(styleFor(true, { ...utf8, TERM: "dumb" }, terminal)).toMatchObject({ color: false, unicode: false, live: false });
  });

  it("has symbols only where the locale is UTF-8, the first of three deciding", () => {
    expect(styleFor(true, utf8, terminal).unicode).toBe(true);
    expect(styleFor(true, { LC_ALL: "C", ...utf8 }, terminal).unicode).toBe(false);
    expect(styleFor(true, { LC_ALL: "", LC_CTYPE: "de_DE.utf8" }, terminal).unicode).toBe(true);
    expect(styleFor(true, {}, terminal).unicode).toBe(false);
    expect(styleFor(true, { CI: "true" }, pipe).unicode).toBe(true);
  });

  it("writes over lines only where a person watches a capable terminal", () => {
    expect(styleFor(true, utf8, terminal).live).toBe(true);
    expect(styleFor(true, { ...utf8, CI: "true" }, terminal).live).toBe(false);
    expect(styleFor(true, utf8, pipe).live).toBe(false);
  });

  it("wraps to the terminal, within reason", () => {
    expect([
      styleFor(true, utf8, terminal).width,
      styleFor(true, utf8, { isTerminal: true, columns: 72 }).width,
      styleFor(true, utf8, { isTerminal: true, columns: 9 }).width,
      styleFor(true, utf8, { isTerminal: true, columns: 0 }).width,
      styleFor(true, utf8, pipe).width,
    ]).toEqual([100, 72, 40, 80, 100]);
  });
});

describe("a name that is not known", () => {
  it("is taken for the nearest one that is", () => {
    expect(nearest("prd", ["staging", "prod"])).toBe("prod");
    expect(nearest("PROD", ["prod"])).toBe("prod");
    expect(nearest("rpod", ["prod"])).toBe("prod");
  });

  it("is taken for none that is far", () => {
    expect(nearest("x", ["a", "db"])).toBeNull();
    expect(nearest("", ["prod"])).toBeNull();
    expect(nearest("production", ["prod"])).toBeNull();
  });
});

it("Belay tells the version of its package", () => {
  expect(VERSION).toBe(packageJson.version);
});

describe("what changed in the structure", () => {
  it("is told in the order in which it is recorded", () => {
    expect(describeSchema({ added: ["table a", "column b.c"], removed: ["view v"], changed: ["table c"] })).toBe(
      "added table a, column b.c; removed view v; changed table c",
    );
    expect(describeSchema({ added: [], removed: [], changed: [] })).toBe("");
  });
});
