/** What decides is belay.yml of the default branch, at one commit; what a pull request writes there is shown and has no effect. */

import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { APPLICATION } from "../support/project.ts";
import { dispatchEvent, pushEvent, scheduleEvent } from "../support/github/events.ts";
import { reasonsOf, Shop } from "../support/github/shop.ts";

describe.concurrent("on the default branch", { timeout: 60_000 }, () => {
  test("a push takes policy out of its own commit, asks GitHub nothing for it, and says which commit decided", async () => {
    await using shop = await Shop.open();
    const { project } = shop;
    const sha = project.head();
    // What a step before has written into the work tree is nobody's policy.
    project.configure(`target: sqlite:${shop.outside("other.db")}\nmigrate: sql\nbackup: { store: ${shop.outside("elsewhere")} }\n`);
    const plan = await shop.push({ command: "plan", comment: "never" });
    expect(plan).toMatchObject({ status: 0, report: { outcome: "planned", policy: { sha, branch: "main", path: "belay.yml" } } });
    expect(shop.github.requests).toEqual([]);

    const { status, report, summary, log } = await shop.push({ digest: plan.outputs["digest"] ?? "" });
    expect({ status, outcome: report?.outcome }, log).toEqual({ status: 0, outcome: "migrated" });
    expect(report?.policy).toMatchObject({ sha, difference: [] });
    expect(summary).toContain(`\`belay.yml\` of \`main\` at [\`${sha.slice(0, 12)}\`]`);
    expect(shop.began().map(({ policySha }) => policySha)).toEqual([sha]);
    // For the comment alone: the pull request that this commit merges.
    expect(shop.github.requests.map(({ route }) => route)).toEqual(["GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls"]);
    expect([existsSync(shop.outside("other.db")), existsSync(shop.outside("elsewhere"))]).toEqual([false, false]);
  });

  test("a schedule and a start by hand do the same; a branch beside it has the default branch's policy", async () => {
    await using shop = await Shop.open();
    const main = shop.project.head();
    const { github } = shop;
    const plan = { command: "plan", comment: "never" };
    const byHand = await shop.step({ event: dispatchEvent(github, { sha: main, actor: "alice" }) }, plan);
    expect(byHand.report).toMatchObject({ outcome: "planned", policy: { sha: main, difference: [] } });
    expect(github.requests).toEqual([]);
    const scheduled = await shop.step({ event: scheduleEvent(github, main) }, plan);
    expect(scheduled.report).toMatchObject({ outcome: "planned", policy: { sha: main, branch: "main" } });

    const sha = shop.project.branch("side", () => shop.project.configure(`target: sqlite:${shop.outside("other.db")}\n`));
    for (const event of [
      pushEvent(github, { sha, actor: "mallory", branch: "side" }),
      dispatchEvent(github, { sha, actor: "mallory", ref: "refs/heads/side" }),
    ]) {
      const { report } = await shop.step({ event }, plan);
      expect(report).toMatchObject({ outcome: "planned", policy: { sha: main }, targets: [{ name: "app" }] });
      expect(report?.policy?.difference).toContain(`+    target: sqlite:${shop.outside("other.db")}`);
    }
  });

  test("a commit without the file, and one whose file is wrong, start nothing and say why at its line", async () => {
    await using shop = await Shop.open();
    const production = shop.production();
    shop.project.configure("target: mysql://db/shop\nmigrate: sql\nbakup: {}\n");
    shop.project.commit("Wrong");
    const wrong = await shop.push();
    expect(wrong).toMatchObject({ status: 2, report: null });
    expect(wrong.annotations.map(({ level, file, line }) => [level, file, line])).toEqual([
      ["error", "belay.yml", 3],
      ["error", "belay.yml", 5],
    ]);
    expect(wrong.summary).toContain('unknown key "bakup"');

    shop.project.git("rm", "--quiet", "belay.yml");
    shop.project.commit("Gone");
    const gone = await shop.push({ command: "plan" });
    expect([gone.status, reasonsOf(gone), gone.report?.welcome]).toEqual([3, ["policy-missing"], undefined]);
    expect(shop.production()).toEqual(production);
  });
});

const CHECKS = `checks:
  after:
    - { name: bookings stay, sql: select count(*) from bookings, expect: unchanged }
data: additive
`;

