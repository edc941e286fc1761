/** `plan` on the pull request that brings belay.yml: a welcome that runs nothing of it and opens no database. */

import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { reasonsOf, Shop } from "../support/github/shop.ts";
import { hrefs, rendered } from "../support/rendered-markdown.ts";

/** What does not have belay.yml yet. */
async function open(): Promise<Shop> {
  const shop = await Shop.open();
  shop.project.git("rm", "--quiet", "belay.yml");
  shop.project.commit("Without Belay");
  return shop;
}

/** What would be left by anything of the pull request that ran. */
const TRACE = "ran.txt";

function whole(shop: Shop): string {
  const run = `echo ran >> ${shop.outside(TRACE)}`;
  return [
    `target: sqlite:${shop.project.database}`,
    "migrate: sql",
    `app: { stop: "${run}; systemctl stop shop", start: "${run}" }`,
    "checks:",
    "  before:",
    `    - { name: disk, command: "${run}" }`,
    "  after:",
    "    - { name: rows, sql: select count(*) from users, expect: unchanged }",
    `backup: { store: "${shop.outside("backups")}" }`,
    "approvals: { by: environment, from: [carol] }",
  ].join("\n");
}

describe.concurrent("the pull request that adds belay.yml", { timeout: 60_000 }, () => {
  test("is welcomed by plan with what was recognised, in summary and comment, and nothing of it runs", async () => {
    await using shop = await open();
    const production = shop.production();
    const pull = shop.pull("add-belay", () => {
      shop.project.configure(whole(shop));
      shop.project.migration("0002_more.sql", "alter table users add column more text;\n");
    });
    const { status, report, outputs, summary, annotations, log } = await shop.onPull(pull, { command: "plan" });
    expect({ status, annotations }, log).toEqual({ status: 0, annotations: [] });
    expect(outputs).toMatchObject({ outcome: "planned", pending: "0", matrix: '{"target":[]}' });
    expect(report?.welcome).toEqual([
      `database \`app\`: \`sqlite:${shop.project.database}\``,
      "migrations: SQL files in `migrations`, 2 migrations: `0001_role`, `0002_more`",
      `application: stopped by \`echo ran >> ${shop.outside(TRACE)}; systemctl stop shop\`, started by \`echo ran >> ${shop.outside(TRACE)}\``,
      "checks: `disk`, `rows`",
      `backups: in \`${shop.outside("backups")}\`, each proven before anything is changed`,
      "before it may run: an approval by carol in GitHub's environment prod; not by who asks for it",
      "after the merge, `belay migrate prod` plans, stops the application, takes a backup and proves it, applies what is pending, compares rows and asks the checks, starts the new version; where anything is wrong, it puts everything back",
    ]);
    const [comment = "", ...more] = shop.comments();
    expect(more).toEqual([]);
    for (const text of [summary, comment]) {
      expect(text).toContain("👋 welcome");
      expect(text).toContain("migrations: SQL files in `migrations`, 2 migrations: `0001_role`, `0002_more`");
      expect(text).toContain("**Next:** merge this, then `belay plan prod` shows what would run");
    }
    expect(log).toContain("WELCOME.");
    expect(shop.production()).toEqual(production);

    const refused = await shop.onPull(pull, { command: "migrate" });
    expect([refused.status, reasonsOf(refused)]).toEqual([3, ["policy-missing"]]);
    expect(shop.production()).toEqual(production);

    shop.merge(pull);
    const after = await shop.push({ command: "plan" });
    expect([after.report?.outcome, after.report?.welcome], after.log).toEqual(["planned", undefined]);
    expect(existsSync(shop.outside(TRACE))).toBe(false);
  });

  test("is welcomed on a runner of GitHub's, with a tool of its own, and where no secret is given to it", async () => {
    await using shop = await open();
    const pull = shop.pull("add-belay", () => {
      const trace = `echo ran >> ${shop.outside(TRACE)}`;
      const one = `{ id: all, pending: "${trace}", pending-when: x, applied-when: y, apply: "${trace}", files: [migrations/*] }`;
      shop.project.configure(
        `target: \${DATABASE_URL}\nmigrate: { tool: command, migrations: [${one}] }\nbackup: { store: "\${STORE}" }\n`,
      );
    });
    const without = await shop.onPull(pull, { command: "plan" }, { runnerEnvironment: "github-hosted" });
    expect(without, without.log).toMatchObject({ status: 0, report: { outcome: "planned", environment: "prod" } });
    expect(without.report?.welcome).toEqual([
      "`belay.yml` is well formed; what it says can be told in full where its variables are set",
      expect.stringContaining("the environment variable DATABASE_URL is not set"),
      expect.stringContaining("the environment variable STORE is not set"),
    ]);
    const secret = shop.outside("s3cret.db");
    const given = { DATABASE_URL: `sqlite:${secret}`, STORE: shop.outside("s3cret-store") };
    const withThem = await shop.onPull(pull, { command: "plan" }, { runnerEnvironment: "github-hosted", env: given });
    expect(withThem.report?.welcome, withThem.log).toEqual(
      expect.arrayContaining([
        "database `s3cret`: `${DATABASE_URL}`",
        "migrations: commands of your own (tool: command), 1 migration: `all`",
        "backups: in `***`, each proven before anything is changed",
        expect.stringContaining("runs-on: [self-hosted, …]"),
      ]),
    );
    for (const text of [withThem.log, withThem.summary, ...shop.comments()]) expect(text).not.toContain(given.STORE);
    expect([existsSync(shop.outside(TRACE)), existsSync(secret), shop.comments().length]).toEqual([false, false, 1]);
  });

  test("says what keeps migrations from being told, and is no welcome but an error where belay.yml is wrong", async () => {
    await using shop = await open();
    const nowhere = shop.pull("nowhere", () =>
      shop.project.configure(`target: sqlite:${shop.outside("x.db")}\nmigrate: { tool: sql, directory: sql }\n`),
    );
    const told = await shop.onPull(nowhere, { command: "plan" });
    expect(told.status, told.log).toBe(0);
    expect(told.report?.welcome).toContainEqual(expect.stringContaining("there is no such directory; set migrate.directory in belay.yml"));

    const wrong = shop.pull("wrong", () => shop.project.configure("target: sqlite:x.db\nmigrat: sql\nchekcs: {}\n"));
    const end = await shop.onPull(wrong, { command: "plan" });
    expect([end.status, end.report], end.log).toEqual([2, null]);
    expect(end.annotations.map(({ level, file, line, message }) => [level, file, line, message])).toEqual([
      ["error", "belay.yml", 4, 'unknown key "migrat"\ndid you mean "migrate"?'],
      ["error", "belay.yml", 5, 'unknown key "chekcs"\ndid you mean "checks"?'],
    ]);
    expect(shop.comments()).toHaveLength(1);
  });

  test("may bring an environment to a file that is there; one that neither knows is a mistake", async () => {
    await using shop = await open();
    shop.project.configure(`target: sqlite:${shop.project.database}\nmigrate: sql\n`);
    shop.project.commit("With prod");
    const pull = shop.pull("staging", () =>
      shop.project.write(
        "belay.yml",
        `${shop.project.read("belay.yml")}  staging:\n    target: sqlite:${shop.outside("staging.db")}\n    migrate: sql\n`,
      ),
    );
    const plan = { command: "plan", environment: "staging" };
    const known = await shop.onPull(pull, plan);
    expect([known.status, known.report?.environment, known.report?.welcome?.[0]], known.log).toEqual([
      0,
      "staging",
      `database \`staging\`: \`sqlite:${shop.outside("staging.db")}\``,
    ]);
    const unknown = await shop.onPull(pull, { ...plan, environment: "stagging" });
    expect([unknown.status, unknown.annotations.map(({ message }) => message)], unknown.log).toEqual([
      2,
      [expect.stringContaining('environment "stagging" is not in')],
    ]);
    expect(existsSync(shop.outside("staging.db"))).toBe(false);
  });

  test("may call things as it likes: nothing pings, links or is obeyed", async () => {
    await using shop = await open();
    const nasty = "`x` @octocat [y](http://evil.example) ``` <img src=x> | #1 \u202e";
    const pull = shop.pull("nasty", () => {
      shop.project.migration(`0003_${nasty.replaceAll("/", "")}.sql`, "select 1;\n");
      const check = JSON.stringify(`${nasty}\n::set-output name=outcome::migrated\n##[error]x`);
      const stop = JSON.stringify(`echo ${nasty}\n::stop-commands::x`);
      shop.project.configure(
        `target: "sqlite:${shop.outside("x y.db")}"\nmigrate: sql\napp: { stop: ${stop}, start: "true" }\nchecks: { after: [{ name: ${check}, sql: select 1, expect: 1 }] }\n`,
      );
    });
    const end = await shop.onPull(pull, { command: "plan" });
    expect([end.status, end.outputs["outcome"], end.annotations, end.problems], end.log).toEqual([0, "planned", [], []]);
    expect(end.commands.map(({ name }) => name)).not.toContain("set-output");
    expect(end.log).not.toContain("\u202e");
    for (const text of [end.summary, ...shop.comments()]) {
      const page = rendered(text);
      expect(page.text).toContain("@octocat");
      expect(page.running.filter((each) => /@octocat|#1\b|http:/.test(each))).toEqual([]);
      expect([page.tags.filter(({ name }) => name === "img"), hrefs(page).filter((url) => url.includes("evil"))]).toEqual([[], []]);
    }
  });
});
