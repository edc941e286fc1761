import { describe, expect, test } from "vitest";
import type { CheckContext } from "../../src/check/check.ts";
import { runCommandCheck } from "../../src/check/command.ts";
import type { CommandCheck, Expectation } from "../../src/domain/check.ts";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import { groupLives } from "../../src/process/process-group.ts";

function context(more: Partial<CheckContext> = {}): CheckContext {
  return {
    phase: "after",
    session: null,
    baseline: new Map(),
    directory: "/",
    variables: { PATH: process.env["PATH"] ?? "", BELAY_TARGET: "app" },
    signal: new AbortController().signal,
    ...more,
  };
}

function check(
  shell: string,
  { status = 0, output = null, timeoutMs = 5_000 }: { status?: number; output?: Expectation | null; timeoutMs?: number } = {},
): CommandCheck {
  return { kind: "command", name: "verify", command: { shell }, expect: { status, output }, warn: false, timeoutMs };
}

const run = async (one: CommandCheck, more?: Partial<CheckContext>) => (await runCommandCheck(one, context(more))).result;
const text = (value: string): Expectation => ({ kind: "equals", value: { text: value, number: false } });

describe("a command check", () => {
  test.each(["hi", "hi\n"])("takes a line for %j", async (output) => {
    expect(await run(check("echo hi", { output: text(output) }))).toMatchObject({ passed: true });
  });

  test("passes by its exit status, whatever it says", async () => {
    expect(await run(check("echo failed"))).toEqual({
      name: "verify",
      phase: "after",
      passed: true,
      expected: "exit status 0",
      actual: "exit status 0",
    });
    expect(await run(check("exit 3", { status: 3 }))).toMatchObject({ passed: true });
  });

  test("fails by another status, with its last words", async () => {
    expect(await run(check("echo one; echo 'two users are missing' >&2; exit 3"))).toMatchObject({
      passed: false,
      expected: "exit status 0",
      actual: "exit status 3: two users are missing",
    });
    expect(await run(check("true", { status: 1 }))).toMatchObject({ passed: false, actual: "exit status 0" });
  });

  test("is told by variables where to look", async () => {
    expect(await run(check('echo "$BELAY_TARGET $PWD"', { output: text("app /") }))).toMatchObject({ passed: true });
  });

  test("judges its standard output without the last line end", async () => {
    expect(await run(check("echo ok; echo noise >&2", { output: text("ok") }))).toMatchObject({
      passed: true,
      expected: 'exit status 0 and output "ok"',
      actual: '"ok"',
    });
    expect(await run(check("echo no", { output: text("ok") }))).toMatchObject({ passed: false, actual: '"no"' });
    expect(await run(check("echo 5", { output: { kind: "at-least", value: { text: "3", number: true } } }))).toMatchObject({
      passed: true,
    });
    expect(await run(check("echo ok; exit 1", { output: text("ok") }))).toMatchObject({ passed: false, actual: "exit status 1: ok" });
  });

  test("does not judge more output than is kept", async () => {
    const missing: Expectation = { kind: "not-matches", pattern: "error" };
    expect(await run(check("head -c 2000000 /dev/zero | tr '\\0' x; echo error", { output: missing }))).toMatchObject({
      passed: false,
      actual: "more than 1 MiB of output, which cannot be judged as a whole",
    });
  });

  test("that takes too long, is killed, or cannot be started, is a failed check", async () => {
    expect(await run(check("echo waiting; sleep 60", { timeoutMs: 150 }))).toMatchObject({
      passed: false,
      actual: "no end within 0.15 s: waiting",
    });
    expect(await run(check("kill -KILL $$"))).toMatchObject({ passed: false, actual: "ended by SIGKILL" });
    expect(await run({ ...check(""), command: { argv: ["belay-no-such-program"] } })).toMatchObject({
      passed: false,
      actual: "starting belay-no-such-program: there is no such program on PATH",
    });
  });

  test("is recorded before it does anything, and ends with its group when the run is aborted", async () => {
    const controller = new AbortController();
    const recorded: StartedProcess[] = [];
    const record = async (started: StartedProcess) => {
      recorded.push(started);
      setTimeout(() => controller.abort(new Error("SIGINT")), 50);
    };
    await expect(runCommandCheck(check("sleep 60"), context({ signal: controller.signal, record }))).rejects.toThrow("SIGINT");
    expect(recorded).toMatchObject([{ role: "check" }]);
    expect(groupLives(recorded[0]?.pid ?? 0)).toBe(false);
  });

  test("never swallows that it could not be recorded", async () => {
    await expect(runCommandCheck(check("true"), context({ record: () => Promise.reject(new Error("journal full")) }))).rejects.toThrow(
      "journal full",
    );
  });
});
