/** What GitHub would say about `exampleRequest`'s pull request: open, unmoved, and nothing stands in its way. */

import type { EnvironmentPolicy, Facts } from "../../../bot/core/facts.ts";

export const EXAMPLE_AT = "2026-03-01T10:00:00.000Z";

export const examplePolicy: EnvironmentPolicy = {
  name: "prod",
  digest: "policy",
  githubEnvironment: "production",
  approvals: {
    required: 2,
    from: [],
    allowSelfApproval: false,
    expireMs: 3_600_000,
    rollback: { required: 1, allowSelfApproval: true },
  },
  windows: [],
  needs: null,
  require: [],
};

export const examplePull: NonNullable<Facts["pull"]> = {
  head: "a".repeat(40),
  base: "main",
  baseSha: "b",
  author: { id: 9, login: "fred" },
  isFork: false,
  state: "open",
  updatedAt: EXAMPLE_AT,
  pushers: [],
  movers: [],
  tree: null,
};

export const exampleFacts: Facts = {
  at: EXAMPLE_AT,
  standing: true,
  permission: "write",
  pull: examplePull,
  policy: { kind: "read", sha: "p", branch: "main", tree: "t", environments: { prod: examplePolicy } },
  writers: [1, 2, 3, 9],
  members: {},
  obstacles: {},
};
