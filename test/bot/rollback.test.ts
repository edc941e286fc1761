/** Rollbacks by chat, with the built action on a real database: what would be lost is counted, shown, and approved before anything moves. */

import { expect, test } from "vitest";

import { parseRules } from "../../src/config/parse.ts";
import type { BoundRollback } from "../../src/domain/bound-fields.ts";
import { digestOf, policyDigest } from "../../src/plan/digest.ts";
import { Runners } from "../support/bot/runners.ts";
import { Stage } from "../support/bot/stage.ts";
import type { CheckRun, PullRequest } from "../support/github/state.ts";
import { bookingDatabase } from "../support/project.ts";

function openShop(): Promise<Stage> {
  return Stage.open((project) => {
    bookingDatabase(project, 20);
    return `target: sqlite:${project.database}\nmigrate: sql\napprovals: { required: 1 }\nrequire: [up-to-date]\n`;
  });
}

const hasX = ({ project }: Stage) => project.sql("select count(*) from sqlite_schema where name = 'x'").trim() === "1";

function checked(stage: Stage, id: string, word: string): Promise<CheckRun> {
  const { checkRuns } = stage.github.state;
  return stage.until(`${word} in ${id}`, () => checkRuns.find(({ externalId, conclusion }) => externalId === id && conclusion === word));
}

async function migrated(stage: Stage, runners: Runners): Promise<PullRequest> {
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  await runners.ended("belay plan prod r1");
  await checked(stage, "r1:plan", "action_required");
  stage.pass(6_000);
  await stage.say(pull, "ben", "/approve r1");
  expect((await runners.ended("belay migrate prod r1")).end.log).toContain("MIGRATED");
  await checked(stage, "r1:run", "success");
  expect(hasX(stage)).toBe(true);
  return pull;
}

test("a rollback shows what it would lose, and whoever asked may approve it", async () => {
  await using stage = await openShop();
  await using runners = new Runners(stage);
  const pull = await migrated(stage, runners);
  stage.project.sql("insert into x values (1), (2), (3)");
  stage.pass(6_000);
  await stage.say(pull, "ada", "/rollback prod");
  const planned = await runners.ended("belay plan prod r2");
  expect(planned.end.status, planned.end.log).toBe(0);
  const { summary } = await checked(stage, "r2:plan", "action_required");
  expect(summary).toContain("It loses what was written since");
  expect(summary).toMatch(/\| `x` \| 3 \| 0 \|/);
  expect(hasX(stage)).toBe(true);

  stage.pass(6_000);
  await stage.say(pull, "ada", "/approve r2");
  const undone = await runners.ended("belay rollback prod r2");
  expect(undone.end.status, undone.end.log).toBe(0);
  expect(hasX(stage)).toBe(false);
  await checked(stage, "r2:run", "success");
  const { deployments, deploymentStatuses } = stage.github.state;
  await stage.until("the deployment's end", () => deploymentStatuses.find(({ description }) => description.includes("taken back by r2")));
  expect(deployments, "a rollback deploys nothing").toHaveLength(1);
  expect(deploymentStatuses.at(-1)).toMatchObject({ state: "failure" });
});

test("the button of the run's check asks for the rollback of that very run, and what is not approved does not move", async () => {
  await using stage = await openShop();
  await using runners = new Runners(stage);
  await migrated(stage, runners);
  const check = await checked(stage, "r1:run", "success");
  expect(check.actions).toMatchObject([{ identifier: "rollback" }]);
  await stage.press("eve", check, "rollback");
  await stage.press("ben", check, "rollback");
  await runners.ended("belay plan prod r2");
  const asked = await checked(stage, "r2:plan", "action_required");
  expect(asked.summary).toContain("nothing is lost");
  await stage.press("ben", asked, "reject");
  await checked(stage, "r2:plan", "cancelled");
  expect(hasX(stage)).toBe(true);
});

test("a loss that its job made up is refused: another digest, another run, another command, more than is shown", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/rollback prod --run RUN7");
  const run = await stage.until("the plan's run", () => stage.github.state.runs[0]);
  const claim = {
    version: 1,
    request: "r1",
    command: "plan",
    environment: "prod",
    sha: stage.project.head(),
    digest: null,
    targets: [],
    run: "JOB",
  };
  const granted = await stage.claim(run, claim);
  expect(granted.status).toBe(200);
  const [, claims = ""] = String(granted.json["grant"]).split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    options: { of: "rollback", run: "RUN7", accept_loss: false },
  });

  const text = stage.project.git("show", "main:belay.yml");
  const rules = parseRules(text, { file: "/belay.yml", shownAs: "belay.yml", directory: "/", checkout: null, find: null });
  const fields: BoundRollback = {
    v: 1,
    repositoryId: stage.github.state.repository.id,
    environment: "prod",
    command: "rollback",
    to: null,
    targets: [{ name: "app", identity: "/srv/app.db", run: "RUN7", laterWrites: [{ table: "x", written: 3, gone: 0 }] }],
    policyDigest: policyDigest(rules.environments.get("prod")?.policy ?? null),
  };
  let seq = 0;
  const tell = async (told: object, digest = digestOf(told as BoundRollback)) => {
    const event = {
      version: 1,
      run: "JOB",
      seq: (seq += 1),
      at: "2026-01-01T00:00:00Z",
      type: "plan",
      data: { outcome: "planned", digest, fields: told },
    };
    return (await stage.post("/api/requests/r1/events", String(granted.json["events"]), event)).status;
  };
  const [target] = fields.targets;
  const harmless = { ...fields, targets: [{ ...target, laterWrites: [] }] };
  expect(await tell(harmless, digestOf(fields))).toBe(403);
  expect(await tell({ ...fields, targets: [{ ...target, run: "RUN8" }] })).toBe(403);
  expect(await tell({ ...fields, targets: [target, { ...target, name: "b", run: "RUN8" }] })).toBe(403);
  expect(await tell({ ...fields, environment: "staging" })).toBe(403);
  expect(await tell({ ...fields, note: "all is well" })).toBe(400);
  const migration = { ...fields, command: "migrate", to: undefined, targets: [], tool: { name: "sql", configSha256: "c" } };
  const { to: _to, ...plan } = migration;
  expect(await tell(plan)).toBe(403);
  expect(await tell(fields)).toBe(204);
  expect((await checked(stage, "r1:plan", "action_required")).summary).toContain("| `x` | 3 | 0 |");
});
