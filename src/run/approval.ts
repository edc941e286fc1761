import type { Environment } from "../config/config.ts";
import { decide } from "../policy/policy.ts";
import { throwIfAny } from "./failed-checks.ts";

/** For going back and restoring: approvals hold, windows do not. Nobody should wait for Sunday to undo. */
export function refuseUnapproved(command: string, environment: Environment, now: Date, withoutApproval: string | null): void {
  const decision = decide({
    command,
    environment: { ...environment, windows: [] },
    now,
    withoutApproval,
    again: null,
    earlierFailure: null,
  });
  if (!decision.allowed) throwIfAny("refused", decision.reasons);
}
