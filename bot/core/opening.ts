/** A command that needs a workflow run becomes a request. */

import type { Draft } from "./draft.ts";
import { environmentIn, obstaclesFor, policyUsed, reasonsOf } from "./facts.ts";
import { cannotBeMet } from "./needs.ts";
import { newRequest } from "./new-request.ts";
import { answer, type Order, refuse } from "./order.ts";
import { advance, dispatch } from "./queue.ts";
import { isOpen, type RequestReason, type RunCommand } from "./request.ts";

export function openRequest(draft: Draft, order: Order, command: RunCommand): void {
  const { facts, asked } = order;
  const { policy, pull } = facts;
  const environment = asked.environment === null ? undefined : environmentIn(policy, asked.environment);
  if (environment === undefined || policy.kind !== "read" || pull === null || order.pull === null) return;
  if (pull.state === "closed" && command !== "rollback" && command !== "recover") return refuse(draft, order, [CLOSED]);
  if (asked.ref !== null && asked.ref !== policy.branch) return refuse(draft, order, [badRef(asked.ref, policy.branch)]);

  const sha = asked.ref === null ? pull.head : policy.sha;
  const same = draft.requests.filter(
    (each) => isOpen(each) && each.pull === order.pull && each.environment === environment.name && each.command === command,
  );
  const already = same.find((each) => each.sha === sha);
  if (already !== undefined) return answer(draft, order, { kind: "already", request: already.id, comment: already.comment });
  for (const other of same) if (other.state !== "running") draft.move(other, "superseded", [supersededBy(sha)]);

  const used = policyUsed(policy.sha, environment, command);
  const { ref, targets, again, run, to } = asked;
  const request = newRequest(
    {
      id: draft.nextId(),
      command,
      environment: environment.name,
      pull: order.pull,
      sha,
      tree: ref === null ? pull.tree : policy.tree,
      ref,
      targets,
      again,
      run,
      to,
      requester: order.by,
      comment: order.comment ?? 0,
      policy: used,
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
  advance(draft, request.environment);
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
