import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../../src/domain/invocation.ts";
import { availableCommands } from "../../src/command/registry.ts";
import { INPUTS, OUTPUTS } from "../../src/github/inputs.ts";

const root = join(import.meta.dirname, "../..");
const action = parse(readFileSync(join(root, "action.yml"), "utf8"), { schema: "core" });

test("action.yml and the registry have the same inputs in the same order, with the same defaults and descriptions", () => {
  const written = Object.entries<Record<string, unknown>>(action.inputs);
  expect(written.map(([name, { description, default: value = null, ...rest }]) => ({ name, description, default: value, rest }))).toEqual(
    INPUTS.map(({ name, description, default: value }) => ({ name, description, default: value, rest: { required: false } })),
  );
});

test("action.yml and the registry have the same outputs in the same order, with the same descriptions", () => {
  const written = Object.entries<Record<string, unknown>>(action.outputs);
  expect(written.map(([name, rest]) => ({ name, ...rest }))).toEqual(OUTPUTS.map((output) => ({ ...output })));
});

test("the action runs on Node 24 from dist, and looks after what a job leaves in any case", () => {
  expect(action.runs).toEqual({ using: "node24", main: "dist/index.js", post: "dist/post.js", "post-if": "always()" });
});

test("a marketplace shows the description whole", () => {
  expect(action.description.length).toBeLessThanOrEqual(125);
});

test("the description of command names every command that the action has, and no other", () => {
  const [description = ""] = INPUTS.filter(({ name }) => name === "command").map((input) => input.description);
  const named = COMMANDS.filter((name) => new RegExp(`\\b${name}\\b`).test(description));
  const there = availableCommands().map(({ name }) => name);
  expect(named.toSorted()).toEqual(there.filter((name) => name !== "init").toSorted());
});

test("every option of every command can be given by an input, but those that only a terminal or a person has", () => {
  const options = new Set(availableCommands().flatMap((command) => command.options));
  const reached = new Set<string>(INPUTS.flatMap(({ to }) => (typeof to === "object" ? [to.option] : [])));
  expect([...options].filter((option) => !reached.has(option)).toSorted()).toEqual(["tool", "without-approval"]);
});
