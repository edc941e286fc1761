/** Check runs of a request: one for each of its phases, on its commit. */

import type { Effect } from "../core/effect.ts";
import { ENDED_WELL, isOpen, type Request } from "../core/request.ts";
import { requestText } from "../view/request.ts";
import { stateWords } from "../view/words.ts";
import { LONGEST_SUMMARY, numberOf, put, type Wanted } from "./check-run.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

export async function writeCheck({ request: id }: Extract<Effect, { kind: "check" }>, around: Surroundings): Promise<Performance> {
  const { state, names, serverUrl, store, entry } = around;
  const request = state.requests.get(id);
  if (request === undefined) return done();
  const summary = requestText(request, { serverUrl, repository: `${names.owner}/${names.repo}` }).slice(0, LONGEST_SUMMARY);
  let memo = await store.memo(entry.repository.id, entry.key);
  for (const phase of phasesOf(request)) {
    const wanted = { ...wantedOf(request, phase), summary };
    memo = { ...memo, [phase]: await put(wanted, numberOf(memo, phase), around) };
  }
  const { plan } = request;
  const isShown = request.state === "awaiting-approval" && plan !== null && plan.shownAt === null;
  return done(isShown ? [{ kind: "shown", request: id, digest: plan.digest }] : [], memo);
}

type Phase = "plan" | "run" | "rule";

function phasesOf({ jobs, rule }: Request): readonly Phase[] {
  return [
    ...(rule === null ? [] : (["rule"] as const)),
    ...(jobs.plan === null ? [] : (["plan"] as const)),
    ...(jobs.run?.grant ? (["run"] as const) : []),
  ];
}

function wantedOf(request: Request, phase: Phase): Omit<Wanted, "summary"> {
  const { id, command, environment, sha, state } = request;
  const name = `belay ${command} ${environment}${phase === "plan" ? " · plan" : ""}`;
  const common = { name, sha, externalId: `${id}:${phase}`, title: stateWords(request), actions: [] };
  if (phase !== "run" && state === "awaiting-approval") return { ...common, conclusion: "action_required", actions: BUTTONS };
  if (phase === "plan" && (state === "requested" || state === "planning")) return { ...common, conclusion: null };
  if (phase === "plan" && (isOpen(request) || request.jobs.run?.grant)) return { ...common, conclusion: "success" };
  const actions = phase === "run" && command === "migrate" && state === "migrated" ? [ROLLBACK] : [];
  return { ...common, conclusion: isOpen(request) ? null : conclusionOf(request), actions };
}

/** Label 20 characters, description 40, identifier 20: GitHub takes no more. */
const BUTTONS = [
  { label: "Approve", description: "Say yes to this plan", identifier: "approve" },
  { label: "Reject", description: "Say no to this plan", identifier: "reject" },
];

const ROLLBACK = { label: "Roll back", description: "Asks first, with what it would lose", identifier: "rollback" };

function conclusionOf({ state }: Request): "success" | "failure" | "neutral" | "cancelled" {
  if (ENDED_WELL.has(state)) return "success";
  if (state === "superseded" || state === "expired") return "neutral";
  return state === "cancelled" || state === "rejected" ? "cancelled" : "failure";
}
