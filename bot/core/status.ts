/** `/status`: every gate of every environment for this pull request. Works in any state, and changes none. */

import type { StatusOf } from "./answer.ts";
import { countApprovals } from "./approvals.ts";
import type { Draft } from "./draft.ts";
import { ownOf } from "./facts.ts";
import { gatesOf, lockText } from "./gates.ts";
import type { Order } from "./order.ts";
import { isOpen } from "./request.ts";

export function statusOf(draft: Draft, { asked, facts, pull }: Order): readonly StatusOf[] {
  if (facts.policy.kind !== "read") return [];
  const names = asked.environment === null ? Object.keys(facts.policy.environments) : [asked.environment];
  return names.flatMap((environment): readonly StatusOf[] => {
    const here = draft.requests.filter((each) => each.pull === pull && each.environment === environment && isOpen(each));
    const obstacles = (ownOf(facts.obstacles, environment) ?? []).map(({ message, hint }) => ({
      met: false,
      text: message,
      hint: hint ?? null,
    }));
    if (here.length === 0) {
      const locks = draft.locks(environment).map((lock) => ({ met: false, ...lockText(lock, environment) }));
      return [{ environment, request: null, gates: [...locks, ...obstacles] }];
    }
    return here.map((request) => ({
      environment,
      request: request.id,
      gates: [...gatesOf(draft, request, countApprovals(request, facts, draft.at).reasons), ...obstacles],
    }));
  });
}
