/** The commands that change a target, a store or a file. */

import { ATTENTION, type AvailableCommand, DEFECT, INTERRUPTED, USAGE } from "./spec.ts";

export const migrate: AvailableCommand = {
  name: "migrate",
  available: true,
  summary: "the guarded run",
  about: [
    "Stops the application, backs the database up and proves the backup, migrates, verifies, starts the application and looks at its health. When anything is wrong, the database is put back exactly as it was, and the previous version runs again.",
    "With nothing pending it does nothing: no stop, no backup.",
  ],
  options: ["to", "backup", "new", "no-verify", "digest", "again", "without-approval"],
  meanings: { backup: "rely on this backup, already taken and proven, not on a new one" },
  laterOptions: [],
  exits: [
    [0, "migrated, or nothing was pending"],
    DEFECT,
    USAGE,
    [3, "refused: nothing was changed, or the application runs again as before"],
    [4, "failed and undone: the database is as it was, proven"],
    ATTENTION,
    INTERRUPTED,
  ],
  examples: [
    { command: "belay migrate", does: "the only environment of belay.yml" },
    { command: "belay migrate prod --digest sha256:91ab…", does: "only the plan that was read" },
    { command: "belay migrate prod --to 0004_columns", does: "this migration and those before it" },
    { command: "belay migrate prod --new demo", does: "a new tenant, migrated or not there at all" },
    { command: "belay migrate prod --no-verify", does: "`belay verify prod` judges later" },
    { command: 'belay migrate prod --again "the disk was full"', does: "once more, after the cause is mended" },
  ],
};

export const backup: AvailableCommand = {
  name: "backup",
  available: true,
  summary: "take and prove a backup",
  about: [
    "Takes a backup of each target as it is now, while the application runs, restores it beside the target and compares the two. `belay migrate --backup` can rely on it, `belay rollback --backup` and `belay restore` put it back, and its manifest says how to do that without Belay.",
  ],
  options: [],
  laterOptions: [],
  exits: [
    [0, "backed up and proven"],
    DEFECT,
    USAGE,
    [3, "refused or not proven: what was written to the store is removed again"],
    [4, "interrupted: what was written to the store is removed again"],
    ATTENTION,
    INTERRUPTED,
  ],
  examples: [
    { command: "belay backup prod", does: "now, without stopping anything" },
    { command: "belay backup prod --json | jq -r '.targets[].backup.id'", does: "its id, for `belay migrate --backup`" },
  ],
};

export const rollback: AvailableCommand = {
  name: "rollback",
  available: true,
  summary: "data back to before a run",
  about: [
    "Takes the data back to before the last run that applied something, and keeps the present database aside. It deploys no older code.",
    "Writes since that run are counted per table; where there are any, it refuses without --accept-loss. Afterwards the database is compared with the before-state.",
    "Belay chooses the way that loses least: `swap` puts the copy from before in place, `restore` the backup. By name only: `downgrade` runs the down scripts of the migrations and keeps later writes, after a backup and a count of what it drops; `hook` runs what `rollback.hooks` of belay.yml holds, and leaves the database as it is otherwise.",
  ],
  options: ["run", "backup", "to", "strategy", "hook", "accept-loss", "without-approval"],
  meanings: {
    run: "take back this run, not the last one that applied something",
    backup: "put back this backup",
    to: "downgrade to this migration: it stays, what came after is reverted",
  },
  exclusive: ["run", "backup", "to", "hook"],
  laterOptions: [],
  exits: [
    [0, "rolled back"],
    DEFECT,
    USAGE,
    [3, "refused: later writes, locked, no backup; nothing was changed"],
    [4, "failed and undone: the database is as it was before the rollback"],
    ATTENTION,
    INTERRUPTED,
  ],
  examples: [
    { command: "belay rollback prod", does: "to before the last run; refuses when it would lose writes" },
    { command: "belay rollback prod --accept-loss", does: "also when something was written since" },
    { command: "belay rollback prod --backup 20261121T001400Z-7f3a", does: "to this backup; `belay backups` lists them" },
    { command: "belay rollback prod --to 0003_settings", does: "by the down scripts, keeping later writes" },
    { command: "belay rollback prod --hook flags", does: "what belay.yml has under rollback.hooks.flags" },
  ],
};

