import { describe, expect, test } from "vitest";

import { assertInvariants } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

const app = (stop: string) =>
  `app:\n  stop: |\n    echo stop >> app.log\n    ${stop}\n  start: echo start >> app.log\n  previous: echo previous >> app.log\n`;

describe.concurrent("what was planned is what runs, or nothing does", () => {
  test.for([
    ["rewrites a migration file", "echo 'drop table payments;' > migrations/002_reviews.sql", /plan-changed|migration files/],
    ["adds a migration file", "echo 'drop table payments;' > migrations/003_more.sql", /migration files/],
    ["removes a migration file", "rm migrations/002_reviews.sql", /migration files/],
    ["changes the schema", "sqlite3 app.db 'create table surprise(x)'", /schema/],
    ["puts another database in its place", "cp app.db other.db; mv other.db app.db; rm -f app.db-wal app.db-shm", /another database|place/],
  ] as const)(
    "an app.stop that %s: refused before anything is applied, and the previous application runs",
    { timeout: 60_000 },
    async ([, stop, named]) => {
      using site = new Site({ app: app(stop) });
      const ended = await site.run("migrate", "prod");
      expect(ended.status, ended.stdout + ended.stderr).toBe(3);
      expect(ended.stdout + ended.stderr).toMatch(named);
      expect(site.applicationLog()).toEqual(["stop", "previous"]);
      const backedUp = site.dump();
      if (stop.includes("surprise")) site.sql("drop table surprise;");
      expect(await site.settle(backedUp)).toBe("old");
    },
  );

  test("a plan that was approved by its digest does not run once it is another", { timeout: 60_000 }, async () => {
    using site = new Site();
    const planned = await site.json("plan", "prod");
    const digest = planned.result.digest ?? "";
    expect(digest).toMatch(/^sha256:/);
    site.migration("002_reviews.sql", "drop table payments;\n");
    const refused = await site.run("migrate", "prod", "--digest", digest);
    expect(refused.status, refused.stdout + refused.stderr).toBe(3);
    expect(site.applicationLog()).toEqual([]);
    expect(site.state()).toBe("old");
    expect(assertInvariants(site)).toBe("old");
  });

  test("the plan that was approved by its digest runs", { timeout: 60_000 }, async () => {
    using site = new Site();
    const { result } = await site.json("plan", "prod");
    const ended = await site.run("migrate", "prod", "--digest", result.digest ?? "");
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    expect(assertInvariants(site)).toBe("new");
  });

  test(
    "an application that puts another database in its place while migrations run: the tool's work is not called done",
    { timeout: 60_000 },
    async () => {
      using site = new Site({
        checks: "checks:\n  after:\n    - { command: 'cp app.db other.db; mv other.db app.db; rm -f app.db-wal app.db-shm; false' }\n",
      });
      const ended = await site.run("migrate", "prod");
      expect([4, 5], ended.stdout + ended.stderr).toContain(ended.status);
      expect(site.applicationLog()).not.toContain("start");
      expect(site.sql("pragma integrity_check;").trim()).toBe("ok");
    },
  );
});
