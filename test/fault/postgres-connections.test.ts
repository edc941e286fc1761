/** What can happen between Belay and a PostgreSQL server: connections that end, servers that stop, poolers, owners that sleep. */

import pg from "pg";
import { describe, expect, test } from "vitest";

import { assertInvariants } from "../support/faults-site.ts";
import { cluster, ownCluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";
import { pgbouncer } from "../support/postgres/pgbouncer.ts";
import { statementProxy, type Strike } from "../support/postgres/statement-proxy.ts";

const APP = (stop: string) => `app:
  stop: |
    echo stop >> app.log
    ${stop}
  start: echo start >> app.log
  previous: echo previous >> app.log
`;

const said = (site: PostgresSite, word: string) => () => site.applicationLog().includes(word);

/** The transaction of the second migration: its own statements tell it from every other. */
function isOf(statement: string): string | null {
  if (/^\s*commit/i.test(statement)) return "commit";
  return statement.includes("create table reviews") ? "statement" : null;
}

describe("a connection that is lost", () => {
  test.for([
    ["while a migration's statement runs", { name: "statement", at: 1, when: "before" }],
    ["after a migration's statement was done and before it is told", { name: "statement", at: 1, when: "after" }],
  ] satisfies [string, Strike][])(
    "%s leaves exactly the old or the new state, and the journal says which",
    { timeout: 120_000 },
    async ([, at]) => {
      await using site = await PostgresSite.start({ cluster: await cluster(18) });
      await using proxy = await statementProxy(site.cluster.port, isOf, { at, hit: (cut) => cut() });
      const ended = await site.start(["migrate", "prod"], { env: { DATABASE_URL: site.addressAt(proxy.port) } }).ended;
      expect(proxy.seen).toContain("statement");
      expect([0, 4, 5], ended.stdout + ended.stderr).toContain(ended.status);
      const state = await site.settle();
      if (ended.status !== 5) expect(state).toBe(ended.status === 0 ? "new" : "old");
    },
  );

  test.for(["before", "after"] as const)(
    "at every COMMIT of a migration, %s the server has it, is no guess: the state is what the journal says",
    { timeout: 300_000 },
    async (when) => {
      await using like = await PostgresSite.start({ cluster: await cluster(15) });
      let commits = 0;
      {
        await using site = await PostgresSite.start({ cluster: like.cluster, like });
        await using proxy = await statementProxy(site.cluster.port, isOf);
        expect((await site.start(["migrate", "prod"], { env: { DATABASE_URL: site.addressAt(proxy.port) } }).ended).status).toBe(0);
        commits = proxy.seen.filter((name) => name === "commit").length;
      }
      expect(commits).toBeGreaterThan(1);
      for (let at = 1; at <= commits; at++) {
        await using site = await PostgresSite.start({ cluster: like.cluster, like });
        await using proxy = await statementProxy(site.cluster.port, isOf, { at: { name: "commit", at, when }, hit: (cut) => cut() });
        const ended = await site.start(["migrate", "prod"], { env: { DATABASE_URL: site.addressAt(proxy.port) } }).ended;
        const told = `commit ${at} of ${commits}: ${ended.stdout}${ended.stderr}`;
        expect([0, 3, 4, 5], told).toContain(ended.status);
        const state = await site.settle();
        if (ended.status !== 5) expect(state, told).toBe(ended.status === 0 ? "new" : "old");
      }
    },
  );

  test("by a server that stops at once in the middle of a migration is undone when it is back", { timeout: 120_000 }, async () => {
    await using own = await ownCluster(18);
    await using site = await PostgresSite.start({
      cluster: own,
      migrations: { "001_slow.sql": "create table slow (x int);\nselect pg_sleep(6);\n" },
    });
    // after a crash PostgreSQL takes sequences from its log, where they are 32 values ahead; not those that lie there as they are
    own.psql("postgres", "checkpoint");
    const run = site.start(["migrate", "prod"]);
    const AT_WORK = "select count(*) from pg_stat_activity where query like '%pg_sleep(6)%' and pid <> pg_backend_pid()";
    await site.until("the migration", () => own.psql("postgres", AT_WORK).trim() === "1", 60_000);
    await own.stop("immediate");
    await own.start();
    const ended = await run.ended;
    expect([3, 4, 5], ended.stdout + ended.stderr).toContain(ended.status);
    expect(await site.settle()).toBe("old");
    expect(site.applicationLog().at(-1)).toBe("previous");
  });

  test(
    "by a server that goes away for good: in bounded time the application is back, and recover is named",
    { timeout: 120_000 },
    async () => {
      await using own = await ownCluster(15);
      await using site = await PostgresSite.start({
        cluster: own,
        migrations: { "001_slow.sql": "select pg_sleep(60);\n" },
        failing: true,
      });
      const run = site.start(["migrate", "prod"], { env: { DATABASE_URL: `${site.address}?connect_timeout=2` } });
      const sleeping = `select count(*) from pg_stat_activity where datname = '${site.database.name}' and wait_event = 'PgSleep'`;
      await site.until("the migration", () => site.sql(sleeping, "postgres") === "1", 60_000);
      await own.stop("fast"); // a crash would move its sequences on
      const began = performance.now();
      const ended = await run.ended;
      expect(performance.now() - began).toBeLessThan(20_000); // the server is waited for twice connect_timeout, once
      expect(ended.status, ended.stdout + ended.stderr).toBe(5);
      expect(ended.stdout + ended.stderr).toContain("belay recover prod");
      expect(site.applicationLog()).toEqual(["stop", "previous"]);
      await own.start();
      expect(await site.settle()).toBe("old");
      expect(site.applicationLog().at(-1)).toBe("previous");
    },
  );
});

describe("a pooler in transaction mode", () => {
  test.for(["status", "plan", "migrate"])(
    "is refused by %s, with what to do instead, and nothing is changed",
    { timeout: 60_000 },
    async (command) => {
      await using site = await PostgresSite.start({ cluster: await cluster(15) });
      await using pooler = await pgbouncer(site.cluster);
      const ended = await site.start([command, "prod"], { env: { DATABASE_URL: site.addressAt(pooler.port) } }).ended;
      if (command === "migrate") {
        expect(ended.status, ended.stdout + ended.stderr).toBe(3);
        expect(ended.stdout + ended.stderr).toMatch(/pool/i);
        expect(ended.stdout + ended.stderr).toContain("Next:");
      }
      expect(site.state()).toBe("old");
      expect(site.applicationLog()).toEqual([]);
    },
  );
});

describe("one owner at a time", () => {
  test("of ten runs at once one runs, and nine are refused", { timeout: 120_000 }, async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), app: APP("sleep 12") });
    const ended = await Promise.all(Array.from({ length: 10 }, () => site.start(["migrate", "prod"]).ended));
    const told = ended.map(({ status, stdout, stderr }) => `${status} ${stdout}${stderr}`).join("\n");
    expect(
      ended
        .map(({ status }) => String(status))
        .toSorted()
        .join(""),
      told,
    ).toBe("0333333333");
    expect(site.applicationLog()).toEqual(["stop", "start"]);
    expect(await site.settle()).toBe("new");
  });

  test(
    "an owner that slept while its lock session was ended and another run went by does nothing when it wakes",
    { timeout: 120_000 },
    async () => {
      await using own = await ownCluster(15); // on a shared one are the sessions of other tests
      await using site = await PostgresSite.start({ cluster: own, app: APP("test -e second || sleep 2") });
      const owner = site.start(["migrate", "prod"]);
      await site.until("the stop command", said(site, "stop"), 30_000);
      owner.kill("SIGSTOP");
      const ended = site.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name ~ '^belay'", "postgres");
      expect(Number(ended)).toBeGreaterThan(0);
      site.write("second", "");
      const recovered = await site.recover();
      expect(recovered.status, recovered.stdout + recovered.stderr).toBe(4);
      const second = await site.run("migrate", "prod");
      expect(second.status, second.stdout + second.stderr).toBe(0);
      const [state, backups, words] = [site.state(), site.backups().length, site.applicationLog()];
      expect(state).toBe("new");
      owner.kill("SIGCONT");
      const woken = await owner.ended;
      expect([3, 5], woken.stdout + woken.stderr).toContain(woken.status);
      expect([site.state(), site.backups().length, site.applicationLog()]).toEqual([state, backups, words]);
      expect(site.phase()).toBe("ended");
      const runs = await site.run("runs", "prod");
      expect(runs.status, `what it wrote last must not spoil the journals: ${runs.stdout}${runs.stderr}`).toBe(0);
    },
  );

  test("a lock session that is ended stops the migration at once, and the run takes itself back", { timeout: 120_000 }, async () => {
    await using own = await ownCluster(18); // on a shared one are the locks of other tests
    await using site = await PostgresSite.start({
      cluster: own,
      migrations: { "001_slow.sql": "create table slow (x int);\nselect pg_sleep(60);\n" },
      failing: true,
    });
    const run = site.start(["migrate", "prod"]);
    const statements = `select count(*) from pg_stat_activity where datname = '${site.database.name}' and wait_event = 'PgSleep'`;
    await site.until("the statement", () => site.sql(statements, "postgres") === "1", 60_000);
    expect(site.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'belay-lock'", "postgres")).toBe("t");
    const began = performance.now();
    await site.until("the statement ends", () => site.sql(statements, "postgres") === "0", 5_000);
    const ended = await run.ended;
    expect(ended.status, ended.stdout + ended.stderr).toBe(4);
    expect(ended.stdout + ended.stderr).toContain("that held the lock ended");
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    expect(await site.settle()).toBe("old");
  });
});

