/** What people look at after a step: annotations at the line that failed, the job's summary, the comment on the pull request. */

import { describe, expect, test } from "vitest";

import { Deployment } from "../support/github/deployment.ts";

const CHECKS = `checks:
  after:
    - { name: everybody has a phone, sql: "select count(*) from users where phone is null", expect: 0 }
checklist: [Log in as admin, Send a test e-mail]
`;

/** A push of a pull request's merge, as GitHub knows it. */
async function merged(deployment: Deployment): Promise<number> {
  const base = deployment.head();
  const sha = deployment.branch("feature", () => deployment.write("notes", "x"));
  const { state } = deployment.github;
  const pull = state.openPull({ author: "bob", branch: "feature", sha, base });
  state.merge(pull, deployment.merge("feature"), "alice");
  return pull.number;
}

describe.concurrent("after a step people see", { timeout: 60_000 }, () => {
  test("what failed, at the file and line of the migration, also where belay.yml lies in a folder", async () => {
    await using deployment = await Deployment.start();
    const bad = "-- adds a role\nalter table users add column role text;\n\nupdate users\n  set role = 'x' where nowhere = 1;\n";
    deployment.write("deploy/migrations/001_role.sql", bad);
    deployment.write("deploy/belay.yml", deployment.read("belay.yml"));
    deployment.commit("In a folder");
    const end = await deployment.step({ config: "deploy/belay.yml" });
    expect(end, end.log).toMatchObject({ status: 4, outputs: { outcome: "undone" } });
    const errors = end.annotations.filter(({ level }) => level === "error");
    expect(errors).toMatchObject([{ file: "deploy/migrations/001_role.sql", line: 4, shown: true }]);
    expect(errors[0]?.message).toContain("no such column: nowhere");
    expect(end.summary).toContain(`/blob/${deployment.head()}/deploy/migrations/001_role.sql#L4`);
    expect(deployment.state()).toBe("old");
  });

  test("in the summary all of a run: result, steps, timeline, migrations, rows, structure, checks, checklist, and the way back", async () => {
    await using deployment = await Deployment.start({ more: CHECKS });
    const { status, summary, log, outputs } = await deployment.step();
    expect(status, log).toBe(0);
    const parts = [
      "## 🧗 Belay",
      "migrated in",
      "```mermaid",
      "gantt",
      "001_phones",
      `/blob/${deployment.head()}/migrations/002_reviews.sql`,
      "| `reviews` |",
      "+ table reviews\n+ column users.phone",
      "everybody has a phone",
      "- [ ] Log in as admin",
      outputs["backup"] ?? "no backup",
      "rollback",
    ];
    for (const part of parts) expect(summary.toLowerCase()).toContain(part.toLowerCase());
    const [first = ""] = summary.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(first, "the result in one line").toMatch(/migrations?/);
  });

  test("one comment on the merged pull request, edited in place by the next step", async () => {
    await using deployment = await Deployment.start({ more: CHECKS });
    const number = await merged(deployment);
    const migrated = await deployment.step();
    expect(migrated.status, migrated.log).toBe(0);
    const { comments } = deployment.github.state;
    expect(comments.map(({ issue, author }) => [issue, author.login])).toEqual([[number, "github-actions[bot]"]]);
    expect(comments[0]?.body).toContain("migrated in");
    const rolledBack = await deployment.step({ command: "rollback" });
    expect(rolledBack.status, rolledBack.log).toBe(0);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain("rolled back");
    await deployment.step({ command: "status" });
    expect(comments[0]?.body, "who only looks leaves it alone").toContain("rolled back");
  });
});
