import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readVerdict } from "../../script/suite/verdict.ts";

describe("the verdict on a test run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "belay-verdict-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function result(...files: { readonly status: string; readonly tests: readonly string[] }[]): string {
    const path = join(folder, "result.json");
    const testResults = files.map(({ status, tests }) => ({
      name: "x.test.ts",
      status,
      assertionResults: tests.map((each, index) => ({ fullName: `test ${index}`, status: each })),
    }));
    writeFileSync(path, JSON.stringify({ testResults }));
    return path;
  }

  test("counts what passed and failed, and names what was skipped", async () => {
    const file = result({ status: "passed", tests: ["passed", "passed"] }, { status: "failed", tests: ["failed", "passed", "skipped"] });
    expect(await readVerdict(file, false)).toEqual({ passed: 3, failed: 1, skipped: ["test 2"], repeated: [] });
  });

  test("names what passed only when it was repeated, with what it said first", async () => {
    const path = join(folder, "result.json");
    const once = { fullName: "is quick", status: "passed", failureMessages: ["took 3 s\n  at …"] };
    writeFileSync(path, JSON.stringify({ testResults: [{ name: "x.test.ts", status: "passed", assertionResults: [once] }] }));
    expect(await readVerdict(path, true)).toEqual({
      passed: 1,
      failed: 0,
      skipped: [],
      repeated: [{ name: "is quick", said: "took 3 s\n  at …" }],
    });
  });

  test("takes a property that was disproved for a failure, whatever its repetition said", async () => {
    const path = join(folder, "result.json");
    const disproved = { fullName: "holds", status: "passed", failureMessages: ["Error: Property failed after 7 tests\n{ seed: 1 }"] };
    writeFileSync(path, JSON.stringify({ testResults: [{ name: "x.test.ts", status: "passed", assertionResults: [disproved] }] }));
    expect(await readVerdict(path, true)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("counts a file that did not load as a failure", async () => {
    const file = result({ status: "passed", tests: ["passed"] }, { status: "failed", tests: [] });
    expect(await readVerdict(file, false)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("is a failure when every test passed and the run did not end well", async () => {
    expect(await readVerdict(result({ status: "passed", tests: ["passed"] }), false)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("is a failure when there was no test", async () => {
    expect(await readVerdict(result(), true)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("is absent when vitest left no result", async () => {
    expect(await readVerdict(join(folder, "absent.json"), false)).toBeNull();
  });
});
