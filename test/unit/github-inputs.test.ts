import { describe, expect, test } from "vitest";
import { BelayError } from "../../src/domain/error.ts";
import { INPUTS } from "../../src/github/inputs.ts";
import { invocationOf } from "../../src/github/invocation.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

/** As the runner does it: what the step does not say is the default of action.yml. */
function step(given: Readonly<Record<string, string>>) {
  const defaults = new Map<string, string | null>(INPUTS.map((input) => [input.name, input.default]));
  return invocationOf((name) => given[name] ?? defaults.get(name) ?? "", Object.keys(given));
}

function refused(given: Readonly<Record<string, string>>): BelayError {
  try {
    step(given);
  } catch (thrown) {
    if (thrown instanceof BelayError) return thrown;
    throw thrown;
  }
  throw new Error("the inputs were accepted");
}

test("a step without inputs is a whole guarded run of the only environment", () => {
  expect(step({})).toEqual({
    invocation: { command: "migrate", environment: null, config: null, targets: [], options: {} },
    comment: "auto",
    token: "${{ github.token }}",
    ssh: null,
    request: null,
  });
});

test("inputs that a workflow passes on empty are not given", () => {
  const empty = Object.fromEntries(INPUTS.map(({ name }) => [name, ""]));
  expect(step(empty).invocation).toEqual({ command: "migrate", environment: null, config: null, targets: [], options: {} });
  expect(step(empty).token).toBeNull();
});

test("every input of a run arrives in the invocation", () => {
  const given = { environment: "prod", config: "deploy/belay.yml", to: "0004", backup: "B", digest: DIGEST, verify: "False", again: "why" };
  expect(step(given).invocation).toEqual({
    command: "migrate",
    environment: "prod",
    config: "deploy/belay.yml",
    targets: [],
    options: { to: "0004", backup: "B", digest: DIGEST, verify: false, again: "why" },
  });
});

test("targets are one a line or separated by commas", () => {
  expect(step({ target: "app\n  audit , tenants/one\n" }).invocation.targets).toEqual(["app", "audit", "tenants/one"]);
});

test("the backup of a restore is its argument", () => {
  const { invocation } = step({ command: "restore", backup: "20261121T001400Z-7f3a", into: "sqlite:look.db", replace: "true" });
  expect(invocation.options).toEqual({ argument: "20261121T001400Z-7f3a", into: "sqlite:look.db", replace: true });
});

test("a rollback takes its way, its hook and the loss", () => {
  const { options } = step({ command: "rollback", hook: "flags", strategy: "hook", "accept-loss": "true" }).invocation;
  expect(options).toEqual({ hook: "flags", strategy: "hook", acceptLoss: true });
});

test("what was said of how things are shown is no part of the invocation", () => {
  const { comment, token, request } = step({ comment: "Never", "github-token": "t", request: "r-1" });
  expect({ comment, token, request }).toEqual({ comment: "never", token: "t", request: "r-1" });
});

describe("refused with the way out:", () => {
  test.each([
    [{ command: "migrat" }, "unknown-command", 'there is no command "migrat"', "did you mean command: migrate?"],
    [{ command: "init" }, "command-not-here", "the command init writes files", "run `belay init` on your own machine"],
    [{ command: "rehearse" }, "not-in-this-version", "the command rehearse is not in this version", "this version has"],
    [{ verify: "maybe" }, "input-invalid", 'the input verify cannot be "maybe"', "write verify: true or verify: false"],
    [{ comment: "often" }, "input-invalid", 'the input comment cannot be "often"', "comment: always or comment: never"],
    [
      { command: "rollback", strategy: "magic" },
      "input-invalid",
      'the input strategy cannot be "magic"',
      "one of swap, restore, downgrade, hook",
    ],
    [{ command: "plan", digest: DIGEST }, "input-not-taken", "the command plan does not take the input digest", "belongs to migrate"],
    [{ command: "verify", backup: "B" }, "input-not-taken", "does not take the input backup", "belongs to migrate, rollback, restore"],
    [{ command: "plan", verify: "false" }, "input-not-taken", "does not take the input verify", "belongs to migrate"],
    [{ command: "rollback", run: "R", backup: "B" }, "inputs-exclude", "backup and run", "give one of them"],
    [{ diget: DIGEST }, "unknown-input", 'there is no input "diget"', "did you mean digest?"],
    [{ "without-approval": "because" }, "unknown-input", "not argued away", "approve the run"],
  ])("%j", (given, code, message, hint) => {
    const error = refused(given);
    expect(error).toMatchObject({ kind: "usage", code });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

test("all problems are told at once", () => {
  const error = refused({ command: "plam", verify: "maybe", diget: "y" });
  expect(error.code).toBe("inputs-invalid");
  expect(error.message.split("\n")).toEqual([
    "the step has 3 problems:",
    '- there is no input "diget"; did you mean digest?',
    '- there is no command "plam"; did you mean command: plan?',
    '- the input verify cannot be "maybe"; write verify: true or verify: false',
  ]);
});
