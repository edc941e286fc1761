/** What holds after every command, whatever came before it. */

import { expect } from "vitest";

import { asText, contentOfCopy, contentOfFile } from "./content.ts";
import type { Model } from "./model.ts";
import type { Production } from "./production.ts";

export function assertInvariants(model: Model, production: Production): void {
  assertBackupBeforeMigration(production);
  assertBackupsHoldWhatWasThere(model, production);
  if (model.cutOff !== null) return;
  expect(asText(contentOfFile(production.database)), "the data").toBe(asText(model.content()));
  expect(production.history(), "the history").toEqual(model.applied);
  expect(production.unfinished(), "a run is unfinished").toBe(false);
}

/** P1. No run entered the phase in which migrations start before its backup was recorded as proven. */
function assertBackupBeforeMigration(production: Production): void {
  for (const [run, entries] of production.journals()) {
    const migrating = entries.findIndex((entry) => entry.type === "phase" && entry.phase === "migrating");
    const backup = entries.findIndex((entry) => entry.type === "backup");
    if (migrating >= 0) expect(backup >= 0 && backup < migrating, `run ${run} migrated behind a proven backup`).toBe(true);
  }
}

/** A backup is of the moment in which it was taken, for ever: each is compared when it appears, and again as long as it is there. */
function assertBackupsHoldWhatWasThere(model: Model, production: Production): void {
  const ids = production.backupIds();
  for (const id of ids) {
    const wanted = model.backups.get(id) ?? model.atStart;
    model.backups.set(id, wanted);
    expect(asText(contentOfCopy(production.backupFile(id))), `backup ${id}`).toBe(asText(wanted));
  }
  if (model.backups.size > 0) expect(ids.length, "backups").toBeGreaterThan(0);
}
