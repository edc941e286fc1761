/** Asks who said yes, and lets policy decide. */

import type { Environment } from "../config/config.ts";
import type { ApprovalFacts, ApprovalRequest } from "../domain/approval.ts";
import { decide } from "../policy/policy.ts";
import { throwIfAny } from "./failed-checks.ts";
import type { Ports } from "./ports.ts";

/** The facts of approval; of an environment without protection nobody is asked. */
export async function approvalsOf(ports: Ports, environment: Environment, asked: ApprovalRequest): Promise<ApprovalFacts> {
  return environment.approvals === null ? { kind: "nowhere" } : ports.approvalsOf(environment, asked);
}

/**
 * For going back and restoring: approvals hold, windows and needs do not. Nobody should wait for Sunday to undo. Gives what the
 * decision stands on.
 */
export async function refuseUnapproved(
  ports: Ports,
  command: string,
  environment: Environment,
  withoutApproval: string | null,
): Promise<ApprovalFacts> {
  const approval = await approvalsOf(ports, environment, { command, digest: null });
  const decision = decide({
    command,
    environment: { ...environment, windows: [] },
    now: ports.now(),
    approval,
    unmetNeed: null,
    withoutApproval,
    again: null,
    earlierFailure: null,
  });
  if (!decision.allowed) throwIfAny("refused", decision.reasons);
  return approval;
}
