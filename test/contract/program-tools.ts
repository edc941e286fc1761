/** What every tool that is a program of its own goes through, with the real one and the built command line. */

import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import type { ToolSite } from "../support/tools/tool-site.ts";

export function programToolContract(name: string, makeSite: () => Promise<ToolSite>): void {
  describe(`${name}, as it is installed`, { timeout: 120_000 }, () => {
    const start = async (more: Readonly<Record<string, string>> = {}) => {
      const site = await makeSite();
      configure(site, more);
      return site;
    };

    test("one pending: planned with its file, applied, and then all is up to date", async () => {
      await using site = await start();
      const id = site.write("makes-table", "a");
      const planned = (await site.project.json("plan")).result.targets[0];
      expect(planned?.pending).toMatchObject([{ id, reversible: site.reverts !== false }]);
      expect(site.tables()).toEqual([]);
      expect(await ended(site, "migrate")).toEqual({ status: 0, outcome: "migrated", applied: [id], codes: [] });
      expect(site.tables()).toEqual(["a"]);
      expect(await ended(site, "migrate")).toEqual({ status: 0, outcome: "up-to-date", applied: [], codes: [] });
      expect((await site.project.run("gate")).status).toBe(0);
    });

    test("three pending: each has its time; and taken back by the tool's own way down to the first", async () => {
      await using site = await start();
      const ids = ["a", "b", "c"].map((table) => site.write("makes-table", table));
      const { status, result } = await site.project.json("migrate");
      expect([status, appliedIn(result)]).toEqual([0, ids]);
      for (const { durationMs } of result.targets[0]?.applied ?? []) expect(durationMs).toBeGreaterThan(0);
      expect(site.tables()).toEqual(["a", "b", "c"]);
      const down = await site.project.json("rollback", "--strategy", "downgrade", "--to", String(ids[0]));
      if (site.reverts === false) return expect([down.status, down.result.outcome]).toEqual([3, "refused"]);
      expect({ status: down.status, reasons: down.result.reasons }).toEqual({ status: 0, reasons: [] });
      expect(site.tables()).toEqual(["a"]);
      expect((await site.project.json("status")).result.targets[0]).toMatchObject({ pending: [{ id: ids[1] }, { id: ids[2] }] });
    });

    test("the second of three fails: everything is as it was, and what the tool said is passed on", async () => {
      await using site = await start();
      site.write("makes-table", "a");
      const failing = site.write("fails", "b");
      site.write("makes-table", "c");
      const before = site.project.dump();
      const { status, result } = await site.project.json("migrate");
      expect([status, result.outcome]).toEqual([4, "undone"]);
      const [reason] = result.reasons;
      expect(reason).toMatchObject({ code: "tool-failed", hint: expect.stringMatching(/./) });
      expect(reason?.message).toContain(`applying ${failing}: `);
      expect(reason?.message).toContain("nowhere");
      expect(reason?.message.split("\n").length).toBeLessThan(12);
      expect(site.project.dump()).toBe(before);
    });

    test("a tool that is not there, and a project that is not there: refused before anything, with what to do", async () => {
      await using site = await start();
      site.write("makes-table", "a");
      const { status, stdout } = await site.project.start(["migrate", "--json"], { env: site.withoutTool }).ended;
      const missing = JSON.parse(stdout) as Result;
      expect([status, missing.reasons]).toMatchObject([3, [{ code: "tool-missing", hint: expect.stringContaining("migrate.run") }]]);
      configure(site, { project: "nowhere" });
      const lost = await site.project.json("migrate");
      expect([lost.status, lost.result.reasons]).toMatchObject([
        3,
        [{ code: "directory-missing", message: expect.stringContaining("nowhere"), hint: expect.stringContaining("migrate.project") }],
      ]);
      expect(site.tables()).toEqual([]);
    });

    test("a folder without the tool's project: what the tool says, and which key to set", async () => {
      await using site = await start();
      site.project.write("empty/.keep", "");
      configure(site, { project: "empty" });
      const { status, result } = await site.project.json("migrate");
      expect(status).not.toBe(0);
      expect(result.reasons[0]?.hint).toContain("migrate.");
      expect(site.tables()).toEqual([]);
    });

    test("a tool whose own configuration leads to another database is found out, or does not get there; that one stays as it is", async () => {
      await using site = await start();
      site.write("makes-table", "a");
      await site.project.json("migrate");
      site.write("makes-table", "b");
      const tablesElsewhere = await site.leadElsewhere();
      const before = site.project.dump();
      const { status, result } = await site.project.json("migrate");
      expect(tablesElsewhere()).toEqual([]);
      if (site.toldByBelayAlone === true) return expect([status, site.tables()]).toEqual([0, ["a", "b"]]);
      expect([status, result.reasons[0]?.code]).toEqual([4, "wrong-database"]);
      expect(result.reasons[0]?.hint).toContain("migrate.url-variable");
      expect(site.project.dump()).toBe(before);
    });

    test("interrupted: the tool is ended, and everything is as it was", async () => {
      await using site = await start();
      site.write("goes-on", "a");
      const before = site.project.dump();
      const running = site.project.start(["migrate", "--json"]);
      await untilBegun(site);
      running.kill("SIGINT");
      const { status, stdout } = await running.ended;
      expect([status, (JSON.parse(stdout) as Result).outcome]).toEqual([4, "undone"]);
      expect(site.project.dump()).toBe(before);
    });

    test("killed while the tool writes on: recover ends the tool first, and then brings everything back", async () => {
      await using site = await start();
      site.write("goes-on", "a");
      const before = site.project.dump();
      const running = site.project.start(["migrate"], { detached: true });
      await untilBegun(site);
      running.kill("SIGKILL");
      await running.ended;
      expect(await ended(site, "migrate")).toMatchObject({ status: 3, codes: ["unfinished-run"] });
      const recovered = await site.project.json("recover");
      expect([recovered.status, recovered.result.outcome]).toEqual([4, "undone"]);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`belay-step-${recovered.result.run}`))).toEqual([]);
      expect(site.project.dump()).toBe(before);
    });
  });
}

function configure({ project, target, migrate }: ToolSite, more: Readonly<Record<string, string>>): void {
  project.configure(`${target}\nmigrate: ${JSON.stringify({ ...migrate, ...more })}\n`);
}

async function ended({ project }: ToolSite, command: string) {
  const { status, result } = await project.json(command);
  return { status, outcome: result.outcome, applied: appliedIn(result), codes: result.reasons.map(({ code }) => code) };
}

function appliedIn(result: Result): readonly string[] {
  return result.targets[0]?.applied.map(({ id }) => id) ?? [];
}

async function untilBegun(site: ToolSite): Promise<void> {
  for (const until = Date.now() + 60_000; !site.began(); await pause(20)) {
    if (Date.now() > until) throw new Error("the migration did not begin");
  }
}
