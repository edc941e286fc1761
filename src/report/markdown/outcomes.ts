/** Where a run had several databases: what became of each. */

import type { Result, TargetResult } from "../../domain/result.ts";
import { count, counted, firstOf } from "../../domain/words.ts";
import { describeLoss } from "../changes.ts";
import { endedWell } from "../verdict.ts";
import { cellCode } from "./escape.ts";

const MOST_ROWS = 200;
const NAMES = 6;

export function outcomesTable({ targets, outcome }: Result): string {
  if (targets.length < 2) return "";
  const row = outcome === "planned" ? plannedRow : ranRow;
  const rows = targets.slice(0, MOST_ROWS).map((target) => `| ${row(target).join(" | ")} |`);
  const rest = targets.length - MOST_ROWS;
  return [
    outcome === "planned" ? "| | database | pending | |" : "| | database | outcome | |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(rest > 0 ? [`| | and ${count(rest)} more | | |`] : []),
  ].join("\n");
}

function plannedRow({ name, pending }: TargetResult): readonly string[] {
  const names = firstOf(
    pending.slice(0, NAMES + 1).map(({ id }) => cellCode(id)),
    NAMES,
  );
  return [pending.length === 0 ? "✅" : "📋", cellCode(name), pending.length === 0 ? "nothing" : count(pending.length), names];
}

function ranRow({ name, outcome, applied, data }: TargetResult): readonly string[] {
  const told = [
    outcome === "migrated" && applied.length > 0 ? counted(applied.length, "migration") : "",
    endedWell(outcome) && data !== null && data.proven ? describeLoss([data]) : "",
  ].filter((text) => text !== "");
  return [endedWell(outcome) ? "✅" : "❌", cellCode(name), outcome, told.join("; ")];
}
