/** Check runs: one for each phase of a request, on its commit; and `belay`, which says for every head whether anything is unfinished. */

import type { Effect } from "../core/effect.ts";
import { ENDED_WELL, isOpen, type Request } from "../core/request.ts";
import type { RepositoryState } from "../core/state.ts";
import type { Memo } from "../store/store.ts";
import { requestText } from "../view/request.ts";
import { stateWords } from "../view/words.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

interface Wanted {
  readonly name: string;
  readonly sha: string;
  readonly externalId: string;
  /** null: it goes on. */
  readonly conclusion: "success" | "failure" | "neutral" | "cancelled" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
}

/** What GitHub takes for the text of a check run. */
const LONGEST = 65_535;

export async function writeCheck({ request: id }: Extract<Effect, { kind: "check" }>, around: Surroundings): Promise<Performance> {
  const { state, names, serverUrl, store, entry } = around;
  const request = state.requests.get(id);
  if (request === undefined) return done();
  const summary = requestText(request, { serverUrl, repository: `${names.owner}/${names.repo}` }).slice(0, LONGEST);
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
  return { ...common, conclusion: isOpen(request) ? null : conclusionOf(request) };
}

/** Label 20 characters, description 40, identifier 20: GitHub takes no more. */
const BUTTONS = [
  { label: "Approve", description: "Say yes to this plan", identifier: "approve" },
  { label: "Reject", description: "Say no to this plan", identifier: "reject" },
];

function conclusionOf({ state }: Request): "success" | "failure" | "neutral" | "cancelled" {
  if (ENDED_WELL.has(state)) return "success";
  if (state === "superseded" || state === "expired") return "neutral";
  return state === "cancelled" || state === "rejected" ? "cancelled" : "failure";
}

export async function writeHeadCheck({ pull }: Extract<Effect, { kind: "head-check" }>, around: Surroundings): Promise<Performance> {
  const { state, store, entry } = around;
  const head = state.pulls.get(pull)?.head;
  if (head === undefined) return done();
  const known = await store.memo(entry.repository.id, entry.key);
  const wanted = headCheck(state, pull, head);
  const word = `${wanted.conclusion} ${wanted.title}`;
  if (known?.["sha"] === head && known["word"] === word) return done();
  const id = await put(wanted, known?.["sha"] === head ? numberOf(known, "id") : null, around);
  return done([], { sha: head, id, word });
}

function headCheck(state: RepositoryState, pull: number, sha: string): Wanted {
  const own = [...state.requests.values()].filter((request) => request.pull === pull);
  const doubtful = own.filter((request) => request.state === "needs-attention");
  const running = own.filter((request) => request.state === "running");
  const common = { name: "belay", sha, externalId: `head:${pull}`, actions: [] };
  const names = (requests: readonly Request[]) => requests.map(({ id, environment }) => `${id} in ${environment}`).join(", ");
  if (doubtful.length > 0)
    return { ...common, conclusion: "failure", title: "a run needs attention", summary: `Nobody knows how it ended: ${names(doubtful)}` };
  if (running.length > 0) return { ...common, conclusion: null, title: "a run is unfinished", summary: `Running: ${names(running)}` };
  return { ...common, conclusion: "success", title: "nothing is unfinished", summary: "No run of this pull request is unfinished." };
}

function numberOf(memo: Memo | null, key: string): number | null {
  const value = memo?.[key];
  return typeof value === "number" ? value : null;
}

/** Found again by its external id among all check runs of ours on that commit. */
async function put(wanted: Wanted, known: number | null, around: Surroundings): Promise<number> {
  const { api, names } = around;
  const { conclusion, title, summary, actions, externalId, name, sha } = wanted;
  const output = { title, summary };
  const status = conclusion === null ? ({ status: "in_progress" } as const) : ({ status: "completed", conclusion } as const);
  const id = known ?? (await find(wanted, around));
  if (id === null) {
    const made = await api("post", "/repos/{owner}/{repo}/check-runs", {
      ...names,
      name,
      head_sha: sha,
      external_id: externalId,
      output,
      actions: [...actions],
      ...status,
    });
    return Number(made.id);
  }
  await api("patch", "/repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...names,
    check_run_id: id,
    output,
    actions: [...actions],
    ...status,
  });
  return id;
}

async function find({ name, sha, externalId }: Wanted, { api, names, appId }: Surroundings): Promise<number | null> {
  const { check_runs: runs } = await api("get", "/repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...names,
    ref: sha,
    check_name: name,
    app_id: appId,
    filter: "all",
    per_page: 100,
  });
  const own = runs.find((run) => run.external_id === externalId);
  return own === undefined ? null : Number(own.id);
}
