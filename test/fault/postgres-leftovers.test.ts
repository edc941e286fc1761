import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { cluster, ownCluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";

const restores = (site: PostgresSite, phase: string) =>
  site.until("the run restores", () => site.phaseOfRun() === phase && site.copies().some((name) => name.includes("_belay_s_")));

describe("what a run restored for a while", () => {
  test.each([
    ["to see whether anything differs", "verifying", ["migrate", "prod"]],
    ["to bring it back", "rolling-back", ["rollback", "prod", "--strategy", "restore"]],
  ] as const)("%s is dropped by recover after it was killed", { timeout: 120_000 }, async (_why, phase, command) => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), backup: "  clone: never\n", bookings: 20_000 });
    if (command[0] === "rollback") expect((await site.run("migrate", "prod")).status).toBe(0);
    else site.write("broken", "");
    const running = site.start(command);
    await restores(site, phase);
    running.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ signal: "SIGKILL" });
    expect(site.leftBehind()).toHaveLength(1);
    expect(await site.settle()).toBe(command[0] === "rollback" ? "new" : "old");
  });

  test("is dropped by the run itself when its server is back", { timeout: 120_000 }, async () => {
    await using own = await ownCluster(15);
    await using site = await PostgresSite.start({ cluster: own, backup: "  clone: never\n", bookings: 20_000 });
    expect((await site.run("migrate", "prod")).status).toBe(0);
    own.psql("postgres", "checkpoint");
    const running = site.start(["rollback", "prod", "--strategy", "restore"]);
    await restores(site, "rolling-back");
    await own.stop("immediate");
    await pause(500); // whoever tidies up at once finds nobody there
    await own.start();
    const ended = await running.ended;
    expect(ended.status, ended.stdout + ended.stderr).toBe(3);
    expect(site.leftBehind()).toEqual([]);
    expect(await site.settle()).toBe("new");
  });
});