export const recover: AvailableCommand = {
  name: "recover",
  available: true,
  summary: "finish what a crash left",
  about: [
    "Finishes a run that was killed: before the migration was verified, the database goes back to its old state; after it, the run is brought to its end. What the dead run started is ended first. Where nothing is left to do, it does nothing.",
  ],
  options: ["run"],
  meanings: { run: "only if this is the run that is unfinished, else refuse" },
  laterOptions: [],
  exits: [
    [0, "the run was brought to its end, or there was nothing to recover"],
    DEFECT,
    USAGE,
    [3, "refused: the run is still alive, or a target cannot be used"],
    [4, "undone: the database is as it was before the run"],
    ATTENTION,
    INTERRUPTED,
  ],
  examples: [
    { command: "belay recover prod", does: "after a crash, a kill, a power loss" },
    { command: "belay recover prod --json", does: "the same, for a script" },
  ],
};

export const restore: AvailableCommand = {
  name: "restore",
  available: true,
  summary: "one backup into a database",
  usage: "BACKUP [environment] --into URL [options]",
  argument: { value: "BACKUP", pattern: /^\d{8}T/ },
  about: [
    "Restores one backup into another database: to look something up, to try something out, to fetch back single rows. Every byte is compared with the manifest on the way.",
    "The live databases of belay.yml are refused: putting a backup in their place is `belay rollback --backup`, which stops the application and counts later writes.",
  ],
  options: ["into", "replace", "without-approval"],
  laterOptions: [],
  exits: [
    [0, "restored"],
    DEFECT,
    USAGE,
    [3, "refused: it is a live database, something is there already, or the backup is damaged"],
    INTERRUPTED,
  ],
  examples: [
    { command: "belay restore 20261121T001400Z-7f3a prod --into sqlite:look.db", does: "into a new file; `belay backups` lists the ids" },
    {
      command: "belay restore 20261121T001400Z-7f3a --into sqlite:look.db --replace",
      does: "the same again; what was there is kept aside",
    },
  ],
};

export const prune: AvailableCommand = {
  name: "prune",
  available: true,
  summary: "delete what keep no longer keeps",
  about: [
    "Deletes backups and copies that `backup.keep` of belay.yml no longer keeps, and what unfinished backups left. Every run does the same at its end. It never deletes a target, nor the last backup that was proven.",
  ],
  options: [],
  laterOptions: [],
  exits: [[0, "pruned; says what was deleted"], DEFECT, USAGE, [3, "refused: a run is under way or unfinished"], INTERRUPTED],
  examples: [
    { command: "belay prune prod", does: "what keep no longer keeps" },
    { command: "belay prune prod --target app", does: "of one target" },
  ],
};

export const init: AvailableCommand = {
  name: "init",
  available: true,
  summary: "write a first belay.yml",
  about: [
    "Looks for a migration tool and a database in this directory, and writes belay.yml and a workflow for GitHub from what it finds. What is there already stays as it is. What it could not find stands in the file as a comment to fill in.",
  ],
  options: ["tool"],
  meanings: { target: "the SQLite file that is meant, where several are here" },
  laterOptions: [],
  exits: [
    [0, "written; says what, and what to do next"],
    DEFECT,
    USAGE,
    [3, "refused: belay.yml is there already, or more than one tool or database could be meant; names them"],
    INTERRUPTED,
  ],
  examples: [
    { command: "belay init", does: "for an environment called prod" },
    { command: "belay init staging", does: "for one called staging" },
    { command: "belay init --target instance/app.db", does: "where more than one SQLite file is there" },
  ],
};
