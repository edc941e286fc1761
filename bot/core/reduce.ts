/**
 * The whole of what the bot decides: (state, event) → state, effects, audit. Pure and total: every event has an answer in every state,
 * and one that no longer matters changes nothing. The table of states is in `request.ts`; nothing moves a request but `Draft.move`.
 */

import { readComment } from "../chat/grammar.ts";
import { checkOpenPulls, takeAgain, takeGroup } from "./groups.ts";
import { judgeClaim } from "./claim.ts";
import { passTime } from "./clock.ts";
import { obey, sayUnread } from "./commands.ts";
import { Draft, type Step } from "./draft.ts";
import type { BotEvent, ButtonPressed, Consulted } from "./event.ts";
import { takeDispatched, takeNotDispatched, takeShown, takeWorkflowRun } from "./jobs.ts";
import { learnPull, takePull } from "./pulls.ts";
import { takeReport } from "./reports.ts";
import { takeRechecked, takeRule, takeRuleRead } from "./rules.ts";
import type { RepositoryState } from "./state.ts";

export function reduce(state: RepositoryState, event: BotEvent): Step {
  const draft = new Draft(state, event.at);
  switch (event.kind) {
    case "comment":
      // What is no command at all costs no request to GitHub.
      if (readComment(event.body).length > 0) draft.add({ kind: "consult", about: `comment:${event.comment}`, origin: event });
      return draft.step();
    case "button":
      takeButton(draft, event);
      return draft.step();
    case "consulted":
      takeConsulted(draft, event);
      return draft.step();
    case "not-consulted":
      sayUnread(draft, event);
      return draft.step();
    case "pull":
      takePull(draft, event);
      return draft.step();
    case "merge-group":
      takeGroup(draft, event);
      return draft.step();
    case "again":
      takeAgain(draft, event);
      return draft.step();
    case "policy-pushed":
      checkOpenPulls(draft);
      return draft.step();
    case "workflow-run":
      takeWorkflowRun(draft, event);
      return draft.step();
    case "dispatched":
      takeDispatched(draft, event);
      return draft.step();
    case "not-dispatched":
      takeNotDispatched(draft, event);
      return draft.step();
    case "shown":
      takeShown(draft, event);
      return draft.step();
    case "report":
      takeReport(draft, event);
      return draft.step();
    case "claim":
      return draft.step(judgeClaim(draft, event));
    case "rule":
      takeRule(draft, event);
      return draft.step();
    case "rule-read":
      takeRuleRead(draft, event);
      return draft.step();
    case "rechecked":
      takeRechecked(draft, event);
      return draft.step();
    case "clock":
      passTime(draft);
      return draft.step();
  }
}

function takeButton(draft: Draft, event: ButtonPressed): void {
  const request = draft.request(event.request);
  if (request === null) return;
  const about = `button:${event.check}:${event.button}:${event.by.id}${event.button === "plan" ? `:${draft.at}` : ""}`;
  draft.add({ kind: "consult", about, origin: { ...event, pull: request.pull } });
}

function takeConsulted(draft: Draft, { origin, facts }: Consulted): void {
  if (!facts.standing || (origin.pull !== null && facts.pull === null)) {
    draft.note("ignored", { origin: origin.kind, why: facts.standing ? "no pull request" : "withdrawn or changed" });
    return;
  }
  if (origin.pull !== null && facts.pull !== null) learnPull(draft, origin.pull, facts.pull);
  obey(draft, origin, facts);
}
