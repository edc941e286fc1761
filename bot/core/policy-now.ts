/** The policy as it is at the moment of the last look, before anything starts. */

import { environmentIn, type Facts, policyUsed } from "./facts.ts";
import type { PolicyUsed, Request, RequestReason } from "./request.ts";

/** null: the default branch does not have this environment any more, or its file cannot be read. */
export function policyNow({ environment, command }: Request, { policy }: Facts): PolicyUsed | null {
  const block = environmentIn(policy, environment);
  return policy.kind !== "read" || block === undefined ? null : policyUsed(policy.sha, block, command);
}

export const POLICY_MISSING: RequestReason = {
  code: "policy-missing",
  message: "belay.yml of the default branch has this environment no more, or cannot be read",
  hint: "mend it there, then ask anew",
};

export const POLICY_CHANGED: RequestReason = {
  code: "policy-changed",
  message: "belay.yml of the default branch changed since it was approved",
  hint: "approve it again under the new rules",
};
