/** What the job of a workflow run says to the bot, said by hand: also what no job would say. */

import { expect } from "vitest";

import { parseRules } from "../../../src/config/parse.ts";
import type { BoundFields } from "../../../src/domain/bound-fields.ts";
import { digestOf, policyDigest } from "../../../src/plan/digest.ts";
import type { PullRequest, WorkflowRun } from "../github/state.ts";
import type { Stage } from "./stage.ts";

/** What the plan job of this repository would find. */
export function planned(stage: Stage): { digest: string; fields: BoundFields } {
  const text = stage.project.git("show", "main:belay.yml");
  const rules = parseRules(text, { file: "/belay.yml", shownAs: "belay.yml", directory: "/", checkout: null, find: null });
  const fields: BoundFields = {
    v: 1,
    repositoryId: stage.github.state.repository.id,
    environment: "prod",
    command: "migrate",
    targets: [
      { name: "app", identity: "/srv/app.db", schemaDigest: "s", pending: [{ id: "001_x", sha256: "f".repeat(64) }], findings: [] },
    ],
    tool: { name: "sql", configSha256: "c" },
    policyDigest: policyDigest(rules.environments.get("prod")?.policy ?? null),
  };
  return { digest: digestOf(fields), fields };
}

export function claimOf(stage: Stage, run: WorkflowRun, digest: string | null, more: object = {}) {
  const inputs = stage.github.state.inputs.get(run.id) ?? {};
  const { request, command, environment, sha } = inputs;
  return { version: 1, request, command, environment, sha, digest, targets: [], run: `RUN${run.id}`, ...more };
}

/** Plans a request of this pull request as its job would. */
export async function plan(stage: Stage, pull: PullRequest, id = "r1"): Promise<{ readonly run: WorkflowRun; readonly digest: string }> {
  const run = await stage.until("the plan's workflow run", () =>
    stage.github.state.runs.find(({ title }) => title === `belay plan prod ${id}`),
  );
  const granted = await stage.claim(run, claimOf(stage, run, null));
  expect(granted, stage.logged.join("")).toMatchObject({ status: 200 });
  const { digest, fields } = planned(stage);
  const told = {
    version: 1,
    run: `RUN${run.id}`,
    seq: 1,
    at: new Date().toISOString(),
    type: "plan",
    data: { outcome: "planned", digest, fields },
  };
  const request = stage.github.state.inputs.get(run.id)?.["request"];
  expect(await stage.post(`/api/requests/${request}/events`, String(granted.json["events"]), told)).toMatchObject({ status: 204 });
  await stage.until("the plan's check run", () =>
    stage.github.state.checkRuns.find(
      ({ sha, externalId, conclusion }) => sha === pull.head.sha && externalId === `${id}:plan` && conclusion === "action_required",
    ),
  );
  await stage.shown(id);
  return { run, digest };
}
