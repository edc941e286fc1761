/** `belay verify --watch` over two days, at times that the test chooses: what it has seen, what it says, when it ends, what it takes back. */

import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { hookServer, type HookServer } from "../support/hook-server.ts";
import { performAt } from "../support/perform.ts";
import type { Production } from "../support/production.ts";
import { EACH_ENGINE } from "../support/productions.ts";
import { APPLICATION } from "../support/workplace.ts";

const HOUR = 3_600_000;

interface Options {
  readonly scheduled?: string;
  readonly failures?: string;
  readonly more?: string;
}

/** A migrated database whose application is bad while there is a file `bad`. */
async function migrated(start: (typeof EACH_ENGINE)[number][1], server: HookServer, options: Options = {}): Promise<Production> {
  const { scheduled = "{ for: 48h }", failures = "0", more = "" } = options;
  const production = await start(100);
  Object.assign(production.variables, { HOOK: server.url });
  const checks = `[{ name: page, command: "test ! -e bad", failures: ${failures} }, { name: rows, sql: "select count(*) from users", expect: unchanged }]`;
  production.configure(
    `${production.target}migrate: sql\n${APPLICATION}watch: { checks: ${checks}, scheduled: ${scheduled} }\nnotify: [{ webhook: "\${HOOK}", on: [failure, rollback] }]\n${more}`,
  );
  production.migration("0001_role.sql", "alter table users add column role text;\n");
  const { status, result } = await production.json("migrate");
  if (status !== 0) throw new Error(JSON.stringify(result.reasons));
  return production;
}

/** One round, so many hours after the run. */
function watch(production: Production, hours: number) {
  return performAt(production, new Date(Date.now() + hours * HOUR), { command: "verify", options: { watch: true } });
}

function remove(production: Production, name: string): void {
  rmSync(join(production.directory, name));
}

const summaries = (server: HookServer) => server.bodies().map(({ summary }) => String(summary).replace(/ (?:watched|in) .*/, ""));

describe.each(EACH_ENGINE)("the watch of a run on a database %s", { timeout: 60_000 }, (_name, start) => {
  test("counts its rounds over days, and ends when its time is up", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server);
    for (const hours of [0, 6, 12]) expect((await watch(production, hours)).outcome).toBe("verified");
    const result = await watch(production, 13);
    expect(result.watch).toMatchObject({ state: "good", forMs: 48 * HOUR, rounds: 4, good: 4 });
    expect(Math.round((result.watch?.watchedMs ?? 0) / HOUR)).toBe(13);
    expect(result.targets[0]?.checks.map(({ name, phase, passed }) => [name, phase, passed])).toEqual([
      ["page", "watch", true],
      ["rows", "watch", true],
    ]);
    production.write("bad", ""); // nobody asks any more
    expect(await watch(production, 49)).toMatchObject({ outcome: "verified", watch: { state: "over", rounds: 4, good: 4 } });
    expect(server.taken).toEqual([]);

    const { status, stdout } = await production.run("verify", "--watch");
    expect(status).toBe(6); // by the clock of everybody else it is not over
    expect(stdout.replace(/\s+/g, " ")).toMatch(/Watched: watched [\d.]+ s of 48 h, 4 of 5 rounds good/);

    const prune = (days: number) => performAt(production, new Date(Date.now() + days * 24 * HOUR), { command: "prune" });
    const dropped = async (days: number) => (await prune(days)).targets[0]?.notes?.filter((note) => note.includes("/.watch/")) ?? [];
    expect(await dropped(29)).toEqual([]);
    expect(await dropped(31)).toEqual([expect.stringMatching(/^dropped .*\/prod\/\.watch\/[0-9A-Z]{26}$/)]);
    expect(await dropped(31)).toEqual([]);
  });

  test("takes the data back where it is told to, counting what was written since, and then watches no more", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server, { scheduled: "{ for: 48h, on-failure: roll-back }" });
    expect((await watch(production, 1)).outcome).toBe("verified");
    production.sql("insert into audit values ('late', 'late')");
    production.write("bad", "");
    const result = await watch(production, 2);
    expect(result).toMatchObject({ outcome: "undone", command: "verify", watch: { state: "broken", rounds: 2, good: 1 } });
    expect(result.targets[0]?.rollback?.laterWrites).toEqual([{ table: "audit", written: 1, gone: 0 }]);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    expect(summaries(server)).toEqual(["prod: THE WATCH FOUND SOMETHING.", "prod: ROLLED BACK"]);
    expect((await watch(production, 3)).reasons.map(({ code }) => code)).toEqual(["nothing-to-watch"]);
  });
});

