import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { action } from "../../script/docs/action.ts";
import { INPUTS, OUTPUTS } from "../../src/github/inputs.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/action.md"), "utf8");

describe("the page of the action", () => {
  it("has a row for every input and every output", () => {
    for (const { name } of [...INPUTS, ...OUTPUTS]) expect(PAGE).toContain(`\n| \`${name}\` | `);
  });

  it("gets its tables back where somebody edited them, and keeps the rest", () => {
    const edited = PAGE.replace("| `digest` | text |", "| `digset` | text |");
    expect(edited).not.toBe(PAGE);
    expect(action(edited)).toBe(PAGE);
    expect(action(PAGE.replace("# Belay in a GitHub workflow", "# Another title"))).toMatch(/^# Another title\n/);
  });

  it("refuses a page that has no place for a table", () => {
    expect(() => action(PAGE.replace("<!-- outputs:end -->", ""))).toThrow("no place for its outputs");
  });
});
