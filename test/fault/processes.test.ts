import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { groupLives } from "../../src/process/process-group.ts";
import { assertInvariants } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

const APP = (stop: string, start = "echo start >> app.log", previous = "echo previous >> app.log") =>
  `app:\n  stop: |\n    echo stop >> app.log\n    ${stop}\n  start: ${start}\n  previous: ${previous}\n`;

const ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;\n";

/** What the `faketime` program sets for its children. */
const FAKETIME = {
  LD_PRELOAD: execFileSync("faketime", ["-f", "+0d", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" }).trim(),
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
};

const said = (site: Site, word: string) => () => site.applicationLog().includes(word);
const failureIsRecorded = (site: Site) => () => site.journals().some((entries) => entries.some(({ type }) => type === "failed"));

describe.concurrent("a run that is cancelled (SIGINT, after 7.5 s SIGTERM, after 2.5 s SIGKILL)", () => {
  test(
    "signals a stop command that works, says so in the journal within 2 s, and starts the previous application",
    { timeout: 60_000 },
    async () => {
      using site = new Site({
        app: APP("trap 'echo signalled >> app.log; exit 1' TERM; sleep 60 & sleep 0.2; echo waiting >> app.log; wait"),
      });
      const run = site.start(["migrate", "prod"]);
      await site.until("the stop command", said(site, "waiting"));
      run.kill("SIGINT");
      await site.until("the journal's word", failureIsRecorded(site), 2_000);
      const ended = await run.ended;
      expect(ended.status, ended.stderr).toBe(4);
      expect(site.applicationLog()).toEqual(["stop", "waiting", "signalled", "previous"]);
      expect(await site.settle()).toBe("old");
    },
  );

  test("ends a command that ignores every signal, before the last signal comes", { timeout: 60_000 }, async () => {
    using site = new Site({ app: APP("trap '' TERM INT; sleep 60; echo late >> app.log") });
    const run = site.start(["migrate", "prod"]);
    await site.until("the stop command", said(site, "stop"));
    run.kill("SIGINT");
    void pause(7_500).then(() => run.kill("SIGTERM"));
    const ended = await Promise.race([run.ended, pause(10_000)]);
    expect(ended?.status).toBe(4);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    expect(await site.settle()).toBe("old");
  });

  test("stops a statement that will not end, undoes, and ends in time", { timeout: 60_000 }, async () => {
    using site = new Site();
    site.migration("003_endless.sql", ENDLESS);
    const run = site.start(["migrate", "prod"]);
    await site.until("the migration", () => site.phaseOfRun() === "migrating");
    await pause(300);
    run.kill("SIGINT");
    await site.until("the journal's word", failureIsRecorded(site), 2_000);
    expect((await run.ended).status).toBe(4);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    site.remove("migrations/003_endless.sql");
    expect(await site.settle()).toBe("old");
  });

  test("is settled by recover when it was killed while the previous application would not start", { timeout: 60_000 }, async () => {
    using site = new Site({
      app: APP(
        "sleep 60",
        "echo start >> app.log",
        "test -e hung && echo previous >> app.log || { touch hung; sleep 60; echo late >> app.log; }",
      ),
    });
    const run = site.start(["migrate", "prod"], { detached: true });
    await site.until("the stop command", said(site, "stop"));
    run.kill("SIGINT");
    await site.until("the previous application", () => site.exists("hung"));
    await pause(7_500);
    run.kill("SIGTERM");
    await pause(2_500);
    process.kill(-run.pid, "SIGKILL");
    await run.ended;
    expect(await site.settle()).toBe("old");
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
  });
});

describe.concurrent("kill -9 of Belay while what it started works on", () => {
  test.for([
    ["of Belay alone", false],
    ["of its whole process group", true],
  ] as const)("%s: the next run refuses and names recover, which ends the orphan first", { timeout: 60_000 }, async ([, group]) => {
    using site = new Site({ app: APP("echo $$ > pid; sleep 60; echo late >> app.log") });
    const run = site.start(["migrate", "prod"], { detached: true });
    await site.until("the stop command", () => site.exists("pid") && site.read("pid").endsWith("\n"));
    process.kill(group ? -run.pid : run.pid, "SIGKILL");
    await run.ended;
    const orphan = Number(site.read("pid"));
    expect(groupLives(orphan)).toBe(true);
    const next = await site.run("migrate", "prod");
    expect(next.status).toBe(3);
    expect(next.stderr + next.stdout).toContain("belay recover prod");
    expect((await site.run("recover", "prod")).status).toBe(4);
    expect(groupLives(orphan)).toBe(false);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    expect(assertInvariants(site)).toBe("old");
  });

  test("a migration of its SQLite host never commits, and recover does not wait for it", { timeout: 60_000 }, async () => {
    using site = new Site();
    site.migration("003_endless.sql", ENDLESS);
    const run = site.start(["migrate", "prod"]);
    await site.until("the migration", () => site.phaseOfRun() === "migrating");
    await pause(500);
    run.kill("SIGKILL");
    await run.ended;
    expect((await site.run("migrate", "prod")).status).toBe(3);
    site.remove("migrations/003_endless.sql");
    expect(await site.settle()).toBe("old");
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
  });
});

describe.concurrent("one owner at a time", () => {
  test("of ten runs at once one runs, and nine are refused", { timeout: 60_000 }, async () => {
    using site = new Site({ app: APP("sleep 8") });
    const runs = Array.from({ length: 10 }, () => site.start(["migrate", "prod"]));
    const ended = await Promise.all(runs.map((run) => run.ended));
    expect(
      ended
        .map(({ status }) => String(status))
        .toSorted()
        .join(""),
    ).toBe("0333333333");
    for (const { status, stdout, stderr } of ended)
      if (status === 3) expect(stdout + stderr).toMatch(/another run of Belay has .*pid \d+/s);
    expect(site.applicationLog()).toEqual(["stop", "start"]);
    expect(await site.settle()).toBe("new");
  });

  test(
    "an owner that sleeps keeps its lock: another run is refused, and the owner goes on when it wakes",
    { timeout: 60_000 },
    async () => {
      using site = new Site({ app: APP("sleep 1") });
      const run = site.start(["migrate", "prod"]);
      await site.until("the stop command", said(site, "stop"));
      run.kill("SIGSTOP");
      for (const command of ["migrate", "recover", "rollback"]) {
        const other = await site.run(command, "prod");
        expect(other.status, `${command}: ${other.stdout}${other.stderr}`).toBe(3);
      }
      run.kill("SIGCONT");
      expect((await run.ended).status).toBe(0);
      expect(site.applicationLog()).toEqual(["stop", "start"]);
      expect(await site.settle()).toBe("new");
    },
  );

  test("a clock that jumps a day in the middle steals no lock and drops no backup", { timeout: 60_000 }, async () => {
    using site = new Site({ app: APP("echo +1d > clock; sleep 8") });
    const clock = site.write("clock", "+0\n");
    const env = { ...FAKETIME, FAKETIME_TIMESTAMP_FILE: clock };
    const run = site.start(["migrate", "prod"], { env });
    await site.until("the stop command", said(site, "stop"));
    const other = await site.start(["migrate", "prod"], { env }).ended;
    expect(other.status, other.stdout + other.stderr).toBe(3);
    const ended = await run.ended;
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    const times = site.journals()[0]?.map(({ at }) => Date.parse(at)) ?? [];
    expect(Math.max(...times) - Math.min(...times), "the clock did jump").toBeGreaterThan(80_000_000);
    expect(await site.settle()).toBe("new");
    expect(site.backups()).toHaveLength(1);

    site.write("clock", "+400d\n");
    site.migration("003_none.sql", "select 1;\n");
    expect((await site.start(["migrate", "prod"], { env }).ended).status).toBe(0);
    expect(site.backups().length, "ten are kept whatever their age").toBe(2);
  });

  test(
    "a clock that is set back between two runs leaves the last run the last: rollback takes that one back",
    { timeout: 60_000 },
    async () => {
      using site = new Site({});
      const at = (shift: string, ...args: string[]) => site.start(args, { env: { ...FAKETIME, FAKETIME: shift } }).ended;
      expect((await at("+0d", "migrate", "prod")).status).toBe(0);
      site.migration("003_later.sql", "create table later (a integer);\n");
      expect((await at("-2d", "migrate", "prod")).status).toBe(0);
      const back = await at("-1d", "rollback", "prod", "--json");
      expect(back.status, back.stdout + back.stderr).toBe(0);
      expect(site.sql("select count(*) from sqlite_schema where name in ('later', 'reviews')").trim()).toBe("1");
      expect((await at("-3d", "rollback", "prod")).status).toBe(0);
      expect(site.state()).toBe("old");
    },
  );

  test("outside its windows a run is refused by the clock of its start, before anything is stopped", { timeout: 60_000 }, async () => {
    using site = new Site({ more: 'windows: ["Sun 01:00-02:00 UTC"]\n' });
    const at = async (time: string) => site.start(["migrate", "prod"], { env: { ...FAKETIME, FAKETIME: `@${time}`, TZ: "UTC" } }).ended;
    const refused = await at("2026-11-18 01:30:00");
    expect(refused.status, refused.stdout + refused.stderr).toBe(3);
    expect(site.applicationLog()).toEqual([]);
    expect(site.state()).toBe("old");
    expect((await at("2026-11-22 01:30:00")).status).toBe(0);
    expect(await site.settle()).toBe("new");
  });
});