describe.concurrent("a pull request that changes belay.yml", { timeout: 60_000 }, () => {
  test("cannot turn off checks, move the store, change target and data scope: nothing of it has an effect, and all of it is shown", async () => {
    await using shop = await Shop.open({ prod: CHECKS });
    const { project, github } = shop;
    const main = project.head();
    const [other, elsewhere] = [shop.outside("other.db"), shop.outside("elsewhere")];
    const pull = shop.pull("evil", () => {
      project.configure(`target: sqlite:${other}\nmigrate: sql\n${APPLICATION}data: off\nbackup: { store: ${elsewhere} }\n`);
      project.migration("0002_less.sql", "delete from payments; delete from bookings where id > 50;\n");
    });
    const end = await shop.onPull(pull);
    expect({ status: end.status, outcome: end.report?.outcome }, end.log).toEqual({ status: 4, outcome: "undone" });
    expect(new Set(reasonsOf(end))).toEqual(new Set(["check-failed", "data-scope-broken"]));
    expect(end.report?.policy).toMatchObject({ sha: main, branch: "main", path: "belay.yml", addedChecks: [] });
    expect(end.report?.policy?.difference).toEqual(
      expect.arrayContaining([
        `-    target: sqlite:${project.database}`,
        `+    target: sqlite:${other}`,
        "+    data: off",
        "-    data: additive",
      ]),
    );
    expect(project.dump()).toBe(shop.before);
    expect([existsSync(other), existsSync(elsewhere), shop.began().map(({ policySha }) => policySha)]).toEqual([false, false, [main]]);
    for (const text of [end.summary, ...shop.comments()]) {
      expect(text).toContain("This commit changes `belay.yml`. That has no effect here: `main` decides.");
      expect(text).toContain("+    data: off");
    }
    expect(github.state.comments).toHaveLength(1);
  });

  test("has its additional checks asked as well, also in the place of one that it changes", async () => {
    await using shop = await Shop.open({ prod: CHECKS });
    const { project } = shop;
    const withChecks = (from: string, to: string) => project.write("belay.yml", project.read("belay.yml").replace(from, to));
    const stricter = shop.pull("stricter", () =>
      withChecks("sql: select count(*) from bookings, expect: unchanged", "sql: select 20, expect: 21"),
    );
    const failing = await shop.onPull(stricter);
    expect(failing.report?.policy?.addedChecks, failing.log).toEqual(["bookings stay (as changed)"]);
    expect([failing.report?.outcome, failing.report?.targets[0]?.checks.map(({ name, passed }) => [name, passed])]).toEqual([
      "undone",
      [
        ["bookings stay", true],
        ["bookings stay (as changed)", false],
      ],
    ]);
    expect(project.dump()).toBe(shop.before);

    const more = shop.pull("more", () =>
      withChecks("  after:\n", "  after:\n        - { name: twenty, sql: select count(*) from organizations, expect: 20 }\n"),
    );
    const passing = await shop.onPull(more, { again: "another check" });
    expect(passing.report?.outcome, passing.log).toBe("migrated");
    expect(passing.report?.targets[0]?.checks.map(({ name }) => name)).toEqual(["bookings stay", "twenty"]);
    expect(passing.summary).toContain("Checks that only this commit has, asked as well: `twenty`");
  });

  test("cannot lower approvals, nor name a bot to ask in place of whom the default branch asks", async () => {
    await using shop = await Shop.open({ prod: "approvals: { by: environment, from: [carol], required: 1 }\n" });
    const { project, github } = shop;
    github.state.environment("prod", { reviewers: [github.state.user("carol")] });
    const lowered = shop.pull("lowered", () => project.configure(`target: sqlite:${project.database}\nmigrate: sql\n${APPLICATION}`));
    const refused = await shop.onPull(lowered);
    expect([refused.status, reasonsOf(refused), refused.report?.policy?.difference]).toEqual([
      3,
      ["approval-missing"],
      expect.arrayContaining(["-    approvals: { by: environment, from: [carol], required: 1 }"]) as unknown,
    ]);
    const bot = shop.pull("bot", () => {
      project.write("belay.yml", `bot: https://evil.example\n${project.read("belay.yml").replace("by: environment", "by: bot")}`);
    });
    const other = await shop.onPull(bot);
    expect([other.status, reasonsOf(other)]).toEqual([3, ["approval-missing"]]);
    expect(other.report?.policy?.difference).toEqual(expect.arrayContaining(["+bot: https://evil.example"]));
    expect(project.dump()).toBe(shop.before);
  });
});

