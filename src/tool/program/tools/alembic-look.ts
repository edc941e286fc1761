/** What Alembic and Flask-Migrate have in common: one history of files, one record in the database. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Applied, Asking, Files, Known, Place } from "../definition.ts";
import { localFile } from "../local-file.ts";
import { parseHistory, upTo, type Revision } from "./alembic-history.ts";
import { readVersionTable } from "./alembic-record.ts";

/** `printed`: by the tool's command for its history, verbose. */
export async function revisionFiles(place: Place, printed: string): Promise<Files> {
  const revisions = parseHistory(printed);
  return { known: await Promise.all(revisions.map((revision) => knownOf(place, revision))), obstacles: headObstacles(revisions) };
}

async function knownOf(place: Place, { id, after, joins, path }: Revision): Promise<Known> {
  const file = path === null ? null : await localFile(place, path);
  const text = file === null ? null : await readFile(join(place.root, file), "utf8");
  return { id, files: file === null ? [] : [file], oneWay: joins ? "it joins branches" : oneWayOf(text), sql: null, after };
}

const DOWNGRADE = /^(?:async )?def downgrade\b[^\n]*:[ \t]*(.*(?:\r?\n(?:[ \t]+.*|[ \t]*(?:#.*)?))*)/m;

/** A `downgrade()` that does nothing takes nothing back, however well it ends; null: it does something, or nobody knows. */
function oneWayOf(text: string | null): string | null {
  if (text === null) return null;
  const body = DOWNGRADE.exec(text)?.[1];
  if (body === undefined) return "it has no downgrade()";
  const statements = body
    .replace(/"""[^]*?"""|'''[^]*?'''/g, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  if (statements.every((line) => line === "pass" || line === "..." || line === "return")) return "its downgrade() does nothing";
  return statements[0]?.startsWith("raise") === true ? "its downgrade() refuses" : null;
}

function headObstacles(revisions: readonly Revision[]): readonly Reason[] {
  const heads = revisions.filter(({ isHead }) => isHead).map(({ id }) => id);
  if (heads.length < 2) return [];
  return [
    {
      code: "several-heads",
      message: `the migrations have ${heads.length} ends (${heads.join(", ")}): which comes first is not decided`,
      hint: `join them in a revision of its own: alembic merge -m "…" ${heads.join(" ")}`,
    },
  ];
}

/** By the record in the database, which is what Alembic goes by, too. */
export async function appliedRevisions({ session }: Asking, { known }: Files): Promise<Applied> {
  const record = await readVersionTable(session);
  if ("obstacle" in record) return { ids: [], obstacles: [record.obstacle] };
  const lost = record.heads.filter((head) => !known.some(({ id }) => id === head));
  return { ids: [...upTo(asRevisions(known), record.heads), ...lost], obstacles: lost.map(missing) };
}

function asRevisions(known: readonly Known[]): readonly Revision[] {
  return known.map(({ id, after = [] }) => ({ id, after, joins: false, isHead: false, path: null }));
}

function missing(id: string): Reason {
  return {
    code: "migration-missing",
    message: `the database stands at revision ${id}, which no file here has`,
    hint: "bring the file back, or deploy the commit that has it; alembic cannot go on from a revision that it does not know",
  };
}

/** `printed`: by the tool's command for where the database stands. */
export function seenRevisions(printed: string, { known }: Files): readonly string[] {
  const ids = new Set(known.map(({ id }) => id));
  const heads = printed.split(/\r?\n/).flatMap((line) => /^(\S+)(?: \([a-z ]+\))*$/.exec(line)?.[1] ?? []);
  return upTo(
    asRevisions(known),
    heads.filter((head) => ids.has(head)),
  );
}

/** The revision to go down to. */
export function below({ after = [] }: Known): string {
  return after[0] ?? "base";
}
