/** What the check `belay` says of a commit: whether its pull request may be merged, as far as Belay is concerned. Pure. */

import { code } from "../../src/report/markdown/escape.ts";
import { isChanging, type Request } from "../core/request.ts";
import type { RepositoryState } from "../core/state.ts";

export interface HeadVerdict {
  /** null: it goes on. */
  readonly conclusion: "success" | "failure" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
}

/** `pull`: null where nobody knows which it is. `beforeMerge`: environments that must have its migrations before it is merged. */
export function headVerdict(state: RepositoryState, pull: number | null, head: string, beforeMerge: readonly string[]): HeadVerdict {
  if (pull === null)
    return {
      conclusion: "failure",
      title: "of no pull request",
      summary: "GitHub does not say which pull request this commit would merge.",
    };
  const own = [...state.requests.values()].filter((request) => request.pull === pull);
  const doubtful = own.filter((request) => request.state === "needs-attention");
  if (doubtful.length > 0)
    return {
      conclusion: "failure",
      title: "a run needs attention",
      summary: doubtful
        .map(({ id, environment }) => `Nobody knows how ${code(id)} ended: ${code(`/recover ${environment}`)} finds out.`)
        .join("\n"),
    };
  const running = own.filter((request) => request.state === "running" && isChanging(request));
  if (running.length > 0)
    return {
      conclusion: null,
      title: "a run is unfinished",
      summary: running.map(({ id, environment }) => `${code(id)} runs in ${code(environment)}.`).join("\n"),
    };
  const missing = beforeMerge.filter((environment) => !isMigrated(own, environment, head));
  if (missing.length > 0)
    return {
      conclusion: "action_required",
      title: `not migrated in ${missing.join(", ")}`.slice(0, 200),
      summary: missing
        .map((environment) => `${code(`/migrate ${environment}`)} first: belay.yml has ${code("merge: after-migrated")} there.`)
        .join("\n"),
    };
  return { conclusion: "success", title: "nothing is unfinished", summary: "No run of this pull request is unfinished." };
}

/** The newest word counts: what was rolled back is not there any more. */
function isMigrated(own: readonly Request[], environment: string, head: string): boolean {
  const newest = own.findLast((each) => each.environment === environment && (isThere(each) || isGone(each)));
  return newest !== undefined && isThere(newest) && newest.sha === head;
}

function isGone({ command, state }: Request): boolean {
  return state === "rolled-back" || (command === "recover" && state === "undone");
}

function isThere({ command, state }: Request): boolean {
  return (command === "migrate" || command === "recover") && (state === "migrated" || state === "up-to-date");
}
