import { readFile } from "node:fs/promises";
import { z } from "zod";

/** What the tests said. `failed` is never 0 when the run did not end well. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** Full names of tests that did not run. */
  readonly skipped: readonly string[];
}

const RESULT = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/**
 * Reads vitest's JSON result. A file that did not load counts as one failure, and so does a run that ended badly although every
 * test passed (an error that nobody awaited). No test at all is a failure too. null where there is no result to read.
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
  const passed = tests.filter((test) => test.status === "passed").length;
  const failed = tests.filter((test) => test.status === "failed").length + brokenFiles.length;
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed").map((test) => test.fullName);
  return { passed, failed: failed === 0 && (!endedWell || passed === 0) ? 1 : failed, skipped };
}
