/** Which approvals of a request count today. Pure; what a yes is held against is the policy of the default branch. */

import { consider, type Requester } from "../../src/policy/approvers.ts";
import type { Facts } from "./facts.ts";
import type { Approval, Request, RequestReason } from "./request.ts";

export interface Counted {
  readonly counted: readonly Approval[];
  /** Empty where there are enough. */
  readonly reasons: readonly RequestReason[];
}

/** Of everything given: what binds this very plan and commit, by somebody who may write today, not too old, and whom the policy counts. */
export function countApprovals(request: Request, facts: Facts, now: string): Counted {
  const { policy } = request;
  if (policy.required === 0) return { counted: [], reasons: [] };
  const movers = facts.pull?.movers ?? null;
  if (!policy.allowSelfApproval && movers === null && request.pull !== null) return { counted: [], reasons: [MOVERS_UNREADABLE] };
  const given = bindingApprovals(request, now).filter(({ id }) => facts.writers.includes(id));
  const { counted, reasons } = consider(
    given.map(({ id, login }) => ({ id, login, source: "bot" as const })),
    {
      ...policy,
      memberships: new Map(Object.entries(facts.members).map(([team, logins]) => [team, logins === null ? null : new Set(logins)])),
      requesters: requestersOf(request, facts),
      what: `${request.environment} for request ${request.id}`,
      hint: `somebody who may says \`/approve ${request.id}\``,
    },
  );
  const ids = new Set(counted.map(({ id }) => id));
  return { counted: given.filter(({ id }) => ids.has(id)), reasons };
}

/** A yes to another plan, another commit, or from too long ago is none. */
function bindingApprovals({ approvals, plan, sha, policy }: Request, now: string): readonly Approval[] {
  const digest = plan?.digest ?? null;
  const oldest = new Date(Date.parse(now) - policy.expireMs).toISOString();
  return approvals.filter((approval) => approval.digest === digest && approval.sha === sha && approval.at > oldest);
}

/** By id; never by the author of a commit, which anybody can write. */
function requestersOf({ requester, rule }: Request, { pull }: Facts): readonly Requester[] {
  const author = pull?.author ?? null;
  const pushers = new Set([...(pull?.pushers ?? []), ...(pull?.movers ?? [])]);
  return [
    { ...requester, did: "asked for it" },
    ...(rule?.actors ?? []).map((actor) => ({ ...actor, did: "started the workflow" })),
    ...(author === null ? [] : [{ ...author, did: "opened the pull request" }]),
    ...[...pushers].map((id) => ({ id, login: "", did: "pushed to the pull request" })),
  ];
}

const MOVERS_UNREADABLE: RequestReason = {
  code: "pushers-unreadable",
  message: "who pushed to this branch cannot be read, so nobody can be known to be another than the author",
  hint: "say it again in a while",
};
