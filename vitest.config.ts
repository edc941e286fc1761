import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/postgres/global-setup.ts"],
    // Real processes with their own signals, working directory and native library: a thread would share all three.
    pool: "forks",
    // Most tests wait for a process, a disk or a clock of their own: with two at a time two processors are idle half of the time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // Against what hangs, not against a machine with much to do.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A promise that nobody awaited and that failed is a failed run, not a line in a log.
    dangerouslyIgnoreUnhandledErrors: false,
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text-summary", "html"], reportsDirectory: "coverage" },
  },
});
