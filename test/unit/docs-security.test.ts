/** Whoever is refused at night looks up the code: the page names those that policy gives, and none that nobody gives. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/security.md"), "utf8");

function documented(page: string): string[] {
  return Array.from(page.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` \|/gm), ([, code = ""]) => code);
}

function source(pattern: string): string {
  return globSync(pattern, { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n");
}

function given(code: string): string[] {
  return Array.from(code.matchAll(/\b(?:code: |refusal\(\s*)"([a-z]+(?:-[a-z]+)+)"/g), ([, found = ""]) => found);
}

describe("the refusals on the page about security", () => {
  it("are all codes that Belay gives", () => {
    const all = source("src/**/*.ts");
    expect(documented(PAGE).length).toBeGreaterThan(10);
    expect(documented(PAGE).filter((code) => !all.includes(`"${code}"`))).toEqual([]);
  });

  it("have every code of policy, and of what GitHub is asked for", () => {
    const codes = new Set(given(source("src/{policy,github}/*.ts")).filter((code) => !/^(?:input|inputs|unknown|command|not)-/.test(code)));
    expect(codes.size).toBeGreaterThan(5);
    expect([...codes].filter((code) => !documented(PAGE).includes(code))).toEqual([]);
  });

  it("would be missed: a row that is gone leaves a code that nobody explains", () => {
    expect(documented(PAGE.replace(/^\| `outside-window`.*\n/m, ""))).not.toContain("outside-window");
    expect(given('const reason = { code: "new-refusal", message }; throw refusal("other-one", "…")')).toEqual(["new-refusal", "other-one"]);
  });
});
