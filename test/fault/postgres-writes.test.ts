/** Others who use a PostgreSQL database while Belay works on it, or after it did: what they wrote is counted and never lost. */

import pg from "pg";
import { describe, expect, test } from "vitest";

import { assertInvariants } from "../support/faults-site.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";

/** A command of the team's that reaches the database as strangers do, by psql. */
const psql = (sql: string) => `psql -qX \\"$BELAY_DATABASE_URL\\" -c \\"${sql}\\"`;

/** Checks after the migration: the first does something, the second fails. */
const failingAfter = (command: string) => `checks:
  after:
    - { name: meanwhile, command: "${command}" }
    - { name: works, command: "false" }
`;

describe("somebody else during a run that fails", { timeout: 120_000 }, () => {
  test("who is Belay itself, again and again, does not keep it from being taken back", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), checks: failingAfter("touch checking; sleep 2") });
    const run = site.start(["migrate", "prod"]);
    const seen: (number | null)[] = [];
    let over = false;
    const looking = async (command: string) => {
      while (!over) seen.push((await site.run(command, "prod")).status);
    };
    await site.until("the run", () => site.phaseOfRun() !== undefined, 30_000);
    const lookers = [looking("status"), looking("gate"), looking("plan")];
    const ended = await run.ended;
    over = true;
    await Promise.all(lookers);
    expect(ended.status, ended.stdout + ended.stderr).toBe(4);
    expect(seen.length).toBeGreaterThan(3);
    expect(assertInvariants(site)).toBe("old");
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("who writes one row in a moment is not written over: the new state stays, and somebody decides", async () => {
    await using site = await PostgresSite.start({
      cluster: await cluster(15),
      migrations: {
        "001_slow.sql": "create table slow (x int);\n",
        "002_pause.sql": "select pg_sleep(3);\n",
        "003_broken.sql": "broken;\n",
      },
      failing: true,
    });
    const run = site.start(["migrate", "prod"]);
    const sleeping = `select count(*) from pg_stat_activity where datname = '${site.database.name}' and wait_event = 'PgSleep'`;
    await site.until("the migration", () => site.sql(sleeping, "postgres") === "1", 60_000);
    site.sql("insert into audit values ('stranger', 'was here')");
    const ended = await run.ended;
    expect(ended.status, ended.stdout + ended.stderr).toBe(5);
    expect(ended.stdout + ended.stderr).toMatch(/1 other session came and went|worked in/);
    expect(site.sql("select what from audit where at = 'stranger'")).toBe("was here");
  });
});

describe("later writes", { timeout: 120_000 }, () => {
  test("of a health check that writes a row and fails are counted exactly and kept aside", async () => {
    const checks = `checks:\n  health:\n    - { name: answers, command: "${psql("insert into audit values ('health', 'was here')")}; false" }\n`;
    await using site = await PostgresSite.start({ cluster: await cluster(15), checks });
    const { status, result, stderr } = await site.json("migrate", "prod");
    expect(status, stderr).toBe(4);
    const rollback = result.targets[0]?.rollback;
    expect(rollback?.laterWrites).toEqual([{ table: "audit", written: 1, gone: 0 }]);
    expect(site.sql("select * from audit", rollback?.kept[0] ?? "")).toBe("health|was here");
    expect(assertInvariants(site)).toBe("old");
    expect(site.applicationLog().at(-1)).toBe("previous");
  });

  test("of a loop of writers that goes on through the rollback: every one that was told as done is in the kept or in the new database", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18) });
    expect((await site.run("migrate", "prod")).status).toBe(0);
    const writer = writingOn(site.address);
    await site.until("some writes", () => writer.done.length > 25, 10_000);
    const refused = await site.run("rollback", "prod");
    expect(refused.status, refused.stdout + refused.stderr).toBe(3);
    expect(refused.stdout).toMatch(/audit: \d+ written/);
    const { status, result, stderr } = await site.json("rollback", "prod", "--accept-loss");
    await writer.end();
    expect(status, stderr).toBe(0);
    const [kept = ""] = result.targets[0]?.rollback?.kept ?? [];
    const written = (database?: string) => site.sql("select what from audit where at = 'writer'", database).split("\n").filter(Boolean);
    const [aside, now] = [written(kept), written()];
    expect(aside.length).toBeGreaterThan(25);
    expect(writer.done.filter((id) => !aside.includes(id) && !now.includes(id))).toEqual([]);
    site.sql("delete from audit where at = 'writer'");
    expect(assertInvariants(site)).toBe("old");
  });
});

/** An application that nobody stopped: it writes, and connects again when it was ended. `done`: what it was told is written. */
function writingOn(connectionString: string): { readonly done: string[]; end(): Promise<void> } {
  const done: string[] = [];
  let [going, next] = [true, 0];
  const loop = async () => {
    while (going) {
      const client = new pg.Client({ connectionString });
      client.on("error", () => undefined);
      try {
        await client.connect();
        while (going) {
          const id = String(next++);
          await client.query("insert into audit values ('writer', $1)", [id]);
          done.push(id);
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await client.end().catch(() => undefined);
    }
  };
  const ended = loop();
  return {
    done,
    end: () => {
      going = false;
      return ended;
    },
  };
}
