/** A plan as it is approved: rendered from the fields that its digest binds, and from nothing else, so that no job can show another. */

import type { BoundFields } from "../../src/domain/bound-fields.ts";
import { cellCode, code, link } from "../../src/report/markdown/escape.ts";
import { counted } from "../../src/domain/words.ts";

const MOST_ROWS = 100;

/** `commit`: address of the tree at the commit, that files are linked to; null: none. */
export function planMarkdown(fields: BoundFields, digest: string, commit: string | null): string {
  return [
    ...fields.targets.map((target) => targetText(target, fields.targets.length > 1)),
    ...(commit === null
      ? []
      : [`The files are those of ${link("this commit", commit)}, and hash as shown: the run compares them again before it applies them.`]),
    `Plan ${code(digest)}, by ${code(fields.tool.name)}`,
  ].join("\n\n");
}

function targetText({ name, identity, pending, findings }: BoundFields["targets"][number], several: boolean): string {
  const title = several ? [`Target ${code(name)}`, ""] : [];
  const rows = pending
    .slice(0, MOST_ROWS)
    .map(({ id, sha256 }) => `| ${cellCode(id)} | ${sha256 === null ? "" : cellCode(sha256.slice(0, 16))} |`);
  const rest = pending.length - MOST_ROWS;
  return [
    ...title,
    `${counted(pending.length, "migration")} pending in ${code(identity, 200)}`,
    "",
    ...(rows.length === 0
      ? []
      : ["| migration | SHA-256 begins |", "| --- | --- |", ...rows, ...(rest > 0 ? [`| and ${rest} more | |`] : [])]),
    ...findings.slice(0, MOST_ROWS).map(({ id, place }) => `\n- ⚠️ ${code(id)} at ${code(place)}`),
  ].join("\n");
}
