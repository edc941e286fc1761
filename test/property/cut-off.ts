/** Commands that are killed, and what `recover` makes of them. */

import fc from "fast-check";
import { expect } from "vitest";

import { AGAIN, command, saw, told, whole, writeMigration } from "./command.ts";
import { asText, contentOfCopy, contentOfFile, sameContent } from "./content.ts";
import type { Kind } from "./migration-kinds.ts";
import type { Model } from "./model.ts";
import type { Cut, Production } from "./production.ts";

export const recover = () =>
  command({
    name: "recover",
    act: async (model, production) => {
      if (model.cutOff === null) {
        const { status, result, stderr } = await production.belay("recover", "prod");
        expect([status, result.outcome], told(result, stderr)).toEqual([0, "up-to-date"]);
        return;
      }
      await settle(model, production);
    },
  });

/** P2. Exactly old or new, and the journal says which. */
async function settle(model: Model, production: Production): Promise<void> {
  const { cutOff } = model;
  if (cutOff === null) throw new Error("nothing was cut off");
  const crashed = production.unfinished();
  if (crashed) {
    const { status, result, stderr } = await production.belay("recover", "prod");
    expect([0, 4], told(result, stderr)).toContain(status);
  }
  expect(production.unfinished(), "a run is unfinished after recover").toBe(false);
  const now = contentOfFile(production.database);
  const isNew = cutOff.new !== null && sameContent(now, cutOff.new);
  if (!isNew) expect(asText(now), "neither old nor new").toBe(asText(cutOff.old));
  expect(succeededByJournal(production, cutOff.command, cutOff.journals), "what the journal says").toBe(isNew);
  saw(`${cutOff.command} ${crashed ? "crashed, recovered" : "ended by itself"}: ${isNew ? "new" : "old"}`);
  model.cutOff = null;
  if (!isNew) return;
  if (cutOff.command === "migrate") return model.migrated(true);
  expect(
    production.keptAside().map((file) => asText(contentOfCopy(file))),
    "the database that was kept aside",
  ).toContain(asText(cutOff.old));
  model.rolledBack();
}

function succeededByJournal(production: Production, cut: "migrate" | "rollback", known: number): boolean {
  const journals = [...production.journals().values()].slice(known);
  return journals.some((entries) => {
    const ended = entries.findLast((entry) => entry.type === "ended");
    if (cut === "migrate") return ended?.outcome === "migrated";
    return entries.some((entry) => entry.type === "rolled-back");
  });
}

/** Whatever comes of it: it may have ended before, be cut off, or have undone itself as only its helper was killed. */
export const cutOff = (which: "migrate" | "rollback", kind: Kind, cut: Cut) =>
  command({
    name: `${which === "migrate" ? `migrate what ${kind}` : which}, killed ${cut.at === "time" ? `after ${cut.ms} ms` : `at sync ${cut.nth}`}`,
    when: (model) => whole(model) && (which === "migrate" || model.runs.length > 0),
    act: async (model, production) => {
      if (which === "migrate") writeMigration(model, production, kind);
      const args = which === "migrate" ? ["migrate", "prod", ...AGAIN] : ["rollback", "prod", "--accept-loss"];
      const known = production.journals().size;
      const next = which === "rollback" ? model.beforeLastRun() : model.willSucceed() ? model.afterMigrating() : null;
      model.cutOff = { command: which, old: model.content(), new: next, journals: known };
      await production.cutOff(args, cut);
      if (!production.unfinished()) await settle(model, production);
    },
  });

export const cuts: fc.Arbitrary<Cut> = fc.oneof(
  fc.record({ at: fc.constant("sync" as const), nth: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ at: fc.constant("time" as const), ms: fc.integer({ min: 50, max: 1200 }) }),
);
