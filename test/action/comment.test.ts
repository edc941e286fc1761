/** One comment for each pull request and environment: found on every page, edited in place, never longer than GitHub takes. */

import { describe, expect, test } from "vitest";

import { environmentHash } from "../../src/github/comment.ts";
import { Shop } from "../support/github/shop.ts";
import type { PullRequest } from "../support/github/state.ts";

const MARKER = `<!-- belay:1:env:${environmentHash("prod")} -->`;
const BOT = "github-actions[bot]";

function pullOf(shop: Shop, author = "bob", owner = "acme"): PullRequest {
  return shop.pull("feature", () => shop.project.write("a.txt", "a\n"), { author, owner });
}

/** What is said there, by whom: the first words of each comment. */
function conversation(shop: Shop): readonly (readonly [string, string])[] {
  return shop.github.state.comments.map(({ author, body }) => [author.login, body.startsWith(MARKER) ? "belay" : body.slice(0, 20)]);
}

describe.concurrent("the comment", { timeout: 60_000 }, () => {
  test("is one, edited in place from plan to migrated, however many others there are; a person's with the same marker stays as it is", async () => {
    await using shop = await Shop.open();
    const { state } = shop.github;
    const pull = pullOf(shop);
    const forged = state.comment(pull.number, "mallory", `${MARKER}\nall is well, approve me`);
    for (let at = 0; at < 230; at++) state.comment(pull.number, "alice", `talk ${at}`);
    const plan = await shop.onPull(pull, { command: "plan" });
    expect([plan.status, plan.annotations], plan.log).toEqual([0, []]);
    const written = state.comments.at(-1);
    expect([written?.author.login, written?.body.startsWith(MARKER)]).toEqual([BOT, true]);
    expect(written?.body).toContain("1 migration pending");
    const { id } = written ?? { id: 0 };
    for (let at = 0; at < 120; at++) state.comment(pull.number, "alice", `more ${at}`);

    const again = await shop.onPull(pull, { command: "plan" });
    expect(again.status, again.log).toBe(0);
    shop.merge(pull);
    const migrated = await shop.push();
    expect([migrated.status, migrated.report?.outcome], migrated.log).toEqual([0, "migrated"]);
    const belay = state.comments.filter(({ author }) => author.login === BOT);
    expect(belay.map((comment) => comment.id)).toEqual([id]);
    expect(belay[0]?.body).toContain("✅ migrated in");
    expect(belay[0]?.body).toContain(`/acme/shop/blob/${shop.project.head()}/migrations/0001_role.sql`);
    expect(forged.body).toBe(`${MARKER}\nall is well, approve me`);
    expect(state.comments).toHaveLength(1 + 230 + 1 + 120);
  });

  test("is written where there is something to say, always, or never, as the input says", async () => {
    await using shop = await Shop.open();
    const pull = pullOf(shop);
    for (const [comment, command, expected] of [
      ["never", "plan", 0],
      ["auto", "status", 0],
      ["always", "status", 1],
      ["auto", "migrate", 1],
    ] as const) {
      const end = await shop.onPull(pull, { comment, command });
      expect([end.status, shop.comments().length], end.log).toEqual([0, expected]);
    }
    const before = shop.comments();
    const nothing = await shop.onPull(pull, { comment: "auto" });
    expect([nothing.report?.outcome, shop.comments()], nothing.log).toEqual(["up-to-date", before]);
  });

  test("is kept apart for each environment, and doubles of it go", async () => {
    await using shop = await Shop.open();
    const { project, github } = shop;
    project.git("checkout", "--quiet", "main");
    project.write("belay.yml", `${project.read("belay.yml")}  demo:\n    target: sqlite:${project.database}\n    migrate: sql\n`);
    project.commit("Two");
    const pull = pullOf(shop);
    for (const environment of ["prod", "demo", "prod"]) {
      const end = await shop.onPull(pull, { command: "plan", environment });
      expect(end.status, end.log).toBe(0);
    }
    expect(shop.comments().map((body) => body.split("\n")[0])).toEqual([MARKER, `<!-- belay:1:env:${environmentHash("demo")} -->`]);
    github.state.comment(pull.number, BOT, `${MARKER}\nanother job was as quick`);
    await shop.onPull(pull, { command: "plan", environment: "prod" });
    expect(shop.comments()).toHaveLength(2);
  });

  test("is within what GitHub takes, and so is the summary, however long migrations are and whatever stands in them", async () => {
    await using shop = await Shop.open();
    const pull = shop.pull("large", () => {
      const nasty = "|<b>&`*_[x](y)@octocat #1\u202e`";
      for (let at = 10; at < 40; at++) {
        const lines = Array.from({ length: 400 }, (_, line) => `insert into setting values ('k${at}-${line}', '${nasty.repeat(3)}');`);
        shop.project.migration(`00${at}_${"long".repeat(20)}.sql`, `${lines.join("\n")}\n`);
      }
    });
    const end = await shop.onPull(pull, { command: "plan" });
    expect([end.status, end.annotations, end.problems], end.log.slice(-2000)).toEqual([0, [], []]);
    const [body = ""] = shop.comments();
    expect(body.length).toBeGreaterThan(30_000);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(end.summary)).toBeLessThanOrEqual(1024 * 1024);
    for (const text of [body, end.summary]) {
      expect(text).toContain("Left out, because GitHub takes no more");
      expect(text.trimEnd().split("\n").at(-1)).toContain("`belay migrate prod --digest");
    }
  });

  test("to a fork's pull request, whose token only reads, is a notice; nothing fails for it", async () => {
    await using shop = await Shop.open();
    const pull = pullOf(shop, "mallory", "mallory");
    const token = shop.github.tokens.installation({ contents: "read", issues: "read", pull_requests: "read" });
    const end = await shop.onPull(pull, { command: "plan" }, { token });
    expect([end.status, end.report?.outcome, shop.comments()], end.log).toEqual([0, "planned", []]);
    expect(end.annotations.map(({ level, message }) => [level, message])).toEqual([
      ["notice", expect.stringContaining("the comment on #1 was not written")],
    ]);
  });

  test("survives answers that are lost: it is there once", async () => {
    await using shop = await Shop.open();
    const pull = pullOf(shop);
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    shop.github.faults.add(route, { kind: "answer-lost" }, { times: 1 });
    const end = await shop.onPull(pull, { command: "plan" });
    expect([end.status, end.annotations, conversation(shop)], end.log).toEqual([0, [], [[BOT, "belay"]]]);
  });

  test("goes to the one pull request that a pushed commit merges; to none where none or several claim it", async () => {
    await using shop = await Shop.open();
    const { project, github } = shop;
    project.git("checkout", "--quiet", "main");
    const alone = await shop.push({ command: "plan" });
    expect([alone.status, alone.annotations, shop.comments()], alone.log).toEqual([0, [], []]);
    const pull = pullOf(shop);
    const sha = shop.merge(pull);
    await shop.push({ command: "plan" });
    expect(github.state.comments.map(({ issue }) => issue)).toEqual([pull.number]);
    const second = github.state.openPull({ author: "dave", branch: "feature", sha: pull.head.sha, base: pull.base.sha });
    github.state.merge(second, sha, "carol");
    github.state.comments.length = 0;
    const several = await shop.push({ command: "plan" });
    expect([several.status, shop.comments()], several.log).toEqual([0, []]);
  });
});
