/** A command that needs a workflow run becomes a request. */

import type { Draft } from "./draft.ts";
import { environmentIn, obstaclesFor, policyUsed, reasonsOf, type PolicyRead, type PullFacts } from "./facts.ts";
import { cannotBeMet } from "./needs.ts";
import { newRequest } from "./new-request.ts";
import { answer, type Order, refuse } from "./order.ts";
import { dispatch } from "./queue.ts";
import { FOLLOWING, isChanging, isOpen, type Request, type RequestReason, type RunCommand } from "./request.ts";

export function openRequest(draft: Draft, order: Order, command: RunCommand): void {
  const { facts, asked } = order;
  const { policy, pull } = facts;
  const environment = asked.environment === null ? undefined : environmentIn(policy, asked.environment);
  if (environment === undefined || policy.kind !== "read" || pull === null || order.pull === null) return;
  if (pull.state === "closed" && command !== "rollback" && command !== "recover") return refuse(draft, order, [CLOSED]);
  if (asked.ref !== null && asked.ref !== policy.branch) return refuse(draft, order, [badRef(asked.ref, policy.branch)]);

  const { sha, ref, tree } = commitFor(draft, command, order, { pull, policy });
  const same = draft.requests.filter(
    (each) => isOpen(each) && each.pull === order.pull && each.environment === environment.name && each.command === command,
  );
  const already = same.find((each) => each.sha === sha);
  if (already !== undefined) return answer(draft, order, { kind: "already", request: already.id, comment: already.comment });
  for (const other of same) if (other.state !== "running") draft.move(other, "superseded", [supersededBy(sha)]);

  const used = policyUsed(policy.sha, environment, command);
  const { targets, again, run, to } = asked;
  const request = newRequest(
    {
      id: draft.nextId(),
      command,
      environment: environment.name,
      pull: order.pull,
      sha,
      tree,
      ref,
      targets,
      again,
      run,
      to,
      requester: order.by,
      comment: order.comment ?? 0,
      policy: used,
      met: command === "migrate" && pull.state !== "merged" ? environment.require : [],
    },
    draft.at,
  );
  draft.put(request);
  draft.note("requested", {
    request: request.id,
    command,
    environment: environment.name,
    pull: order.pull,
    sha,
    by: order.by,
    policy: used.sha,
  });
  const unmet = cannotBeMet(draft, request);
  const lasting = obstaclesFor(facts, environment.name, command).filter((obstacle) => obstacle.lasting);
  const reasons = [...reasonsOf(lasting), ...(unmet === null ? [] : [unmet])];
  if (reasons.length > 0) {
    draft.move(request, "refused", reasons);
    return refuse(draft, order, reasons);
  }
  draft.show(request);
  if (used.required > 0) return dispatch(draft, request, "plan");
  draft.move(request, "approved");
}

/** What needs no approval, and a URL that may write, never runs what only the pull request has. */
function commitFor(
  draft: Draft,
  command: RunCommand,
  { asked }: Order,
  { pull, policy }: { readonly pull: PullFacts; readonly policy: PolicyRead },
): Pick<Request, "sha" | "ref" | "tree"> {
  const ofDefault = { sha: policy.sha, ref: policy.branch, tree: policy.tree };
  if (asked.ref !== null || command === "backup" || command === "runs") return ofDefault;
  if (!FOLLOWING.has(command)) return { sha: pull.head, ref: null, tree: pull.tree };
  // The commit that was approved for the run that is to be finished or undone, whatever was pushed since.
  const begun = draft.requests.findLast((each) => each.environment === asked.environment && isBegun(each, command, asked.run));
  return begun === undefined ? ofDefault : { sha: begun.sha, ref: begun.ref, tree: begun.tree };
}

/** What finishes it, or takes it back: of a rollback's runs the one that was named. */
function isBegun(request: Request, command: RunCommand, run: string | null): boolean {
  if (command === "recover") return request.state === "needs-attention" && isChanging(request);
  const isThere = request.state === "migrated" || request.state === "needs-attention";
  return request.command === "migrate" && isThere && (run === null || request.ran === null || request.ran === run);
}

const CLOSED: RequestReason = {
  code: "pull-closed",
  message: "this pull request is closed and not merged",
  hint: "open it again; or undo what it brought with `/rollback`",
};

function badRef(given: string, branch: string): RequestReason {
  return { code: "bad-ref", message: `${given} is not the default branch`, hint: `leave it out for this pull request, or say ${branch}` };
}

function supersededBy(sha: string): RequestReason {
  return { code: "superseded", message: `asked for again, at ${sha.slice(0, 7)}` };
}
