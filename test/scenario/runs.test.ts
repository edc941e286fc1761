/** `belay runs` after a kill: what has to be recovered is unfinished, and what had begun nothing is not. */

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import type { Production } from "../support/production.ts";
import { EACH_VERSION, type Start } from "../support/productions.ts";

const JOURNALS = "belay-backups/prod/.runs";

async function project(start: Start, stop: string): Promise<Production> {
  const made = await start(50);
  made.configure(`${made.target}migrate: sql\napp: { stop: "${stop}", start: "true" }\n`);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  return made;
}

describe.each(EACH_VERSION)("a database %s:", { timeout: 60_000 }, (_name, start) => {
  test("a run that was killed on its way is unfinished until `recover` ends it", async () => {
    await using site = await project(start, "kill -9 $PPID; sleep 1");
    expect((await site.run("migrate")).signal).toBe("SIGKILL");
    const [killed] = (await site.json("runs")).result.runs ?? [];
    expect([killed?.outcome, killed]).toEqual([null, expect.not.objectContaining({ cutOff: true })]);
    expect((await site.run("recover")).status).toBe(4);
    expect((await site.json("runs")).result.runs?.[0]?.outcome).toBe("undone");
  });

  test("a run that was killed before it stood in the state row is cut off: nothing has to be recovered", async () => {
    await using site = await project(start, "true");
    expect((await site.run("migrate")).status).toBe(0);
    const [journal = ""] = readdirSync(join(site.directory, JOURNALS));
    const run = journal.replace(".jsonl", "");
    const later = makeRunId(new Date(Date.now() + 60_000), randomBytes(10));
    const [began = ""] = site.read(join(JOURNALS, journal)).split("\n");
    site.write(join(JOURNALS, `${later}.jsonl`), `${began.replaceAll(run, later)}\n`); // as the kill leaves it, right after the first record
    const runs = (await site.json("runs")).result.runs ?? [];
    const cutOff = runs.find((each) => each.run === later);
    expect(runs.map(({ outcome }) => outcome)).toEqual([null, "migrated"]);
    expect(cutOff).toMatchObject({ outcome: null, cutOff: true });
    expect((await site.run("runs")).stdout).toContain("killed before it changed anything; there is nothing to recover");
    expect((await site.run("recover")).stdout).toContain("NOTHING TO RECOVER");
  });

  test("a run that is at work is not cut off", async () => {
    await using site = await project(start, "true");
    site.configure(`${site.target}migrate: sql\napp: { stop: "touch here; while test ! -e go; do sleep 0.05; done", start: "true" }\n`);
    const running = site.start(["migrate"]);
    while (!site.exists("here")) await new Promise((resolve) => setTimeout(resolve, 20));
    const [atWork] = (await site.json("runs")).result.runs ?? [];
    expect([atWork?.outcome, atWork]).toEqual([null, expect.not.objectContaining({ cutOff: true })]);
    site.write("go", "");
    expect((await running.ended).status).toBe(0);
  });
});