describe.concurrent("a pull request from a fork", { timeout: 60_000 }, () => {
  test("has nothing of its code run for a protected environment: it gets the status alone", async () => {
    await using shop = await Shop.open({ prod: "approvals: { by: environment, from: [carol] }\n" });
    const production = shop.production();
    const pull = shop.pull("theirs", () => shop.project.migration("0002_more.sql", "select 1;\n"), { author: "eve", owner: "eve" });
    for (const command of ["plan", "verify", "gate", "migrate", "backup", "recover"]) {
      const end = await shop.onPull(pull, { command, comment: "never" });
      expect([command, end.status, reasonsOf(end)], end.log).toEqual([command, 3, ["fork"]]);
      expect(end.report?.reasons[0]?.hint).toContain("write access");
    }
    expect((await shop.onPull(pull, { command: "status" })).report?.outcome).toBe("listed");
    expect(shop.production()).toEqual(production);
  });

  test("is planned like any other where nobody has to approve", async () => {
    await using shop = await Shop.open();
    const pull = shop.pull("theirs", () => shop.project.migration("0002_more.sql", "select 1;\n"), { author: "eve", owner: "eve" });
    expect((await shop.onPull(pull, { command: "plan", comment: "never" })).report?.outcome).toBe("planned");
  });
});

describe.concurrent("a link in the place of belay.yml", { timeout: 60_000 }, () => {
  test("leads nowhere: what it names on the runner is neither read nor shown", async () => {
    await using shop = await Shop.open();
    const { project } = shop;
    project.write(
      "deploy/belay.yml",
      project.read("belay.yml").replace("migrate: sql", "migrate: { tool: sql, directory: ../migrations }"),
    );
    project.commit("Another place");
    mkdirSync(shop.outside("secrets"));
    for (const name of [".env", "belay.yml"]) writeFileSync(shop.outside(`secrets/${name}`), "PASSWORD=hunter2hunter2\n");
    const link = shop.pull("link", () => {
      rmSync(join(project.directory, "belay.yml"));
      symlinkSync(shop.outside("secrets/.env"), join(project.directory, "belay.yml"));
      rmSync(join(project.directory, "deploy"), { recursive: true });
      symlinkSync(shop.outside("secrets"), join(project.directory, "deploy"));
    });
    for (const inputs of [{}, { config: "deploy/belay.yml" }]) {
      const end = await shop.onPull(link, { command: "plan", comment: "always", environment: "prod", ...inputs });
      expect([end.status, reasonsOf(end)], end.log).toEqual([3, ["policy-unreadable"]]);
      for (const text of [end.log, end.summary, JSON.stringify(end.report), ...shop.comments()]) expect(text).not.toContain("hunter2");
    }
  });
});

describe.concurrent("where belay.yml lies", { timeout: 60_000 }, () => {
  test("is .github/, where the root has none, or what the input config says, each of the default branch", async () => {
    await using shop = await Shop.open();
    const { project } = shop;
    const text = project.read("belay.yml");
    project.git("rm", "--quiet", "belay.yml");
    project.write(".github/belay.yml", text);
    project.write("deploy/prod.yml", text.replace("migrate: sql", "migrate: { tool: sql, directory: ../migrations }"));
    const main = project.commit("Move it");
    const pull = shop.pull("change", () => {
      project.write(".github/belay.yml", text.replace("app.db", "other.db"));
      project.write("deploy/prod.yml", "nonsense");
    });
    const plan = { command: "plan", comment: "never" };
    const hidden = await shop.onPull(pull, plan);
    expect(hidden.report, hidden.log).toMatchObject({ outcome: "planned", policy: { sha: main, path: ".github/belay.yml" } });
    const named = await shop.onPull(pull, { ...plan, config: "deploy/prod.yml" });
    expect(named.report, named.log).toMatchObject({
      outcome: "planned",
      policy: { sha: main, path: "deploy/prod.yml", flaw: expect.stringContaining("deploy/prod.yml") as string },
      targets: [{ pending: [{ id: "0001_role" }] }],
    });
    const pushed = await shop.onPull(pull, { ...plan, config: "../elsewhere.yml" });
    expect([pushed.status, pushed.annotations[0]?.message]).toEqual([2, expect.stringContaining("which is no file of the repository")]);
  });
});
