/** What people look at after a step: outputs, report, summary, annotations, comment. Nothing that goes wrong here changes how the step ended. */

import { writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { BelayError } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import { environmentHash } from "../github/comment.ts";
import type { GitHubContext } from "../github/context.ts";
import type { CommentMode } from "../github/inputs.ts";
import type { Runner } from "../github/runner.ts";
import { resultJson } from "../report/json.ts";
import { annotationsOf } from "../report/markdown/annotations.ts";
import type { MarkdownContext } from "../report/markdown/context.ts";
import { fenced } from "../report/markdown/escape.ts";
import { summaryMarkdown } from "../report/markdown/summary.ts";
import { outputsOf } from "../report/markdown/outputs.ts";
import { safeLine, safeLines } from "../report/safe-text.ts";
import { usageReport } from "../report/usage.ts";
import { attempt } from "./attempt.ts";
import { LOG_STYLE } from "./log-style.ts";

/** What is known of the job; the job null where its surroundings could not be read. */
export interface Showing {
  readonly runner: Runner;
  readonly context: GitHubContext;
  readonly cwd: string;
}

/** Writes report, outputs, annotations and summary. Gives the context for a comment about the same. */
export async function showResult({ runner, context }: Showing, result: Result): Promise<MarkdownContext> {
  const report = await attempt(runner, "the report", () => writeReport(context, result));
  const shown = markdownContext(context, result, report);
  for (const [name, value] of Object.entries({ ...outputsOf(result), report: report ?? "" })) {
    await attempt(runner, `the output ${name}`, () => runner.output(outputName(name), String(value)));
  }
  for (const annotation of annotationsOf(result, shown)) runner.annotate(annotation);
  await attempt(runner, "the job summary", () => runner.appendSummary(summaryMarkdown(result, shown)));
  return shown;
}

/** What is wrong with the step or belay.yml: there was no run. */
export async function showUsageError(runner: Runner, error: BelayError): Promise<void> {
  const text = usageReport(error, LOG_STYLE);
  runner.print(text);
  const problems = placesOf(error);
  const [first = ""] = error.message.split("\n");
  if (problems.length === 0)
    runner.annotate({ level: "error", title: "Belay: nothing was done", message: harmless(`${first}\n${error.hint ?? ""}`) });
  for (const { file, line, message } of problems.slice(0, MOST_ANNOTATIONS)) {
    runner.annotate({ level: "error", title: `Belay: ${safeLine(file)}`, message: harmless(message), file: safeLine(file), line });
  }
  await attempt(runner, "the job summary", () => runner.appendSummary(`### 🧗 Belay · nothing was done\n\n${fenced("text", text)}\n`));
}

/** Belay's own words and what they quote. */
function harmless(message: string): string {
  return safeLines(message.trim())
    .map((line) => safeLine(line, ANNOTATION_LINE_LIMIT))
    .join("\n");
}

const ANNOTATION_LINE_LIMIT = 500;

/** GitHub shows so many of a level for one step. */
const MOST_ANNOTATIONS = 10;

/** Problems of belay.yml, each with its line. */
function placesOf({ facts }: BelayError): readonly { readonly file: string; readonly line: number; readonly message: string }[] {
  const { problems } = facts;
  if (!Array.isArray(problems)) return [];
  return problems.flatMap((problem: unknown) => {
    const { file, line, message, hint } = Object(problem);
    if (typeof file !== "string" || typeof line !== "number" || typeof message !== "string") return [];
    return [{ file, line, message: typeof hint === "string" ? `${message}\n${hint}` : message }];
  });
}

/** Commands after which a pull request has something to read. */
const TOLD: readonly string[] = ["plan", "migrate", "rollback", "recover", "verify", "restore"];

/** Whether the pull request is told: always, never, or where something was planned, changed or refused. */
export function isTold(mode: CommentMode, { command, outcome, targets, welcome }: Result): boolean {
  if (mode !== "auto") return mode === "always";
  if (!TOLD.includes(command)) return false;
  const nothing = outcome === "up-to-date" || (outcome === "planned" && targets.every(({ pending }) => pending.length === 0));
  return !nothing || welcome !== undefined;
}

async function writeReport({ tempDirectory, runId, job }: GitHubContext, result: Result): Promise<string> {
  const name = [result.command, result.environment ?? "all", result.run ?? `${runId}-${job}-${Date.parse(result.startedAt)}`].join("-");
  const path = join(tempDirectory, `belay-${name.replace(/[^\w.-]+/g, "_").slice(0, 150)}.json`);
  await writeFile(path, resultJson(result));
  return path;
}

function markdownContext(context: GitHubContext, result: Result, reportPath: string | null): MarkdownContext {
  const { serverUrl, repository, runId, workflowRef } = context;
  const name = `${repository.owner}/${repository.name}`;
  const folder = posix.dirname(result.policy?.path ?? "belay.yml");
  return {
    serverUrl,
    repository: name,
    sha: context.pullRequest?.headSha ?? context.sha,
    runUrl: `${serverUrl}/${name}/actions/runs/${runId}`,
    workflow: context.eventName === "workflow_dispatch" ? (/\/\.github\/workflows\/([^@]+)@/.exec(workflowRef)?.[1] ?? null) : null,
    actor: context.triggeringActor,
    environmentHash: environmentHash(result.environment ?? ""),
    directory: folder === "." || folder === ".github" ? "" : folder,
    reportPath,
    requirements: result.requirements ?? [],
  };
}

type OutputName = Parameters<Runner["output"]>[0];

function outputName(name: string): OutputName {
  const known: readonly OutputName[] = ["outcome", "run", "digest", "backup", "pending", "applied", "report", "matrix"];
  const found = known.find((each) => each === name);
  if (found === undefined) throw new RangeError(`there is no output ${name}`);
  return found;
}
