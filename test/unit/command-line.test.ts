import { expect, describe, it } from "vitest";

import type { Perform } from "../../src/carry-out.ts";
import { commandLine, type TextStream } from "../../src/command-line.ts";
import { BelayError, failure, refusal, usageError } from "../../src/domain/error.ts";
import type { Result } from "../../src/domain/result.ts";
import { eventsOf, result, SITUATIONS } from "../golden/results.ts";

/** A command line with nothing real outside: what it wrote, how it ended, and what `perform` was told. */
async function run(argv: string, performIt: Perform, variables: Record<string, string> = { LANG: "C.UTF-8" }) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr"): TextStream => ({
    isTerminal: () => false,
    columns: () => undefined,
    write: (text) => {
      written[name] += text;
    },
  });
  let loaded = 0;
  let disposed = 0;
  let clock = 0;
  const status = await commandLine(
    argv.split(" ").filter((word) => word !== ""),
    {
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      variables,
      cwd: () => "/project",
      now: () => new Date(1000 * clock++),
      random: (bytes) => new Uint8Array(bytes),
      elapsedMs: () => 0,
      every: () => ({ [Symbol.dispose]: () => undefined }),
      environmentNames: async (file) => (file === null ? ["staging", "prod"] : [file]),
      onInterrupt: () => ({
        signal: new AbortController().signal,
        [Symbol.dispose]: () => {
          disposed++;
        },
      }),
      verifyAudit: async () => ({ kind: "whole", entries: 0, head: "" }),
      loadPerform: async () => {
        loaded++;
        return performIt;
      },
    },
  );
  return { status, ...written, loaded, disposed };
}

/** Takes the steps of a result, then ends with it. */
function performing(ending: Result): Perform {
  return async (_invocation, { progress }) => {
    for (const event of eventsOf(ending)) progress(event);
    return ending;
  };
}

function situation(name: string): Result {
  const found = SITUATIONS[name];
  if (found === undefined) throw new Error(`no situation ${name}`);
  return found;
}

function failing(thrown: unknown, steps?: Result): Perform {
  return async (_invocation, { progress }) => {
    for (const event of steps === undefined ? [] : eventsOf(steps)) progress(event);
    throw thrown;
  };
}

describe("the exit status", () => {
  const expected = {
    migrated: 0,
    "up-to-date": 0,
    "refused-before-effect": 3,
    "undone-by-swap": 4,
    "needs-attention-rollback-failed": 5,
    "failed-defect": 1,
    interrupted: 130,
  };

  it.each(Object.entries(expected))("of %s is %i", async (name, status) => {
    expect((await run("migrate prod", performing(situation(name)))).status).toBe(status);
  });

  it("is 2 for a wrong command line and for a wrong configuration, and says so on standard error", async () => {
    const line = await run("migrat prod", performing(result()));
    expect(line).toMatchObject({ status: 2, stdout: "", loaded: 0 });
    expect(line.stderr).toContain("did you mean `belay migrate`?");
    const config = await run(
      "migrate prd",
      failing(usageError("environment-unknown", 'environment "prd" is not in belay.yml', { hint: 'did you mean "prod"?' })),
    );
    expect(config).toMatchObject({ status: 2, stdout: "" });
    expect(config.stderr).toContain('did you mean "prod"?');
  });
});

describe("what is thrown and should have been a result", () => {
  it("is a defect with exit 1 before the first effect, and never shows a stack", async () => {
    const ended = await run("migrate prod", failing(new TypeError("x is undefined")));
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain("Belay itself went wrong: x is undefined");
    expect(ended.stdout + ended.stderr).not.toMatch(/^\s+at /m);
  });

  it("needs attention with exit 5 after the first effect, and says what to do", async () => {
    const ended = await run("migrate prod", failing(new TypeError("x is undefined"), situation("undone-by-swap")));
    expect(ended.status).toBe(5);
    expect(ended.stdout).toContain("belay status prod, then belay recover prod");
  });

  it("is a refusal with exit 3 when it was decided before the first effect, and 130 when it was an interruption", async () => {
    expect((await run("migrate prod", failing(refusal("locked", "somebody holds the lock")))).status).toBe(3);
    expect((await run("migrate prod", failing(failure("interrupted", "interrupted by SIGINT")))).status).toBe(130);
  });

  it("shows its stack and its causes to those who ask by BELAY_DEBUG=1", async () => {
    const thrown = new BelayError("failed", "store-write", "writing the manifest: disk full", { cause: new Error("ENOSPC") });
    const ended = await run("migrate prod", failing(thrown), { BELAY_DEBUG: "1" });
    expect(ended.stderr).toMatch(/^\s+at /m);
    expect(ended.stderr).toContain("ENOSPC");
  });

  it("gives back the signals, however the command ended", async () => {
    expect((await run("migrate prod", failing(new Error("x")))).disposed).toBe(1);
    expect((await run("migrate prod", performing(result()))).disposed).toBe(1);
  });
});

