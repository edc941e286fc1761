/** The last line: what to do now, at the server and from GitHub. */

import type { Result } from "../../domain/result.ts";
import { afterMerge, commandFor } from "../page.ts";
import { runFacts } from "../run-facts.ts";
import { safeLine } from "../safe-text.ts";
import { afterStatus } from "../status.ts";
import type { MarkdownContext } from "./context.ts";
import { code, link, prose } from "./escape.ts";
import { runUrl, workflowUrl } from "./github-url.ts";

/** Commands that a workflow offers. */
const IN_WORKFLOWS = ["migrate", "plan", "verify", "backup", "rollback", "recover"];
/** `belay rollback prod --backup 20261121T001400Z-7f3a`, as it stands between backticks in every message. */
const COMMAND = /`belay (?<command>[a-z]+)[^`]*`/gu;
const OPTION = / --(?<name>[a-z-]+)(?: (?<value>[\w:.-]+))?(?=[ `])/gu;
const MOST_TEXTS = 6;
const MOST_COMMANDS = 3;
const MOST_OPTIONS = 6;
const TEXT_LIMIT = 600;

/** Always says something; one line, or a line and a list. */
export function nextLine(result: Result, context: MarkdownContext): string {
  const texts = nextTexts(result, context)
    .slice(0, MOST_TEXTS)
    .map((text) => safeLine(text, TEXT_LIMIT));
  const github = context.inChat === true ? inChat(texts, result) : fromGitHub(texts, result, context);
  const shown = texts.map((text) => sentence(prose(text)));
  const label = result.outcome === "needs-attention" ? "**By hand:**" : "**Next:**";
  const last = github === "" ? [] : [`${context.inChat === true ? "Here" : "From GitHub"}: ${github}.`];
  if (shown.length === 1) return [label, ...shown, ...last].join(" ");
  return [label, "", ...[...shown, ...last].map((text, at) => `${at + 1}. ${text}`)].join("\n");
}

function sentence(text: string): string {
  return /[.!?…:]$/u.test(text) ? text : `${text}.`;
}

function nextTexts(result: Result, context: MarkdownContext): readonly string[] {
  if (result.welcome !== undefined) return [afterMerge(result)];
  const toldByStatus = result.command === "status" ? afterStatus(result) : "";
  if (toldByStatus !== "") return [toldByStatus];
  if (result.outcome === "planned") return afterPlan(result, context);
  const facts = runFacts(result).filter(({ label }) => label === "Next" || label === "By hand");
  const texts = [...facts.flatMap((fact) => fact.texts), ...(result.next ?? [])];
  return texts.length > 0 ? texts : [`nothing has to be done; ${commandFor(result, "status")} shows where it stands.`];
}

function afterPlan(result: Result, context: MarkdownContext): readonly string[] {
  if (result.reasons.length > 0) {
    const hints = [...new Set(result.reasons.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))];
    return [...hints, `then ${commandFor(result, "plan")} again`];
  }
  if (result.targets.every(({ pending }) => pending.length === 0)) return ["nothing has to be done: nothing is pending."];
  const digest = result.digest === null ? [] : ["--digest", result.digest];
  const migrate = commandFor(result, "migrate", ...digest);
  const waits = context.requirements.some(({ met }) => !met);
  return [
    waits ? `once the boxes above hold, ${migrate} runs exactly this plan, or refuses.` : `${migrate} runs exactly this plan, or refuses.`,
  ];
}

function commandsIn(texts: readonly string[]) {
  return texts
    .flatMap((text) => Array.from(text.matchAll(COMMAND), ({ 0: whole, groups }) => ({ whole, command: groups?.["command"] ?? "" })))
    .filter(({ command }) => IN_WORKFLOWS.includes(command));
}

/** The same commands as a bot obeys them. */
function inChat(texts: readonly string[], { environment: name }: Result): string {
  if (name === null) return "";
  const lines = commandsIn(texts).map(({ command }) => code(`/${command} ${name}`));
  return [...new Set(lines)].slice(0, MOST_COMMANDS).join(", ");
}

/** The same commands as inputs of the workflow, and the page where it is started. */
function fromGitHub(texts: readonly string[], result: Result, context: MarkdownContext): string {
  const url = workflowUrl(context);
  const inputs = commandsIn(texts).map(({ whole, command }) =>
    [`command: ${command}`, ...environment(result), ...options(whole)].map((input) => code(input)).join(", "),
  );
  const offered = [...new Set(inputs)].slice(0, MOST_COMMANDS);
  const run = runUrl(context);
  if (offered.length === 0) return "";
  const how = url === null ? "the action with" : `${link("start the workflow", url)} with`;
  const approve = result.outcome === "planned" && context.requirements.some(({ met }) => !met) && run !== null;
  return approve ? `approve it in ${link("this workflow run", run)}` : `${how} ${offered.join("; or with ")}`;
}

function environment(result: Result): readonly string[] {
  return result.environment === null ? [] : [`environment: ${result.environment}`];
}

function options(command: string): readonly string[] {
  const inputs = Array.from(command.matchAll(OPTION), ({ groups }) => `${groups?.["name"] ?? ""}: ${groups?.["value"] ?? "true"}`);
  return inputs.slice(0, MOST_OPTIONS);
}
