import { describe, expect, test } from "vitest";

import type { Request, RequestState, RunCommand } from "../../bot/core/request.ts";
import { NO_STATE } from "../../bot/core/state.ts";
import { headVerdict } from "../../bot/view/head-check.ts";
import { exampleRequest } from "../support/bot/example-request.ts";
import { Stage } from "../support/bot/stage.ts";

const HEAD = "a".repeat(40);

describe("the check `belay` lets a pull request be merged", () => {
  type Life = readonly [command: RunCommand, state: RequestState, sha?: string];
  const of = (lives: readonly Life[]) => {
    const requests = lives.map(([command, state, sha = HEAD], at): Request => ({
      ...exampleRequest,
      id: `r${at + 1}`,
      command,
      state,
      sha,
    }));
    return headVerdict({ ...NO_STATE, requests: new Map(requests.map((each) => [each.id, each])) }, 1, HEAD, ["prod"]).conclusion;
  };

  test.each<[string, readonly Life[], ReturnType<typeof of>]>([
    ["not before it is migrated", [], "action_required"],
    ["once it is", [["migrate", "migrated"]], "success"],
    ["where there was nothing to do", [["migrate", "up-to-date"]], "success"],
    ["not after another commit was migrated", [["migrate", "migrated", "b".repeat(40)]], "action_required"],
    [
      "not while a run goes on",
      [
        ["migrate", "migrated"],
        ["migrate", "running"],
      ],
      null,
    ],
    [
      "while something only looks",
      [
        ["migrate", "migrated"],
        ["runs", "running"],
      ],
      "success",
    ],
    [
      "not while nobody knows how a run ended",
      [
        ["migrate", "migrated"],
        ["migrate", "needs-attention"],
      ],
      "failure",
    ],
    [
      "not after it was rolled back",
      [
        ["migrate", "migrated"],
        ["rollback", "rolled-back"],
      ],
      "action_required",
    ],
    ["not where its migration was undone", [["migrate", "undone"]], "action_required"],
    ["where a recovery brought the migration to its end", [["recover", "migrated"]], "success"],
  ])("%s", (_, lives, conclusion) => {
    expect(of(lives)).toBe(conclusion);
  });

  test("where no environment asks for it, also unmigrated", () => {
    expect(headVerdict(NO_STATE, 1, HEAD, []).conclusion).toBe("success");
  });

  test("never where GitHub does not say which it is", () => {
    expect(headVerdict(NO_STATE, null, HEAD, []).conclusion).toBe("failure");
  });
});

test("the check stands on every head, and on every commit that the merge queue tries, and follows another belay.yml", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const { state } = stage.github;
  const checkOn = (sha: string) => state.checkRuns.find((run) => run.name === "belay" && run.sha === sha);
  const pull = stage.openPull();
  await stage.deliver("pull_request", stage.pullPayload(pull, "opened", "ada"));
  expect((await stage.until("the check", () => checkOn(pull.head.sha))).conclusion).toBe("success");
  const queued = "c".repeat(40);
  await stage.deliver("merge_group", stage.groupPayload(pull, queued));
  expect((await stage.until("the queue's check", () => checkOn(queued))).conclusion).toBe("success");

  const check = await stage.until("the check", () => checkOn(pull.head.sha));
  check.conclusion = null; // as GitHub does where somebody has the checks run again
  await stage.deliver("check_suite", stage.againPayload(pull.head.sha));
  await stage.until("the same word again", () => (check.conclusion === "success" ? true : undefined));

  stage.project.write("belay.yml", `${stage.project.git("show", "main:belay.yml")}\n    merge: after-migrated\n`);
  const sha = stage.project.commit("Merge after the migration");
  await stage.deliver("push", stage.pushPayload(sha, ["belay.yml"]));
  await stage.until("the heads' new word", () => (checkOn(pull.head.sha)?.conclusion === "action_required" ? true : undefined));
  await stage.until("the queue's new word", () => (checkOn(queued)?.conclusion === "action_required" ? true : undefined));
  expect(checkOn(queued)?.summary).toContain("/migrate prod");
  await stage.deliver("merge_group", stage.groupPayload(pull, queued, "destroyed"));
  const unknown = { ...stage.groupPayload(pull, "d".repeat(40)), merge_group: { head_sha: "d".repeat(40), head_ref: "refs/heads/else" } };
  await stage.deliver("merge_group", unknown);
  expect((await stage.until("the check of nobody", () => checkOn("d".repeat(40)))).conclusion).toBe("failure");
});
