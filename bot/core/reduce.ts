/**
 * The whole of what the bot decides: (state, event) → state, effects, audit. Pure and total: every event has an answer in every state,
 * and one that no longer matters changes nothing. The table of states is in `request.ts`; nothing moves a request but `Draft.move`.
 */

import { readComment } from "../chat/grammar.ts";
import { checkOpenPulls, takeAgain, takeGroup } from "./groups.ts";
import { judgeClaim } from "./claim.ts";
import { passTime } from "./clock.ts";
import { obey, sayUnread } from "./commands.ts";
import { type ClaimAnswer, Draft, type Step } from "./draft.ts";
import type { BotEvent, ButtonPressed, Claimed, Consulted } from "./event.ts";
import { takeDispatched, takeNotDispatched, takeShown, takeWorkflowRun } from "./jobs.ts";
import { learnPull, takePull } from "./pulls.ts";
import { advanceAll } from "./queue.ts";
import { takeReport } from "./reports.ts";
import { takeRechecked, takeRule, takeRuleRead } from "./rules.ts";
import type { RepositoryState } from "./state.ts";

export function reduce(state: RepositoryState, event: BotEvent): Step {
  const draft = new Draft(state, event.at);
  const answer = take(draft, event);
  // Whatever happened may have opened a gate, for whichever request: nobody has to remember whose.
  advanceAll(draft);
  return draft.step(answer);
}

/** The answer to a claim; null for everything else. */
function take(draft: Draft, event: BotEvent): ClaimAnswer | null {
  if (event.kind === "claim") return judgeClaim(draft, event);
  takeNews(draft, event);
  return null;
}

function takeNews(draft: Draft, event: Exclude<BotEvent, Claimed>): void {
  switch (event.kind) {
    case "comment":
      // What is no command at all costs no request to GitHub.
      if (readComment(event.body).length > 0) draft.add({ kind: "consult", about: `comment:${event.comment}`, origin: event });
      return;
    case "button":
      return takeButton(draft, event);
    case "consulted":
      return takeConsulted(draft, event);
    case "not-consulted":
      return sayUnread(draft, event);
    case "pull":
      return takePull(draft, event);
    case "merge-group":
      return takeGroup(draft, event);
    case "again":
      return takeAgain(draft, event);
    case "policy-pushed":
      return checkOpenPulls(draft);
    case "workflow-run":
      return takeWorkflowRun(draft, event);
    case "dispatched":
      return takeDispatched(draft, event);
    case "not-dispatched":
      return takeNotDispatched(draft, event);
    case "shown":
      return takeShown(draft, event);
    case "report":
      return takeReport(draft, event);
    case "rule":
      return takeRule(draft, event);
    case "rule-read":
      return takeRuleRead(draft, event);
    case "rechecked":
      return takeRechecked(draft, event);
    case "clock":
      return passTime(draft);
  }
}

function takeButton(draft: Draft, event: ButtonPressed): void {
  const request = draft.request(event.request);
  if (request === null) return;
  const about = `button:${event.check}:${event.button}:${event.by.id}:${event.press}`;
  draft.add({ kind: "consult", about, origin: { ...event, pull: request.pull } });
}

function takeConsulted(draft: Draft, { origin, facts, installedAt = null }: Consulted): void {
  if (!facts.standing || (origin.pull !== null && facts.pull === null)) {
    draft.note("ignored", { origin: origin.kind, why: facts.standing ? "no pull request" : "withdrawn or changed" });
    return;
  }
  if (origin.pull !== null && facts.pull !== null) learnPull(draft, origin.pull, facts.pull);
  obey(draft, origin, facts, installedAt);
}
