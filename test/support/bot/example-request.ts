/** A migration of `prod` that waits for two approvals, for tests that change one thing about it. */

import type { Request } from "../../../bot/core/request.ts";

export const exampleRequest: Request = {
  id: "r1",
  command: "migrate",
  environment: "prod",
  pull: 1,
  sha: "a".repeat(40),
  ref: null,
  targets: [],
  again: null,
  run: null,
  to: null,
  requester: { id: 1, login: "ada" },
  comment: 4,
  requestedAt: "2026-03-01T09:00:00.000Z",
  state: "awaiting-approval",
  since: "2026-03-01T09:20:00.000Z",
  reasons: [],
  policy: {
    sha: "p",
    digest: "policy",
    githubEnvironment: "production",
    isProtected: true,
    required: 2,
    from: [],
    allowSelfApproval: false,
    expireMs: 3_600_000,
    windows: [],
  },
  plan: { digest: "sha256:plan", at: "2026-03-01T09:20:00.000Z", shownAt: "2026-03-01T09:20:01.500Z", pending: 1, result: null },
  approvals: [],
  jobs: { plan: null, run: null },
  rule: null,
  step: null,
  result: null,
};
