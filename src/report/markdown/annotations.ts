/** What GitHub shows beside the code and on the page of the run: as many as it takes, the gravest first. */

import type { CheckResult, Result } from "../../domain/result.ts";
import { safeLine, safeLines } from "../safe-text.ts";
import { endedWell } from "../verdict.ts";
import type { MarkdownContext } from "./context.ts";
import { repositoryPath } from "./github-url.ts";

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** One line. */
  readonly title: string;
  /** Several lines; plain text. */
  readonly message: string;
  /** From the root of the repository. */
  readonly file?: string;
  /** Counted from 1; only together with a file. */
  readonly line?: number;
}

/** GitHub shows so many of each level for a step, and drops the rest in silence. */
const MOST = 10;
const TITLE_LIMIT = 120;
const LINE_LIMIT = 500;
const MESSAGE_LINES = 20;

/** At most ten of each level; where there were more, the last one says so. */
export function annotationsOf(result: Result, context: Pick<MarkdownContext, "directory">): Annotation[] {
  const all = [...reasons(result, context), ...checks(result), ...unproven(result), ...policy(result)];
  return (["error", "warning", "notice"] as const).flatMap((level) => shown(all.filter((each) => each.level === level)));
}

function shown(all: readonly Annotation[]): readonly Annotation[] {
  if (all.length <= MOST) return all;
  const [level, rest] = [all[0]?.level ?? "notice", all.length - MOST + 1];
  return [...all.slice(0, MOST - 1), { level, title: `${rest} more`, message: "The job summary and the report have all of them." }];
}

/** A plan that would be refused is no error: it was shown, as it was asked for. */
function reasons({ reasons: all, outcome, environment }: Result, context: Pick<MarkdownContext, "directory">): Annotation[] {
  const level = outcome === "planned" ? "warning" : endedWell(outcome) ? "notice" : "error";
  return all.map(({ code, message, hint, file, line }) => {
    const path = file === undefined ? null : repositoryPath(context, safeLine(file));
    const text = hint === undefined ? message : `${message}\n${hint}`;
    return {
      ...annotation(level, `Belay${environment === null ? "" : ` ${environment}`}: ${code}`, text),
      ...(path === null ? {} : { file: path }),
      ...(path === null || line === undefined ? {} : { line }),
    };
  });
}

/** A check that stopped the run is one of its reasons already. */
function checks({ targets, reasons: told }: Result): Annotation[] {
  const known = (name: string) => told.some(({ message }) => message.startsWith(name));
  return targets.flatMap((target) =>
    target.checks
      .filter(({ passed, warned, name }) => !passed && (warned === true || !known(name)))
      .map((check) => annotation(check.warned === true ? "warning" : "error", `Belay check: ${check.name}`, checkText(check, target.name))),
  );
}

function checkText({ expected, actual, explanation = [] }: CheckResult, target: string): string {
  return [`${target}: expected ${expected ?? "a result"}, got ${actual}`, ...explanation].join("\n");
}

function unproven({ targets, outcome }: Result): Annotation[] {
  if (!endedWell(outcome)) return [];
  return targets.flatMap(({ name, data, disturbance }) => {
    const why = data === null ? disturbance : data.proven ? undefined : (data.why ?? "it could not be compared");
    return why === undefined ? [] : [annotation("warning", "Belay: what happened to the rows is not proven", `${name}: ${why}`)];
  });
}

function policy({ policy: origin }: Result): Annotation[] {
  if (origin === undefined || origin.difference.length === 0) return [];
  return [
    annotation(
      "notice",
      `Belay: this commit changes ${origin.path}`,
      `It has no effect here: ${origin.branch} decides. The summary shows the difference.`,
    ),
  ];
}

function annotation(level: Annotation["level"], title: string, message: string): Annotation {
  const lines = safeLines(message.trim()).map((line) => (line.length > LINE_LIMIT ? safeLine(line, LINE_LIMIT) : line));
  const cut = lines.length > MESSAGE_LINES ? [...lines.slice(0, MESSAGE_LINES), "…"] : lines;
  return { level, title: safeLine(title, TITLE_LIMIT), message: cut.join("\n") };
}
