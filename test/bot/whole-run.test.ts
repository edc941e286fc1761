/** Conversations in which everything is real but GitHub itself: signed webhooks, identity tokens, the built action, a database. */

import { expect, test } from "vitest";

import { BY_TWO, Talk } from "../support/bot/talk.ts";
import { cluster } from "../support/postgres/cluster.ts";

test("plan, two approvals at the same moment, migrated: the job claims its grant, tells how it went, and writes nothing itself", async () => {
  await using talk = await Talk.open();
  const { stage, runners } = talk;
  const { state } = stage.github;
  const pull = stage.openPull();
  const asked = await talk.ask(pull);
  const [planned] = runners.carried;
  expect(planned?.end.status, planned?.end.log).toBe(0);
  await talk.says("waits for approval");
  expect(stage.comment()).toContain("001_x");
  expect(talk.tables()).toBe("");

  await talk.approve(pull);
  const migrated = await runners.ended("belay migrate prod r1");
  expect(migrated.end.status, migrated.end.log).toBe(0);
  expect(migrated.end.annotations).toEqual([]);
  expect(migrated.end.log, "no token is left to be read").not.toMatch(/eyJ[\w-]{8}/);
  expect(migrated.posts.map(({ status }) => status)).toEqual([0]);
  expect(talk.tables()).toBe("x");
  await talk.reaction(asked, "+1");
  await talk.says("✅ migrated");
  expect(stage.comment()).toContain("Here: `/rollback prod`.");
  expect(stage.comment()).toMatch(/Approved by `(?:ben` and `cleo|cleo` and `ben)` for/);
  expect(state.comments.filter(({ author }) => author.login === "github-actions[bot]")).toEqual([]);
  expect(state.deploymentStatuses.at(-1)).toMatchObject({ state: "success" });

  pull.state = "closed";
  await stage.deliver("pull_request", stage.pullPayload(pull, "closed", "ada"));
  await talk.says("Closed without being merged: `prod` has `001_x`, and the default branch lacks it");
  expect(stage.comment()).toContain("take the data back with `/rollback prod`");
});

test("the same on PostgreSQL, in a job that has the URL from its environment", async () => {
  await using database = await (await cluster(15)).createDatabase();
  await using talk = await Talk.open(`backup: { store: OUTSIDE/store }\n${BY_TWO}`, { target: 'target: "${DATABASE_URL}"' });
  for (const title of ["belay plan", "belay migrate"])
    talk.runners.interference.set(title, { variables: { DATABASE_URL: database.address("owner") } });
  const { end } = await talk.migrate(talk.stage.openPull());
  expect(end.status, end.log).toBe(0);
  expect(database.sql("select count(*) from x").trim()).toBe("0");
  await talk.says("✅ migrated");
});

test("where nobody has to approve the run claims its grant at once; what it finds done already it says so", async () => {
  await using talk = await Talk.open("");
  const { stage, runners } = talk;
  const pull = stage.openPull();
  const asked = await stage.say(pull, "ada", "/migrate prod");
  const first = await runners.ended("belay migrate prod r1");
  expect(first.end.status, first.end.log).toBe(0);
  await talk.reaction(asked, "+1");
  expect(talk.tables()).toBe("x");
  const again = await stage.say(pull, "ada", "/migrate prod");
  const second = await runners.ended("belay migrate prod r2");
  expect(second.end.outputs["outcome"]).toBe("up-to-date");
  await talk.reaction(again, "+1");
});