describe("sessions that will not go", () => {
  test(
    "an idle client that connects again and again is ended for the swap, and afterwards sees the old data",
    { timeout: 120_000 },
    async () => {
      await using site = await PostgresSite.start({ cluster: await cluster(18) });
      expect((await site.run("migrate", "prod")).status).toBe(0);
      await using client = reconnecting(site.address);
      const ended = await site.run("rollback", "prod");
      expect(ended.status, ended.stdout + ended.stderr).toBe(0);
      expect(assertInvariants(site)).toBe("old");
      expect(client.connects()).toBeGreaterThan(0);
    },
  );

  test(
    "a superuser's session against an ordinary owner: nobody is ever kept out, and the rollback takes another way or refuses",
    { timeout: 120_000 },
    async () => {
      await using site = await PostgresSite.start({ cluster: await cluster(15), as: "owner" });
      expect((await site.run("migrate", "prod")).status).toBe(0);
      await using foreign = reconnecting(site.database.address("superuser"));
      await using watcher = reconnecting(site.address);
      const ended = await site.run("rollback", "prod");
      expect([0, 3], ended.stdout + ended.stderr).toContain(ended.status);
      if (ended.status === 3) expect(ended.stdout + ended.stderr).toMatch(/postgres/);
      expect(site.state()).toBe(ended.status === 0 ? "old" : "new");
      expect([foreign.longestOutageMs(), watcher.longestOutageMs()].every((ms) => ms < 2_000)).toBe(true);
    },
  );
});

/** A client as a pool is one: it asks, idles, and connects again when it was ended. */
function reconnecting(connectionString: string): AsyncDisposable & { connects(): number; longestOutageMs(): number } {
  let [going, connects, longest] = [true, 0, 0];
  const loop = async () => {
    let since = performance.now();
    while (going) {
      const client = new pg.Client({ connectionString, application_name: "the application" });
      client.on("error", () => undefined);
      try {
        await client.connect();
        connects++;
        while (going) {
          await client.query("select count(*) from pg_class");
          longest = Math.max(longest, performance.now() - since);
          since = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await client.end().catch(() => undefined);
    }
  };
  const done = loop();
  return {
    connects: () => connects,
    longestOutageMs: () => longest,
    [Symbol.asyncDispose]: async () => {
      going = false;
      await done;
    },
  };
}
