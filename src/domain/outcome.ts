/** How a command ended, and the exit status that says so. The table is part of Belay's public contract (DESIGN 5). */

export type Outcome =
  | "planned"
  | "rehearsed"
  | "backed-up"
  | "migrated"
  | "up-to-date"
  | "verified"
  | "rolled-back"
  | "restored"
  | "listed"
  | "pruned"
  | "written"
  | "healthy"
  | "failed"
  | "refused"
  | "undone"
  | "needs-attention"
  | "checks-failed"
  | "interrupted";

const EXIT_STATUS: Record<Outcome, number> = {
  planned: 0,
  rehearsed: 0,
  "backed-up": 0,
  migrated: 0,
  "up-to-date": 0,
  verified: 0,
  "rolled-back": 0,
  restored: 0,
  listed: 0,
  pruned: 0,
  written: 0,
  healthy: 0,
  failed: 1,
  refused: 3,
  undone: 4,
  "needs-attention": 5,
  "checks-failed": 6,
  interrupted: 130,
};

/** Exit status of a usage or configuration error: there was no run, hence no outcome. */
export const USAGE_EXIT_STATUS = 2;

export const OUTCOMES = Object.keys(EXIT_STATUS) as readonly Outcome[];

/** What each exit status means, whatever the command. */
export const EXIT_STATUS_MEANINGS: ReadonlyMap<number, string> = new Map([
  [0, "It is as it was asked for."],
  [1, "A defect of Belay, before anything was changed."],
  [USAGE_EXIT_STATUS, "The command line or belay.yml is wrong. Nothing was done."],
  [3, "Refused. Nothing was changed, or the application runs again as before."],
  [4, "It failed and was undone: every target is exactly in its old state."],
  [5, "Needs attention: the report says what is known and what to do by hand."],
  [6, "A check failed. Nothing was changed."],
  [130, "Interrupted before anything was changed."],
]);

export function exitStatus(outcome: Outcome): number {
  return EXIT_STATUS[outcome];
}

/** Which exit status counts when several targets end differently; an earlier one outweighs a later one. */
const SEVERITY = [5, 4, 1, 130, 3, 6, 0];

/** The outcome that speaks for several targets: the worst one, in the order 5, 4, 1, 3, 6, 0. */
export function worstOutcome(outcomes: readonly [Outcome, ...Outcome[]]): Outcome {
  return outcomes.reduce((worst, outcome) => (severity(outcome) < severity(worst) ? outcome : worst));
}

/** The lower, the worse. */
export function severity(outcome: Outcome): number {
  return SEVERITY.indexOf(exitStatus(outcome));
}
