/** Conversations in which everything is real but GitHub itself: signed webhooks, identity tokens, the built action, a database. */

import { expect, test } from "vitest";

import { Runners } from "../support/bot/runners.ts";
import { Stage } from "../support/bot/stage.ts";
import { bookingDatabase } from "../support/project.ts";

const APPROVED_BY_TWO = "approvals: { required: 2 }\nrequire: [up-to-date]\n";

function openShop(rules = APPROVED_BY_TWO): Promise<Stage> {
  return Stage.open((project) => {
    bookingDatabase(project, 20);
    return `target: sqlite:${project.database}\nmigrate: sql\n${rules}`;
  });
}

const tables = ({ project }: Stage) => project.sql("select group_concat(name, ' ') from sqlite_schema where name in ('x', 'y')").trim();

test("plan, two approvals at the same moment, migrated: the job claims its grant, tells how it went, and writes nothing itself", async () => {
  await using stage = await openShop();
  await using runners = new Runners(stage);
  const { state } = stage.github;
  const pull = stage.openPull();
  const asked = await stage.say(pull, "ada", "/migrate prod");
  const planned = await runners.ended("belay plan prod r1");
  expect(planned.end.status, planned.end.log).toBe(0);
  await stage.until("the plan", () => (stage.comment().includes("waits for approval") ? true : undefined));
  expect(stage.comment()).toContain("001_x");
  expect(tables(stage)).toBe("");

  stage.pass(2_000);
  await Promise.all([stage.say(pull, "ben", "/approve r1"), stage.say(pull, "cleo", "/approve r1")]);
  const migrated = await runners.ended("belay migrate prod r1");
  expect(migrated.end.status, migrated.end.log).toBe(0);
  expect(migrated.end.annotations).toEqual([]);
  expect(migrated.posts.map(({ status }) => status)).toEqual([0]);
  expect(tables(stage)).toBe("x");
  await stage.until("👍", () => state.reactions.find(({ comment, content }) => comment === asked && content === "+1"));
  await stage.until("the last word", () => (stage.comment().includes("✅ migrated") ? true : undefined));
  expect(stage.comment()).toMatch(/Approved by `(?:ben` and `cleo|cleo` and `ben)` for/);
  expect(state.comments.filter(({ author }) => author.login === "github-actions[bot]")).toEqual([]);
  expect(state.deploymentStatuses.at(-1)).toMatchObject({ state: "success" });
});
