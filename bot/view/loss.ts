/** What a rollback would lose, as it is approved: rendered from the fields that its digest binds, and from nothing else. */

import type { BoundRollback } from "../../src/domain/bound-fields.ts";
import type { LaterWrites } from "../../src/domain/result.ts";
import { cellCode, code } from "../../src/report/markdown/escape.ts";

const MOST_ROWS = 100;

export function lossMarkdown({ to, targets }: BoundRollback, digest: string): string {
  return [
    ...targets.map((target) => targetText(target, to, targets.length > 1)),
    "Approving it accepts this loss, and that of what is written until the application stops. The whole database as it is now is kept aside.",
    `Plan ${code(digest)}`,
  ].join("\n\n");
}

function targetText({ name, identity, run, laterWrites }: BoundRollback["targets"][number], to: string | null, several: boolean): string {
  const place = code(identity, 200);
  const what = to === null ? `${place} goes back to before run ${code(run ?? "")}` : `${place} goes down to ${code(to)}`;
  return [...(several ? [`Target ${code(name)}`, ""] : []), `${what}.`, "", ...lossLines(laterWrites)].join("\n");
}

function lossLines(writes: readonly LaterWrites[]): readonly string[] {
  if (writes.length === 0) return ["**Nothing was written since:** nothing is lost."];
  if (writes.some(({ table }) => table === "*")) return ["⚠️ **How much was written since is not known:** all of it is lost."];
  const rows = writes
    .slice(0, MOST_ROWS)
    .map(({ table, written, gone }) => `| ${cellCode(table)} | ${number(written)} | ${number(gone)} |`);
  const rest = writes.length - MOST_ROWS;
  return [
    "⚠️ **It loses what was written since:**",
    "",
    "| table | rows written | rows gone |",
    "| --- | ---: | ---: |",
    ...rows,
    ...(rest > 0 ? [`| and ${rest} more | | |`] : []),
  ];
}

function number(count: number | null): string {
  return count === null ? "unknown" : String(count);
}