describe("--json", () => {
  it("is exactly one object on standard output, with the progress on standard error", async () => {
    const ending = situation("migrated");
    const { stdout, stderr } = await run("migrate prod --json", performing(ending));
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual(ending);
    expect(stderr).toContain("✔ migrate");
  });

  it("is one object without an outcome for a wrong command line and a wrong configuration", async () => {
    for (const ended of [
      await run("--json migrat", performing(result())),
      await run("migrate --json", failing(usageError("config-missing", "there is no belay.yml"))),
    ]) {
      expect(ended).toMatchObject({ status: 2, stderr: "" });
      expect(JSON.parse(ended.stdout)).toMatchObject({
        outcome: null,
        reasons: [{ code: /^(unknown-command|config-missing)$/.exec(JSON.parse(ended.stdout).reasons[0].code)?.[0] }],
      });
    }
  });

  it("is one object for a defect, too", async () => {
    const { stdout, status } = await run("migrate prod --json", failing(new Error("x")));
    expect(JSON.parse(stdout)).toMatchObject({ command: "migrate", environment: "prod", outcome: "failed", reasons: [{ code: "defect" }] });
    expect(status).toBe(1);
  });
});

describe("--quiet", () => {
  it("writes nothing when all went well", async () => {
    expect(await run("migrate prod --quiet", performing(situation("migrated")))).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("writes only the verdict when it did not", async () => {
    const { stdout } = await run("migrate prod --quiet", performing(situation("undone-by-swap")));
    expect(stdout).toMatch(/^FAILED, ROLLED BACK/);
  });

  it("still gives --json its object, without progress", async () => {
    const { stdout, stderr } = await run("migrate prod --quiet --json", performing(situation("migrated")));
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "migrated" });
    expect(stderr).toBe("");
  });
});

it("the world of a command is what the process has", async () => {
  let seen: unknown;
  const ended = await run(
    "migrate prod --no-color",
    async (invocation, { cwd, variables, belayVersion, onGitHub }) => {
      seen = { invocation, cwd, variables, belayVersion, onGitHub };
      return result();
    },
    { GITHUB_ACTIONS: "true", CI: "true" },
  );
  expect(ended.status).toBe(0);
  expect(seen).toEqual({
    invocation: { command: "migrate", environment: "prod", config: null, targets: [], options: {} },
    cwd: "/project",
    variables: { GITHUB_ACTIONS: "true", CI: "true" },
    belayVersion: "0.1.0",
    onGitHub: true,
  });
});

it("help and version load nothing that a run needs", async () => {
  for (const argv of ["--help", "migrate --help", "--version"]) {
    const ended = await run(argv, performing(result()));
    expect(ended).toMatchObject({ status: 0, loaded: 0, stderr: "" });
    expect(ended.stdout).not.toBe("");
  }
});

describe("what a program of the team printed", () => {
  const output = (text: string) => ({ type: "output", target: "prod", step: "stop", stream: "stderr", text }) as const;
  const ended = (outcome: "done" | "failed") =>
    ({ type: "step-ended", target: "prod", step: "stop", outcome, durationMs: 5, detail: "./stop.sh" }) as const;
  const printing =
    (outcome: "done" | "failed"): Perform =>
    async (_invocation, { progress }) => {
      for (let at = 0; at < 50; at++) progress(output(`line ${at}\n`));
      progress(output("no such \x1b[31mservice"));
      progress(ended(outcome));
      return situation("refused-before-effect");
    };

  it("stands below its step when that failed: the last lines, made safe", async () => {
    const { stdout } = await run("migrate prod", printing("failed"));
    expect(stdout).toContain("      │ line 49\n      │ no such service\n");
    expect(stdout).not.toContain("line 12\n");
  });

  it("is not in the way when all went well", async () => {
    expect((await run("migrate prod", printing("done"))).stdout).not.toContain("line 49");
  });
});

it("showing the progress can go wrong without harm to the run", async () => {
  const { stdout, stderr, status } = await run("migrate prod", async (_invocation, { progress }) => {
    progress({
      type: "step-ended",
      target: "app",
      step: "backup",
      outcome: "done",
      durationMs: 1,
      get detail(): string {
        throw new Error("unreadable");
      },
    });
    progress({ type: "step-began", target: "app", step: "verify" });
    return situation("migrated");
  });
  expect(status).toBe(0);
  expect(stderr).toContain("the run goes on");
  expect(stdout).toContain("MIGRATED");
});
