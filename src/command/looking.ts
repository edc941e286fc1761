/** The commands that change no target. */

import { ATTENTION, type AvailableCommand, DEFECT, INTERRUPTED, USAGE } from "./spec.ts";

export const status: AvailableCommand = {
  name: "status",
  available: true,
  summary: "where each target stands",
  about: ["Shows for each target what is applied and pending, the last run, who holds the lock, and the newest backup. Writes nothing."],
  options: [],
  laterOptions: [],
  exits: [[0, "shown"], DEFECT, USAGE, [3, "a target cannot be read"], INTERRUPTED],
  examples: [
    { command: "belay status prod", does: "one look at prod" },
    { command: "belay status prod --json | jq '.targets[].pending[].id'", does: "what is pending, for a script" },
  ],
};

export const plan: AvailableCommand = {
  name: "plan",
  available: true,
  summary: "what would run, its digest",
  about: [
    "Shows what is pending with its SQL, what a rollback would do and why, what the run will not be able to prove, and the digest that stands for all of it. Writes nothing. Ends with 0 whether or not anything is pending.",
    "`belay migrate --digest` then runs exactly this plan, or refuses.",
  ],
  options: ["to"],
  laterOptions: [],
  exits: [[0, "planned, whether or not anything is pending"], DEFECT, USAGE, [3, "a target cannot be read; says why"], INTERRUPTED],
  examples: [
    { command: "belay plan prod", does: "read it before it runs" },
    { command: "belay plan prod --to 0004_columns", does: "of a run that stops there" },
    { command: "belay plan prod --json | jq -r .digest", does: "the digest alone" },
  ],
};

export const gate: AvailableCommand = {
  name: "gate",
  available: true,
  summary: "may this container start?",
  about: [
    "For container entrypoints: ends with 0 when nothing is pending and no run is in the way, and otherwise says what to do, of every target. While a run itself starts the application, the gate is open. Takes no lock, writes nothing.",
    "With --fix it applies what is missing itself: a guarded run, but for the application, which is left alone. Of several containers that start at once one does that, and the others wait for it.",
  ],
  options: ["fix", "wait"],
  laterOptions: [],
  exits: [
    [0, "the application may start"],
    DEFECT,
    USAGE,
    [3, "a target cannot be read; with --fix: the run was refused"],
    [4, "with --fix: the run failed and was undone; the database is as it was, proven"],
    ATTENTION,
    [6, "it may not; says what to do"],
    INTERRUPTED,
  ],
  examples: [
    { command: "belay gate prod && exec ./serve", does: "the last line of an entrypoint" },
    { command: "belay gate prod --wait=5m && exec ./serve", does: "while somebody else migrates, at most so long" },
    { command: "belay gate prod --fix && exec ./serve", does: "containers that migrate themselves, one of them at a time" },
    { command: "belay gate prod --quiet", does: "in a health probe: nothing on success" },
  ],
};

export const verify: AvailableCommand = {
  name: "verify",
  available: true,
  summary: "judge what the last run did",
  about: [
    "Judges the state that the last run recorded when its migrations ended: checks that expect `unchanged`, and which data it touched. All other checks are asked anew. Changes nothing, and takes no lock.",
    "After `belay migrate --no-verify` this is the judgement that was left out.",
    "With `--watch` it is one round of `watch` of belay.yml instead, for a schedule that calls it over days: the round is recorded in the store, and the watch of a run ends by itself. What breaks is said once to the receivers of `notify`, or taken back where `watch.scheduled.on-failure` says so; the lock is taken for the moment in which that is decided.",
  ],
  options: ["run", "watch"],
  meanings: { run: "judge this run, not the last one that applied something" },
  laterOptions: [],
  exits: [
    [0, "verified: everything holds"],
    DEFECT,
    USAGE,
    [3, "nothing to verify: no run has recorded anything, or one is in the way of a watch"],
    [4, "with --watch: what it found was undone, every target is back in its old state"],
    [5, "with --watch: it was to be undone, and needs attention"],
    [6, "a check failed; nothing was changed"],
    INTERRUPTED,
  ],
  examples: [
    { command: "belay verify prod", does: "after a deploy, or after --no-verify" },
    { command: "belay verify prod || belay rollback prod", does: "and back, if it does not hold" },
    { command: "belay verify prod --watch", does: "from cron, for the days after a run" },
  ],
};

export const runs: AvailableCommand = {
  name: "runs",
  available: true,
  summary: "what happened",
  about: [
    "Lists the runs of an environment, newest first: when, what, how it ended, what it applied, and where the backup is. Writes nothing.",
  ],
  options: [],
  laterOptions: [],
  exits: [[0, "listed"], DEFECT, USAGE, [3, "the store cannot be read"], INTERRUPTED],
  examples: [
    { command: "belay runs prod", does: "newest first" },
    { command: "belay runs prod --json | jq '.runs[0]'", does: "the last run, for a script" },
  ],
};

export const backups: AvailableCommand = {
  name: "backups",
  available: true,
  summary: "what can be restored",
  about: [
    "Lists the backups of an environment, newest first: size, rows, how the content was proven, whether the files are still what they were, and how to restore without Belay. Writes nothing.",
  ],
  options: [],
  laterOptions: [],
  exits: [[0, "listed"], DEFECT, USAGE, [3, "the store cannot be read"], INTERRUPTED],
  examples: [
    { command: "belay backups prod", does: "newest first" },
    { command: "belay backups prod --target app --json", does: "of one target, for a script" },
  ],
};

export const doctor: AvailableCommand = {
  name: "doctor",
  available: true,
  summary: "try every part of belay.yml",
  about: [
    "Tries each part that a run will need, and changes no target: reads each of them, asks the tool what is pending, looks for the programs, the rights, the room on the disk, writes to the store and removes it again. For each part that does not work it says what that means and how to mend it.",
  ],
  options: [],
  laterOptions: [],
  exits: [[0, "healthy: a run finds what it needs"], DEFECT, USAGE, [6, "something does not work; says what"], INTERRUPTED],
  examples: [
    { command: "belay doctor prod", does: "on a new machine, before the first run" },
    { command: "belay doctor prod --json | jq '.reasons'", does: "what is wrong, for a script" },
  ],
};
