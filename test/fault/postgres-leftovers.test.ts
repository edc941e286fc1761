import { describe, expect, test } from "vitest";

import { cluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";

describe("what a killed run restored for a while", () => {
  test.each([
    ["to see whether anything differs", "verifying", ["migrate", "prod"]],
    ["to bring it back", "rolling-back", ["rollback", "prod", "--strategy", "restore"]],
  ] as const)("%s is dropped by recover", { timeout: 120_000 }, async (_why, phase, command) => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), backup: "  clone: never\n", bookings: 20_000 });
    if (command[0] === "rollback") expect((await site.run("migrate", "prod")).status).toBe(0);
    else site.write("broken", "");
    const running = site.start(command);
    const restoring = () => site.phaseOfRun() === phase && site.copies().some((name) => name.includes("_belay_s_"));
    await site.until("the run restores", restoring);
    running.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ signal: "SIGKILL" });
    expect(site.leftBehind()).toHaveLength(1);
    expect(await site.settle()).toBe(command[0] === "rollback" ? "new" : "old");
  });
});