describe("a watch, round by round", { timeout: 60_000 }, () => {
  const [[, start] = []] = EACH_ENGINE;
  if (start === undefined) throw new Error("there is no engine");

  test("says once that something broke and once that it is well, and changes nothing", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server, { failures: "{ at-most: 1, of: 4 }" });
    const before = production.dump();
    const outcomes: string[] = [];
    const rounds = [".", "x", ".", "x", "x", ".", ".", ".", "."];
    for (const [hours, round] of rounds.entries()) {
      production.write("bad", "");
      if (round === ".") remove(production, "bad");
      outcomes.push((await watch(production, hours)).outcome);
    }
    expect(outcomes.map((outcome) => (outcome === "verified" ? "-" : outcome)).join(" ")).toBe(
      "- - - checks-failed checks-failed checks-failed checks-failed - -",
    );
    expect(summaries(server)).toEqual(["prod: THE WATCH FOUND SOMETHING.", "prod: WELL AGAIN."]);
    expect(server.bodies()[0]).toMatchObject({
      fields: { reasons: expect.stringContaining("page: 2 of 4 rounds failed (at most 1 of the last 4 may)") },
    });
    expect(production.dump()).toBe(before);
  });

  test("leaves the data where later writes refuse it, says so once, and does not try again", async () => {
    await using server = await hookServer({ status: 200 });
    const more = "rollback: { later-writes: refuse }\n";
    await using production = await migrated(start, server, { scheduled: "{ for: 48h, on-failure: roll-back }", more });
    production.sql("insert into audit values ('late', 'late')");
    production.write("bad", "");
    const result = await watch(production, 1);
    expect(result).toMatchObject({ outcome: "checks-failed", reasons: [{ code: "watch-failed" }, { code: "later-writes" }] });
    expect(production.applicationLog()).toEqual(["stop", "start"]);
    expect((await watch(production, 2)).reasons.map(({ code }) => code)).toEqual(["watch-failed"]);
    expect(summaries(server)).toEqual(["prod: THE WATCH FOUND SOMETHING.", "prod: CHECKS FAILED, after 0 ms. Nothing was changed."]);
  });

  test("is not recorded while a run has the lock, or before a crashed one is recovered: it would be about something else", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server);
    production.migration("0002_more.sql", "create table more (id integer primary key);\n");
    production.write(
      "belay.yml",
      production.read("belay.yml").replace("stop: echo stop", "stop: touch bad here; while test -e here; do sleep 0.05; done; echo stop"),
    );
    const running = production.start(["migrate"]);
    while (!production.exists("here")) await pause(20);
    expect((await watch(production, 1)).reasons.map(({ code }) => code)).toEqual(["locked"]);
    running.kill("SIGKILL");
    await running.ended;
    remove(production, "here");
    expect((await watch(production, 1)).reasons.map(({ code }) => code)).toEqual(["unfinished-run"]);
    expect(server.taken).toEqual([]);
  });

  test("two at once do not harm each other, and say what they found once", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server);
    production.write("bad", "");
    const both = await Promise.all([production.json("verify", "--watch"), production.json("verify", "--watch")]);
    const recorded = both.filter(({ status }) => status === 6);
    const left = both.filter(({ result }) => result.reasons[0]?.code === "locked"); // while the other one was saying it, for longer than anybody waits
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.length + left.length).toBe(2);
    expect(server.taken).toHaveLength(1);
    expect((await production.json("verify", "--watch")).result.watch?.rounds).toBe(recorded.length + 1);
    expect(server.taken).toHaveLength(1);
  });

  test("of a database that nobody reaches is a bad one, and is said", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await migrated(start, server);
    renameSync(`${production.directory}/app.db`, `${production.directory}/gone.db`);
    const result = await watch(production, 1);
    expect(result.outcome).toBe("checks-failed");
    expect(result.reasons.map(({ message }) => message).join()).toMatch(/rows: 1 of 1 round failed .*expected a database that can be read/);
    expect(summaries(server)).toEqual(["prod: THE WATCH FOUND SOMETHING."]);
  });

  test("needs something to watch, and a run", async () => {
    await using production = await start(100);
    production.configure(`${production.target}migrate: sql\n`);
    const { status, stderr } = await production.run("verify", "--watch");
    expect(status).toBe(2);
    expect(stderr).toContain("prod has no watch in belay.yml");
    production.configure(`${production.target}migrate: sql\nwatch: { checks: [{ command: "true" }] }\n`);
    const { result } = await production.json("verify", "--watch");
    expect(result).toMatchObject({ outcome: "refused", reasons: [{ code: "nothing-to-watch" }] });
  });
});
