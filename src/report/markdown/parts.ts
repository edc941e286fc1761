/** The parts that summary and comment are made of, each with its title; they differ in how they frame them. */

import type { Result, TargetResult } from "../../domain/result.ts";
import { firstOf, size } from "../../domain/words.ts";
import { commandFor } from "../page.ts";
import { describeProof, wentBack } from "../run-facts.ts";
import { checksTable, dataTable, schemaDiff } from "./changes.ts";
import type { MarkdownContext } from "./context.ts";
import { code, prose } from "./escape.ts";
import { findingItems } from "./migrations.ts";
import { policyText } from "./trust.ts";

export interface Part {
  readonly title: string;
  /** null: it belongs to all of them, or there is only one. */
  readonly target: string | null;
  /** Markdown; empty where there is nothing to show. */
  readonly text: string;
  /** What is worth least goes first where GitHub takes no more. */
  readonly worth: number;
}

const MOST_ITEMS = 100;
const NAMES = 12;

/** What a run did to every target, and how to put it back. */
export function targetParts(result: Result): Part[] {
  return result.targets.flatMap((target) => {
    const name = result.targets.length > 1 ? target.name : null;
    const there = wentBack(result) ? ", as tried; it was taken back" : "";
    return [
      { title: "Checks", target: name, text: checksTable(target.checks), worth: 7 },
      { title: `Data${there}`, target: name, text: target.data === null ? "" : dataTable(target.data), worth: 6 },
      { title: `Schema${there}`, target: name, text: target.schema === null ? "" : schemaDiff(target.schema), worth: 5 },
      { title: "Backup and how to restore it", target: name, text: restoreText(result, target), worth: 8 },
    ];
  });
}

export function policyParts({ policy }: Result, context: MarkdownContext): Part[] {
  return policy === undefined ? [] : [{ title: "Policy", target: null, text: policyText(policy, context), worth: 3 }];
}

/** Boxes for people, in a report of a run that ended well. */
export function checklistText({ checklist = [] }: Result): string {
  return checklist
    .slice(0, MOST_ITEMS)
    .map((item) => `- [ ] ${prose(item)}`)
    .join("\n");
}

/** What a plan foresees beyond its migrations. */
export function foreseen(result: Result): string {
  const several = result.targets.length > 1;
  return result.targets
    .slice(0, MOST_ITEMS)
    .flatMap((target) => {
      const { name, planned, pending, appliedWithoutFile = [], notes = [] } = target;
      const of = several ? ` of ${code(name)}` : "";
      const files = firstOf(
        appliedWithoutFile.map((id) => code(id)),
        NAMES,
      );
      return [
        ...findingItems(target),
        ...(planned === undefined || pending.length === 0
          ? []
          : [`- **Rollback${of}:** ${planned.rollback.strategy}: ${prose(planned.rollback.why)}`]),
        ...(planned?.unprovable ?? []).map((text) => `- ⚠️ **Unproven${of}:** ${prose(text)}`),
        ...(files === "" ? [] : [`- ⚠️ **No file${of}:** applied, but without a file any more: ${files}`]),
        ...notes.map((note) => `- **Note${of}:** ${prose(note)}`),
      ];
    })
    .join("\n");
}

function restoreText(result: Result, { backup }: TargetResult): string {
  if (backup === null) return "";
  return [
    `- ${code(backup.id)}, ${size(backup.sizeBytes)}, ${describeProof(backup.proof)}`,
    `- in ${code(backup.location, 1_000)}, its manifest has SHA-256 ${code(backup.sha256)}`,
    `- ${prose(commandFor(result, "rollback", "--backup", backup.id))} puts it back and compares; later writes are counted first`,
    "- without Belay: the commands under `restore` in its `manifest.json`, run in its folder",
  ].join("\n");
}
