import { readFile } from "node:fs/promises";
import { z } from "zod";

/** What the tests said. `failed` is never 0 when the run did not end well. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** Full names of tests that did not run. */
  readonly skipped: readonly string[];
  /** Tests that failed and passed when they were repeated, each with what it said the first time: passed, and to be looked at. */
  readonly repeated: readonly { readonly name: string; readonly said: string }[];
}

const RESULT = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) })),
    }),
  ),
});

/**
 * Reads vitest's JSON result. A file that did not load counts as one failure, and so does a run that ended badly although every
 * test passed (an error that nobody awaited). No test at all is a failure too. A property that was disproved is, whatever its repetition
 * with other values said. null where there is no result to read.
 */
export async function readVerdict(file: string, endedWell: boolean): Promise<Verdict | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : judge(RESULT.parse(JSON.parse(text)), endedWell);
}

function judge({ testResults }: z.infer<typeof RESULT>, endedWell: boolean): Verdict {
  const tests = testResults.flatMap((each) => each.assertionResults);
  const brokenFiles = testResults.filter(
    (each) => each.status === "failed" && !each.assertionResults.some((test) => test.status === "failed"),
  );
  const ended = tests.filter((test) => test.status === "passed");
  const passed = ended.filter((test) => !isDisproved(test));
  const failed = tests.filter((test) => test.status === "failed").length + ended.length - passed.length + brokenFiles.length;
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed").map((test) => test.fullName);
  const repeated = ended.flatMap(({ fullName, failureMessages: [said] }) => (said === undefined ? [] : [{ name: fullName, said }]));
  return { passed: passed.length, failed: failed === 0 && (!endedWell || passed.length === 0) ? 1 : failed, skipped, repeated };
}

/** By fast-check, with a counterexample. */
function isDisproved({ failureMessages }: { readonly failureMessages: readonly string[] }): boolean {
  return failureMessages.some((said) => said.includes("Property failed after"));
}
