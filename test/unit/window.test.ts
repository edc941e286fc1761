import { describe, expect, test } from "vitest";
import { insideWindow, nextOpening, parseWindow, type Window } from "../../src/domain/window.ts";

function windowOf(text: string): Window {
  const window = parseWindow(text);
  if ("flaw" in window) throw new Error(window.flaw);
  return window;
}

const inside = (text: string, instant: string) => insideWindow(windowOf(text), new Date(instant));
const opens = (text: string, after: string) => nextOpening(windowOf(text), new Date(after)).toISOString();

describe("days", () => {
  test.each([
    ["Sun", [0]],
    ["Sat,Sun", [0, 6]],
    ["Mon-Fri", [1, 2, 3, 4, 5]],
    ["Fri-Mon", [0, 1, 5, 6]],
    ["Sun,Mon-Sun", [0, 1, 2, 3, 4, 5, 6]],
    ["Mon,Wed-Thu", [1, 3, 4]],
    ["daily", [0, 1, 2, 3, 4, 5, 6]],
    ["sun", [0]],
  ])("%s", (days, expected) => {
    expect(windowOf(`${days} 01:00-05:00 UTC`).days).toEqual(expected);
  });
});

describe("a window is open", () => {
  test.each([
    ["Sun 01:00-05:00 America/Toronto", "2026-11-22T05:59:59Z", false],
    ["Sun 01:00-05:00 America/Toronto", "2026-11-22T06:00:00Z", true],
    ["Sun 01:00-05:00 America/Toronto", "2026-11-22T09:59:59Z", true],
    ["Sun 01:00-05:00 America/Toronto", "2026-11-22T10:00:00Z", false],
    ["Sun 01:00-05:00 America/Toronto", "2026-07-19T05:00:00Z", true],
    ["Sun 01:00-05:00 America/Toronto", "2026-11-23T07:00:00Z", false],
    ["Sun 22:00-02:00 UTC", "2026-11-22T23:00:00Z", true],
    ["Sun 22:00-02:00 UTC", "2026-11-23T01:59:00Z", true],
    ["Sun 22:00-02:00 UTC", "2026-11-23T02:00:00Z", false],
    ["Sun 22:00-02:00 UTC", "2026-11-22T01:00:00Z", false],
    ["Sat 22:00-02:00 UTC", "2026-11-22T01:00:00Z", true],
    ["daily 00:00-24:00 Asia/Kathmandu", "2026-11-22T18:14:59Z", true],
    ["Mon 20:00-24:00 UTC", "2026-11-23T23:59:59Z", true],
    ["Mon 20:00-24:00 UTC", "2026-11-24T00:00:00Z", false],
  ])("%s at %s: %s", (text, instant, expected) => {
    expect(inside(text, instant)).toBe(expected);
  });
});

describe("the next opening", () => {
  test.each([
    ["Sun 01:00-05:00 America/Toronto", "2026-11-20T12:00:00Z", "2026-11-22T06:00:00.000Z"],
    ["Sun 01:00-05:00 America/Toronto", "2026-11-22T10:00:00Z", "2026-11-29T06:00:00.000Z"],
    ["Sun 22:00-02:00 UTC", "2026-11-23T03:00:00Z", "2026-11-29T22:00:00.000Z"],
    ["daily 03:00-04:00 UTC", "2026-11-22T02:59:59.500Z", "2026-11-22T03:00:00.000Z"],
    // The clocks of Toronto go from 02:00 to 03:00 on 8 March 2026, and from 02:00 back to 01:00 on 1 November.
    ["Sun 02:30-05:00 America/Toronto", "2026-03-07T12:00:00Z", "2026-03-08T07:30:00.000Z"],
    ["Sun 04:00-05:00 America/Toronto", "2026-03-07T12:00:00Z", "2026-03-08T08:00:00.000Z"],
    ["Sun 01:30-05:00 America/Toronto", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00.000Z"],
  ])("of %s after %s", (text, after, expected) => {
    expect(opens(text, after)).toBe(expected);
  });
});

describe("what is no window", () => {
  test.each([
    ["", "expected days, hours and a time zone"],
    ["Sunday 1-5", "expected days like Sun, Sat,Sun, Mon-Fri or daily"],
    ["Sun 1-5 UTC", "expected hours like 01:00-05:00"],
    ["Sun 25:00-26:00 UTC", "expected hours like 01:00-05:00"],
    ["Sun 24:00-05:00 UTC", "expected hours like 01:00-05:00"],
    ["Sun 01:60-05:00 UTC", "expected hours like 01:00-05:00"],
    ["Sun 01:00-01:00 UTC", "it ends when it begins; a whole day is 00:00-24:00"],
    ["Sun 01:00-05:00", "expected a time zone at the end, such as America/Toronto or UTC"],
    ["Sun 01:00-05:00 Toronto", "expected a time zone such as America/Toronto or UTC"],
  ])("%s", (text, flaw) => {
    expect(parseWindow(text)).toEqual({ flaw });
  });
});
