/** What does not run although somebody asked: each with the real job, which changes nothing and says why. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { digestOf } from "../../src/plan/digest.ts";
import { BY_TWO, GATED, Talk } from "../support/bot/talk.ts";

const git = (directory: string, ...args: readonly string[]) =>
  execFileSync("git", ["-C", directory, "-c", "user.name=Eve", "-c", "user.email=eve@example.org", ...args], { stdio: "pipe" });

test("rejected: nothing is started", async () => {
  await using talk = await Talk.open();
  const { stage } = talk;
  const pull = stage.openPull();
  await talk.ask(pull);
  await stage.say(pull, "ben", '/reject r1 "not today"');
  await talk.says("not today");
  expect(stage.github.state.runs.map(({ title }) => title)).toEqual(["belay plan prod r1"]);
  expect(talk.tables()).toBe("");
});

test.each<[string, (talk: Talk, checkout: string) => Promise<void> | void, readonly string[]]>([
  [
    "pushed to while its machine was being made",
    async (talk) => {
      const [pull] = talk.stage.github.state.pulls;
      if (pull !== undefined) await talk.push(pull, "migrations/002_y.sql", "create table y(id integer);\n");
    },
    ["request-ended"],
  ],
  [
    "whose files are others than were planned",
    (_, checkout) => writeFileSync(join(checkout, "migrations/001_x.sql"), "create table x(id integer, evil text);\n"),
    ["plan-changed"],
  ],
  [
    "with another commit checked out",
    (_, checkout) => void git(checkout, "commit", "--quiet", "--allow-empty", "--message=Evil"),
    ["grant-mismatch"],
  ],
  ["whose approver may not write any more", (talk) => void talk.stage.github.state.writers.delete("cleo"), ["approval-missing"]],
])("a run %s gets no grant", async (_, change, expected) => {
  await using talk = await Talk.open();
  talk.runners.interference.set("belay migrate", { before: ({ checkout }) => change(talk, checkout) });
  const refused = await talk.migrate(talk.stage.openPull());
  expect(refused.end.status, refused.end.log).toBe(3);
  expect(refused.reasons).toEqual(expected);
  expect(talk.tables()).toBe("");
  expect(talk.project.exists("../belay-backups")).toBe(false);
});

test("a checkout that moves after the grant: the application runs again as before, and nothing was applied", async () => {
  const app = 'app:\n  stop: "git -c user.name=Eve -c user.email=e@x commit --quiet --allow-empty --message=Evil"\n  start: "true"\n';
  await using talk = await Talk.open(BY_TWO, { app });
  const refused = await talk.migrate(talk.stage.openPull());
  expect(refused.end.status, refused.end.log).toBe(3);
  expect(refused.reasons).toEqual(["checkout-moved"]);
  expect(talk.tables()).toBe("");
  await talk.says("checkout-moved");
});

test("a workflow run that somebody starts again, and a second one for the same request, carry out nothing", async () => {
  await using talk = await Talk.open();
  const { stage, runners } = talk;
  const { run } = await talk.migrate(stage.openPull());
  const { requests } = stage.github;
  const before = requests.length;
  await runners.carryOut({ ...run, attempt: 2 });
  const again = runners.carried.at(-1);
  expect(again?.end.log).toContain("attempt 2 of the workflow run");
  expect(again?.end.status).toBe(3);
  expect(
    requests.slice(before).filter(({ target }) => target.startsWith("/idtoken")),
    "the bot is not even asked",
  ).toEqual([]);

  const { state } = stage.github;
  const second = state.run({ event: "workflow_dispatch", actor: "belay[bot]", sha: run.sha, title: run.title, path: run.path });
  state.inputs.set(second.id, state.inputs.get(run.id) ?? {});
  await runners.carryOut(second);
  const other = runners.carried.at(-1);
  expect(other?.end.outputs["outcome"]).toBe("up-to-date");
  expect(talk.tables()).toBe("x");
});

test("a plan that its job made up, digest and all, can be approved and is never run", async () => {
  await using talk = await Talk.open();
  const { stage } = talk;
  talk.runners.interference.set("belay plan", {
    during: async ({ pid }, { run, inputs, temp }) => {
      const kept = await stage.until("the claim of the job", () => {
        const name = readdirSync(temp).find((each) => /^belay-request-\w+\.json$/.test(each));
        return name === undefined ? undefined : JSON.parse(readFileSync(join(temp, name), "utf8"));
      });
      process.kill(pid, "SIGSTOP"); // whatever else runs in this job is quicker than Belay
      const { json } = await stage.claim(run, kept.claim);
      const token = String(json["events"]);
      const policyDigest = talk.policyDigest();
      const fields = {
        v: 1,
        repositoryId: stage.github.state.repository.id,
        environment: "prod",
        command: "migrate",
        targets: [{ name: "app", identity: "app", schemaDigest: "s", pending: [{ id: "000_harmless", sha256: null }], findings: [] }],
        tool: { name: "sql", configSha256: "c" },
        policyDigest,
      } as const;
      const event = (seq: number, type: string, data: object) => ({
        version: 1,
        run: kept.claim.run,
        seq,
        at: new Date().toISOString(),
        type,
        data,
      });
      const path = `/api/requests/${inputs["request"]}/events`;
      const bare = { belay: "0.1.0", command: "plan", outcome: "planned", digest: digestOf(fields), startedAt: "", durationMs: 0 };
      const unbound = { ...bare, reasons: [], targets: [{ name: "app", outcome: "planned", pending: [{ id: "000_harmless" }] }] };
      expect(await stage.post(path, token, event(901, "result", unbound))).toMatchObject({ status: 204 });
      const forged = { outcome: "planned", digest: digestOf(fields), fields };
      expect(await stage.post(path, token, event(902, "plan", forged))).toMatchObject({ status: 204 });
      process.kill(pid, "SIGCONT");
    },
  });
  const pull = stage.openPull();
  await talk.ask(pull);
  await talk.says("000_harmless");
  await talk.approve(pull);
  const refused = await talk.runners.ended("belay migrate prod r1");
  expect(refused.end.status, refused.end.log).toBe(3);
  expect(refused.reasons).toEqual(["plan-changed"]);
  expect(talk.tables()).toBe("");
  await talk.says("plan-changed");
});

test("a belay.yml of the pull request that names another bot, asks nobody, checks nothing and moves the store, changes nothing of that", async () => {
  await using talk = await Talk.open('approvals: { required: 2 }\nchecks: { after: [{ sql: "select count(*) from x", expect: 1 }] }\n');
  const { stage, project } = talk;
  const pull = stage.openPull();
  const own = `bot: https://evil.example.com\nenvironments:\n  prod:\n    target: sqlite:${project.database}\n    migrate: sql\n    backup: { store: /nowhere }\n`;
  await talk.push(pull, "belay.yml", own);
  const { end, reasons } = await talk.migrate(pull);
  expect(stage.github.state.runs.map(({ title }) => title)).toEqual(["belay plan prod r1", "belay migrate prod r1"]);
  expect(end.status, "the check of the default branch was asked").toBe(4);
  expect(reasons).toEqual(["check-failed"]);
  expect(talk.tables()).toBe("");
  expect(end.log).not.toContain("evil.example.com/api");
});

test("two pull requests race for one environment: one migrates, the other waits until that is merged, and then asks anew", async () => {
  await using talk = await Talk.open("approvals: { required: 2 }\nrequire: []\n", { app: GATED });
  const { stage, runners } = talk;
  const { state } = stage.github;
  const [first, second] = [stage.openPull("one"), stage.openPull("two", "002_y.sql", "create table y(id integer);\n")];
  await Promise.all([stage.say(first, "ada", "/migrate prod"), stage.say(second, "ada", "/migrate prod")]);
  for (const id of ["r1", "r2"]) await talk.planShown(id);
  const pulls = new Map(
    [...state.inputs.values()].map(({ request, sha }) => [request, [first, second].find(({ head }) => head.sha === sha)]),
  );
  talk.gate.close();
  await Promise.all(["r1", "r2"].map((id) => talk.approve(pulls.get(id) ?? first, id)));
  await stage.until("the first run", talk.gate.isReached);
  expect(state.runs.filter(({ title }) => title.startsWith("belay migrate"))).toHaveLength(1);
  talk.gate.open();
  const { run } = await runners.ended("belay migrate");
  const winner = [first, second].find(({ head }) => head.sha === state.inputs.get(run.id)?.["sha"]) ?? first;
  await stage.until("the deployment", () => state.deploymentStatuses.find((each) => each.state === "success"));
  expect(
    state.runs.filter(({ title }) => title.startsWith("belay migrate")),
    "the environment stays with the unmerged",
  ).toHaveLength(1);

  winner.merged = { sha: talk.project.merge(winner.head.branch), by: state.user("ada"), at: state.now() };
  winner.state = "closed";
  await stage.deliver("pull_request", stage.pullPayload(winner, "closed", "ada"));
  const loser = await stage.until("the other's run", () =>
    runners.carried.find((each) => each.run.title.startsWith("belay migrate") && each.run !== run),
  );
  expect(loser.reasons, "its branch lacks what was merged meanwhile").toContain("migration-missing");
  expect(["x", "y"]).toContain(talk.tables());
});
