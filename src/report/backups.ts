import type { BackupListing, Result } from "../domain/result.ts";
import { indented } from "./page.ts";
import { describeProof } from "./run-facts.ts";
import { safeLine } from "./safe-text.ts";
import { mark, paint, type Style } from "./style.ts";
import { counted, moment, size } from "../domain/words.ts";

/** Newest first, as they come; how to restore the newest good one of each target without Belay stands below it. */
export function backupsReport(result: Result, style: Style): string[] {
  const backups = result.backups ?? [];
  if (backups.length === 0) return ["No backup yet."];
  const told = new Set<string>();
  return backups.flatMap((backup) => {
    const first = backup.damage === undefined && !told.has(backup.target);
    if (first) told.add(backup.target);
    return backupLines(backup, first, result.environment, style);
  });
}

function backupLines(backup: BackupListing, withRestore: boolean, environment: string | null, style: Style): string[] {
  const id = safeLine(backup.id);
  const facts = [moment(backup.takenAt), size(backup.sizeBytes), counted(backup.rows, "row"), describeProof(backup.proof)].join("  ");
  return [
    `${mark(style, backup.damage === undefined ? "done" : "failed")} ${paint(style, "bold", id)}  ${safeLine(backup.target, 60)}  ${facts}`,
    ...indented(style, 4, safeLine(backup.location)),
    ...(backup.damage === undefined ? [] : indented(style, 4, `damaged, do not rely on it: ${safeLine(backup.damage, 300)}`)),
    ...(withRestore ? restoreLines(backup, environment, style) : []),
  ];
}

function restoreLines(backup: BackupListing, environment: string | null, style: Style): string[] {
  const where = environment === null ? "" : ` ${safeLine(environment, 60)}`;
  return [
    ...indented(style, 4, `put back: \`belay rollback${where} --backup ${safeLine(backup.id)}\``),
    ...(backup.restore.length === 0
      ? []
      : [paint(style, "dim", "    without Belay, in its folder:"), ...backup.restore.map((line) => `      ${safeLine(line)}`)]),
  ];
}
