/** `/status`: every gate of every environment for this pull request, met or not. Works in any state, and changes none. */

import type { Gate, StatusOf } from "./answer.ts";
import { countApprovals } from "./approvals.ts";
import type { Draft } from "./draft.ts";
import { type EnvironmentPolicy, type Facts, obstaclesFor, ownOf, policyUsed, REQUIREMENTS } from "./facts.ts";
import { lockReason, outsideWindow, queued } from "./gates.ts";
import { unmetNeed } from "./needs.ts";
import { newRequest } from "./new-request.ts";
import type { Order } from "./order.ts";
import { isChanging, isOpen, type Request, type RequestReason } from "./request.ts";

export function statusOf(draft: Draft, order: Order): readonly StatusOf[] {
  const { asked, facts, pull } = order;
  const { policy } = facts;
  if (policy.kind !== "read") return [];
  const names = asked.environment === null ? Object.keys(policy.environments) : [asked.environment];
  return names.flatMap((name): readonly StatusOf[] => {
    const environment = ownOf(policy.environments, name);
    if (environment === undefined) return [];
    const here = draft.requests.filter((each) => each.pull === pull && each.environment === name && isOpen(each));
    const looked = here.length > 0 ? here : [imagined(draft, order, environment, policy.sha)];
    return looked.map((request) => ({
      environment: name,
      request: here.includes(request) ? request.id : null,
      gates: gatesOf(draft, request, environment, facts, here.includes(request)),
    }));
  });
}

/** What `/migrate` would be, said now. */
function imagined(draft: Draft, { by, pull, facts }: Order, environment: EnvironmentPolicy, sha: string): Request {
  const { head = "", tree = null } = facts.pull ?? {};
  const policy = policyUsed(sha, environment, "migrate");
  return newRequest(
    { id: "r0", command: "migrate", environment: environment.name, pull, sha: head, tree, requester: by, policy },
    draft.at,
  );
}

function gatesOf(draft: Draft, request: Request, environment: EnvironmentPolicy, facts: Facts, isThere: boolean): readonly Gate[] {
  return [
    ...request.reasons.map(unmet),
    ...requirementGates(request, environment, facts),
    ...needGate(draft, request),
    ...(isThere ? planGate(request) : []),
    ...(isThere ? approvalGates(draft, request, facts) : []),
    ...windowGate(draft, request),
    ...lockGates(draft, request),
    ...(isThere ? turnGate(draft, request) : []),
  ];
}

/** The code that an unmet requirement has. */
const UNMET: Readonly<Record<string, string>> = {
  checks: "checks",
  "up-to-date": "not-up-to-date",
  review: "not-reviewed",
  rehearsal: "not-rehearsed",
};

function requirementGates(
  { command }: Request,
  { name: environment, require, approvals }: EnvironmentPolicy,
  facts: Facts,
): readonly Gate[] {
  const obstacles = obstaclesFor(facts, environment, command);
  const isUnmet = (code: string) => obstacles.some((obstacle) => obstacle.code === code);
  const asked =
    command === "migrate" && facts.pull?.state !== "merged" ? Object.entries(REQUIREMENTS).filter(([each]) => require.includes(each)) : [];
  const isClosed = approvals !== null && isChanging({ command }) && !isUnmet("environment-open");
  return [
    ...obstacles.map(unmet),
    ...asked.flatMap(([name, text]) => (isUnmet(UNMET[name] ?? name) ? [] : [met(text)])),
    ...(isClosed ? [met("only the default branch can use its GitHub environment")] : []),
  ];
}

function needGate(draft: Draft, request: Request): readonly Gate[] {
  const { needs } = request.policy;
  if (needs === null) return [];
  const reason = unmetNeed(draft, request);
  return [reason === null ? met(`${needs} had the same before`) : unmet(reason)];
}

function planGate({ plan, policy, command, state }: Request): readonly Gate[] {
  if (policy.required === 0 || command === "deploy") return [];
  if (plan !== null) return [met("it is planned")];
  const hint = state === "planning" ? "its workflow run is at it" : "GitHub is to start its workflow run";
  return [{ met: false, text: "it is not planned yet", hint }];
}

function approvalGates({ at }: Draft, request: Request, facts: Facts): readonly Gate[] {
  const { required } = request.policy;
  if (required === 0) return [];
  const { counted, reasons } = countApprovals(request, facts, at);
  const given = counted.map(({ login }, index) => met(`approved by ${login}, ${index + 1} of ${required}`));
  return request.plan === null ? given : [...given, ...reasons.map(unmet)];
}

function windowGate({ at }: Draft, request: Request): readonly Gate[] {
  const { windows } = request.policy;
  if (windows.length === 0) return [];
  const reason = outsideWindow(request, at);
  return [reason === null ? met(`a window is open: ${windows.join(", ")}`) : unmet(reason)];
}

function lockGates(draft: Draft, request: Request): readonly Gate[] {
  if (!isChanging(request)) return [];
  const reasons = draft.locks(request.environment).map((lock) => lockReason(lock, request));
  const held = reasons.filter((reason) => reason !== null).map(unmet);
  return held.length > 0 ? held : [met(`nothing locks ${request.environment}`)];
}

function turnGate(draft: Draft, request: Request): readonly Gate[] {
  if (!isChanging(request)) return [];
  const before = queued(draft, request);
  return [before === null ? met("it is its turn") : unmet(before)];
}

function met(text: string): Gate {
  return { met: true, text, hint: null };
}

function unmet({ message, hint }: RequestReason): Gate {
  return { met: false, text: message, hint: hint ?? null };
}
