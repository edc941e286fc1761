/** What is to be known at first glance, as a list: why, what went another way, what could not be proven, what was kept. */

import type { Reason } from "../../domain/error.ts";
import type { Result } from "../../domain/result.ts";
import { type FactLabel, runFacts } from "../run-facts.ts";
import { safeLines } from "../safe-text.ts";
import type { MarkdownContext } from "./context.ts";
import { code, link, prose } from "./escape.ts";
import { fileUrl } from "./github-url.ts";

const MOST_TEXTS = 20;

export interface FactsLimits {
  /** Characters of one text. */
  readonly text: number;
  /** Texts under one label. */
  readonly texts: number;
}

export const WHOLE_FACTS: FactsLimits = { text: 4_000, texts: MOST_TEXTS };
export const BRIEF_FACTS: FactsLimits = { text: 300, texts: 4 };

/** `skip`: what stands elsewhere in the same report. */
export function factsList(result: Result, context: MarkdownContext, limits: FactsLimits, skip: readonly FactLabel[]): string {
  const facts = result.outcome === "planned" ? [] : runFacts(result).filter(({ label }) => !skip.includes(label) && label !== "Why");
  return [
    ...why(result, context, limits),
    ...facts.flatMap(({ label, texts, warns }) =>
      items(
        `${warns ? "⚠️ " : ""}**${label}:**`,
        texts.map((text) => prose(text, limits.text)),
        limits,
      ),
    ),
    ...(result.approval?.notes ?? []).slice(0, limits.texts).map((note) => `- **Approval:** ${prose(note, limits.text)}`),
  ].join("\n");
}

/** Reasons, each with its place; hints stand at the end of the report, as what to do next. */
function why(result: Result, context: MarkdownContext, limits: FactsLimits): string[] {
  const { outcome, reasons } = result;
  const told = runFacts(result).some(({ label }) => label === "Why") || outcome === "planned";
  return told
    ? items(
        "**Why:**",
        reasons.map((reason) => reasonText(reason, context, limits)),
        limits,
      )
    : [];
}

function reasonText({ code: id, message, file, line }: Reason, context: MarkdownContext, limits: FactsLimits): string {
  const url = fileUrl(context, file ?? null);
  const anchor = url === null || line === undefined ? url : `${url}#L${line}`;
  const place = file === undefined ? "" : ` — ${link(code(line === undefined ? file : `${file}:${line}`), anchor)}`;
  const [first = "", ...more] = safeLines(message.trim());
  const shown = code(more.join(" "), limits.text);
  return `${prose(first, limits.text)}${shown === "" ? "" : ` ${shown}`}${place} (${code(id)})`;
}

function items(label: string, texts: readonly string[], limits: FactsLimits): string[] {
  const rest = texts.length - limits.texts;
  return [...texts.slice(0, limits.texts).map((text) => `- ${label} ${text}`), ...(rest > 0 ? [`- ${label} and ${rest} more`] : [])];
}
