/** A request at its beginning. */

import type { Request } from "./request.ts";

type Given = Pick<Request, "id" | "command" | "environment" | "pull" | "sha" | "requester" | "policy"> & Partial<Request>;

/** Nothing was planned, approved or started; `at`: now. */
export function newRequest(given: Given, at: string): Request {
  return {
    tree: null,
    migrations: null,
    ref: null,
    targets: [],
    again: null,
    run: null,
    to: null,
    comment: 0,
    requestedAt: at,
    state: "requested",
    since: at,
    reasons: [],
    plan: null,
    approvals: [],
    jobs: { plan: null, run: null },
    spent: [],
    rule: null,
    step: null,
    ran: null,
    result: null,
    ...given,
  };
}
