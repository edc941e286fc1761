import { spawn as startChild, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { endGroup, groupLives, isAlive } from "../../src/process/process-group.ts";
import { startedProcess, statusOf } from "../../src/process/process-status.ts";

const started: ChildProcess[] = [];

/** A group whose leader runs `script`, once it has said that it is ready. */
async function startGroup(script: string): Promise<number> {
  const child = startChild("/bin/sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    if (pid !== undefined && groupLives(pid)) process.kill(-pid, "SIGKILL");
  }
});

describe("a process group left behind", () => {
  test("is ended whole", async () => {
    const pid = await startGroup("sleep 60 & sleep 60 & echo ready; sleep 60");
    const record = startedProcess(pid, "migrate");
    expect(isAlive(record)).toBe(true);
    expect(await endGroup(record)).toBe("ended");
    expect(groupLives(pid)).toBe(false);
    expect(isAlive(record)).toBe(false);
  });

  test("is ended when only its members are left, the leader being gone", async () => {
    const pid = await startGroup("(sleep 60 & sleep 60) & echo ready; sleep 0.1; exit 0");
    const record = startedProcess(pid, "migrate");
    while (statusOf(pid) !== undefined) await pause(10);
    expect(isAlive(record)).toBe(true);
    expect(await endGroup(record)).toBe("ended");
    expect(groupLives(pid)).toBe(false);
  });

  test("is killed when it does not listen", async () => {
    const pid = await startGroup("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    expect(await endGroup(startedProcess(pid, "migrate"))).toBe("ended");
    expect(groupLives(pid)).toBe(false);
  });

  test("may be ended again: it is gone then", async () => {
    const pid = await startGroup("echo ready; sleep 60");
    const record = startedProcess(pid, "migrate");
    await endGroup(record);
    expect(await endGroup(record)).toBe("gone");
  });
});

describe("somebody else's process", () => {
  const shifted = (startTime: string | null, ticks: bigint) => (startTime ?? "").replace(/^\d+/, (own) => String(BigInt(own) + ticks));

  test.each([-1n, 1n])("with the recorded number but another start time (%s tick) is left in peace", async (ticks) => {
    const pid = await startGroup("echo ready; sleep 60");
    const record = startedProcess(pid, "migrate");
    const other = { ...record, startTime: shifted(record.startTime, ticks) };
    expect(isAlive(other)).toBe(false);
    expect(await endGroup(other)).toBe("not-ours");
    expect(isAlive(record)).toBe(true);
  });

  test("whose group is older than the record, or in another session, is left in peace without a leader, too", async () => {
    const pid = await startGroup("(sleep 60) & echo ready; sleep 0.1; exit 0");
    const record = startedProcess(pid, "migrate");
    while (statusOf(pid) !== undefined) await pause(10);
    expect(await endGroup({ ...record, startTime: shifted(record.startTime, 1_000_000n) })).toBe("gone");
    expect(isAlive(record)).toBe(true);
  });

  test("of before a reboot is gone, and of another container is not ours, whatever its number", async () => {
    const pid = await startGroup("echo ready; sleep 60");
    const record = startedProcess(pid, "migrate");
    const startTime = record.startTime ?? "";
    expect(await endGroup({ ...record, startTime: startTime.replace(/@[^/]+/, "@00000000-0000-4000-8000-000000000000") })).toBe("gone");
    expect(await endGroup({ ...record, startTime: startTime.replace(/\/\d+$/, "/1") })).toBe("not-ours");
    expect(isAlive(record)).toBe(true);
  });
});

describe("a record", () => {
  test("of bare ticks is understood", async () => {
    const pid = await startGroup("echo ready; sleep 60");
    const { startTime } = startedProcess(pid, "engine");
    const [ticks = ""] = (startTime ?? "").split("@");
    expect(await endGroup({ pid, startTime: ticks, role: "engine" })).toBe("ended");
  });

  test("of a process that leads no group ends that process alone", async () => {
    const child = startChild("/bin/sh", ["-c", "echo ready; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const record = startedProcess(child.pid ?? 0, "engine");
    const exited = once(child, "exit");
    expect(await endGroup(record)).toBe("ended");
    expect(await exited).toEqual([null, "SIGTERM"]);
  });

  test("without a start time ends nobody: it is gone, or it is said that nobody can tell", async () => {
    const pid = await startGroup("echo ready; sleep 60");
    await expect(endGroup({ pid, startTime: null, role: "migrate" })).rejects.toMatchObject({ code: "process-unclear" });
    expect(groupLives(pid)).toBe(true);
    await endGroup(startedProcess(pid, "migrate"));
    // Its number is free once the parents of all, this process and the system's first, have looked.
    while (isTaken(-pid)) await pause(10);
    expect(await endGroup({ pid, startTime: null, role: "migrate" })).toBe("gone");
  });

  test("of this very process says that it lives", () => {
    expect(isAlive(startedProcess(process.pid, "belay"))).toBe(true);
  });

  test("is read right for a program whose name looks like the file's own format", async () => {
    const script = `process.title = "x) R 1 1 (y"; console.log("ready"); setInterval(() => undefined, 1000)`;
    const child = startChild(process.execPath, ["-e", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    await once(child.stdout, "data");
    expect(statusOf(child.pid ?? 0)).toMatchObject({ group: child.pid, session: child.pid, zombie: false });
    expect(await endGroup(startedProcess(child.pid ?? 0, "x"))).toBe("ended");
  });
});
