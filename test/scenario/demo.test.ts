/** `script/demo`, and the screen of the README that comes from it. `UPDATE_GOLDEN=1` takes that screen from this run. */

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { missingPart } from "../support/docs-page.ts";

const ROOT = join(import.meta.dirname, "../..");
const README = join(ROOT, "README.md");
const BLOCK = /(?<=<!-- demo:begin -->\n```text\n)[\s\S]*?(?=```\n<!-- demo:end -->)/u;

describe("the demonstration", () => {
  let printed = "";
  let folder = "";
  let status: number | null = null;
  let errors = "";

  beforeAll(() => {
    const { status: ended, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "script/demo.ts")], { encoding: "utf8" });
    folder = /^ {2}cd (.+)$/mu.exec(stdout)?.[1] ?? "";
    printed = stdout.replaceAll(folder, "/srv/app");
    status = ended;
    errors = stderr;
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("shows a good migration, and then one that fails its check and is rolled back", () => {
    expect([status, errors]).toEqual([0, ""]);
    expect(printed.indexOf("\nMIGRATED in ")).toBeGreaterThan(0);
    expect(printed.indexOf("\nFAILED, ROLLED BACK in ")).toBeGreaterThan(printed.indexOf("\nMIGRATED in "));
    expect(printed).toMatch(/^GET http:\S+ → 200$/mu);
  });

  test("says what the README says of it", () => {
    const readme = readFileSync(README, "utf8");
    const second = printed.slice(printed.lastIndexOf("$ belay migrate prod"), printed.indexOf("\n\nThe application runs on the data"));
    if (process.env["UPDATE_GOLDEN"] === "1")
      writeFileSync(
        README,
        readme.replace(BLOCK, () => `${second.trim()}\n`),
      );
    const block = BLOCK.exec(readFileSync(README, "utf8"))?.[0] ?? "";
    expect(block).toContain("FAILED, ROLLED BACK");
    expect(missingPart(`…\n${block}…\n`, printed)).toBeNull();
  });
});
