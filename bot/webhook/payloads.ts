/** Of GitHub's webhooks what the bot reads. Everything else in them is passed over. */

import * as z from "zod/mini";

const person = z.object({ id: z.int(), login: z.string(), type: z.string() });
const repository = z.object({ id: z.int(), name: z.string(), owner: z.object({ login: z.string() }) });
const installation = z.object({ id: z.int() });

export const base = z.object({ repository, installation });

export const issueComment = z.object({
  action: z.literal("created"),
  issue: z.object({ number: z.int(), pull_request: z.object({}) }),
  comment: z.object({
    id: z.int(),
    body: z.string(),
    created_at: z.string(),
    user: person,
    performed_via_github_app: z.optional(z.nullable(z.unknown())),
  }),
  sender: z.object({ id: z.int() }),
});

/** What is not there is not what the decision is made of: GitHub is asked for that anew. */
const end = z.object({ ref: z.string(), sha: z.string(), repo: z.optional(z.nullable(z.object({ id: z.int() }))) });

export const pullRequest = z.object({
  action: z.string(),
  number: z.int(),
  pull_request: z.object({
    head: end,
    base: end,
    state: z.enum(["open", "closed"]),
    merged_at: z.optional(z.nullable(z.string())),
    updated_at: z.optional(z.string()),
    user: z.optional(z.nullable(z.object({ id: z.int(), login: z.string() }))),
  }),
  sender: z.object({ id: z.int() }),
});

export const workflowRun = z.object({
  action: z.string(),
  workflow_run: z.object({
    id: z.int(),
    run_attempt: z.optional(z.int()),
    status: z.string(),
    display_title: z.optional(z.string()),
    event: z.optional(z.string()),
  }),
});

export const mergeGroup = z.object({
  action: z.enum(["checks_requested", "destroyed"]),
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string() }),
});

export const push = z.object({
  ref: z.string(),
  after: z.string(),
  deleted: z.boolean(),
  repository: z.object({ default_branch: z.string() }),
  commits: z.array(z.object({ added: z.array(z.string()), modified: z.array(z.string()), removed: z.array(z.string()) })),
});

export const protectionRule = z.object({
  action: z.literal("requested"),
  environment: z.string(),
  deployment_callback_url: z.string(),
  deployment: z.optional(z.nullable(z.object({ id: z.int() }))),
});

export const checkRun = z.object({
  action: z.literal("requested_action"),
  check_run: z.object({ id: z.int(), external_id: z.string() }),
  requested_action: z.object({ identifier: z.enum(["approve", "reject", "rollback"]) }),
  sender: person,
});

export const checkRunAgain = z.object({
  action: z.literal("rerequested"),
  check_run: z.object({ id: z.int(), external_id: z.string(), head_sha: z.string() }),
  sender: person,
});

export const checkSuiteAgain = z.object({ action: z.literal("rerequested"), check_suite: z.object({ head_sha: z.string() }) });
