import { spawn as startChild } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import { BelayError } from "../../src/domain/error.ts";
import { groupLives, isAlive } from "../../src/process/process-group.ts";
import type { SpawnRequest } from "../../src/process/process.ts";
import { spawn } from "../../src/process/spawn.ts";

let directory: string;
const PATH = process.env["PATH"] ?? "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "belay-spawn-"));
});
afterAll(() => rm(directory, { recursive: true }));

function request(command: SpawnRequest["command"], more: Partial<SpawnRequest> = {}): SpawnRequest {
  return { command, directory, variables: { PATH }, timeoutMs: 10_000, role: "test", ...more };
}

const node = (script: string) => ({ argv: [process.execPath, "-e", script] as const });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("it did not throw"),
    (thrown: unknown) => thrown,
  );
  return error instanceof BelayError ? `${error.code}: ${error.message}` : String(error);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error("waited 5 s in vain");
    await pause(10);
  }
}

describe("starting a program", () => {
  test("needs no PATH of Belay's own", async () => {
    const { PATH: before } = process.env;
    process.env["PATH"] = "/nowhere";
    try {
      expect(await spawn(request({ argv: ["/bin/echo", "here"] }))).toMatchObject({ status: 0, stdout: "here\n" });
    } finally {
      process.env["PATH"] = before;
    }
  });

  test("tells its status and both outputs, and says them in the order they came", async () => {
    const end = await spawn(request({ shell: "echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three; exit 7" }));
    expect(end).toMatchObject({
      status: 7,
      signal: null,
      timedOut: false,
      aborted: false,
      stdout: "one\nthree\n",
      stderr: "two\n",
      tail: "one\ntwo\nthree\n",
    });
  });

  test("passes arguments as they are, however they look", async () => {
    const words = ["", " ", "a b", "$(id)", "`id`", "'", '"', "\\", "*", "-e", "ü\n☃"];
    const end = await spawn(
      request({ argv: [process.execPath, "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...words] }),
    );
    expect(JSON.parse(end.stdout)).toEqual(words);
  });

  test("gives exactly the environment asked for, and nothing of Belay's own", async () => {
    const variables = { A: "1", EMPTY: "", MULTI: "x\ny", belay_word: "kept" };
    const end = await spawn(request(node("console.log(JSON.stringify(process.env))"), { variables }));
    expect(JSON.parse(end.stdout)).toEqual(variables);
  });

  test("a shell command stops at the first failing line, as a workflow's run does", async () => {
    const end = await spawn(request({ shell: "echo before\nfalse\necho after" }));
    expect(end).toMatchObject({ status: 1, stdout: "before\n" });
  });

  test("starts in the directory asked for, with PWD telling the same", async () => {
    const end = await spawn(request({ shell: "pwd; echo $PWD" }, { variables: { PATH, PWD: "/elsewhere" } }));
    expect(end.stdout).toBe(`${directory}\n${directory}\n`);
  });

  test("gives an empty standard input, or what it was told to", async () => {
    expect((await spawn(request({ shell: "cat; echo end" }))).stdout).toBe("end\n");
    expect((await spawn(request({ shell: "cat" }, { input: "hello" }))).stdout).toBe("hello");
  });

  test("a program that does not read its input is no error", async () => {
    const end = await spawn(request({ shell: "exec true" }, { input: "x".repeat(1_000_000) }));
    expect(end.status).toBe(0);
  });

  test("a program may open /dev/stdout and /dev/stderr again", async () => {
    const end = await spawn(request({ shell: "echo a > /dev/stdout; echo b > /dev/stderr" }));
    expect(end).toMatchObject({ status: 0, stdout: "a\n", stderr: "b\n" });
  });

  test("characters are whole even when their bytes arrive apart", async () => {
    const pieces: string[] = [];
    const end = await spawn(
      request({ shell: "printf '\\342\\230'; sleep 0.1; printf '\\203!'" }, { output: (_, text) => pieces.push(text) }),
    );
    expect(end.stdout).toBe("☃!");
    expect(pieces.join("")).toBe("☃!");
  });

  test("reads everything that a program says just before it ends", async () => {
    const end = await spawn(request(node("require('fs').writeSync(1, 'x'.repeat(60000)); process.exit(3)")));
    expect(end).toMatchObject({ status: 3, truncated: false });
    expect(end.stdout).toHaveLength(60_000);
  });

  test("keeps a bounded part of an endless output and says so", async () => {
    const end = await spawn(request({ shell: "head -c 3000000 /dev/zero | tr '\\0' x; echo last >&2" }));
    expect(end.stdout).toHaveLength(1024 * 1024);
    expect(end.truncated).toBe(true);
    expect(end.tail).toHaveLength(64 * 1024);
    expect(end.tail.endsWith("last\n")).toBe(true);
  });
});

describe("a program that cannot be started", () => {
  test("is named when it is not on PATH", async () => {
    expect(await codeOf(spawn(request({ argv: ["belay-no-such-program"] })))).toMatch(
      /^command-not-found: starting belay-no-such-program: there is no such program on PATH/,
    );
  });

  test("is named with its place when a path leads nowhere", async () => {
    expect(await codeOf(spawn(request({ argv: ["./nothing.sh"] })))).toBe(
      `command-not-found: starting ./nothing.sh: there is no such program at ${directory}/nothing.sh`,
    );
  });

  test("is told apart from one that is there and not executable", async () => {
    await writeFile(join(directory, "plain.sh"), "echo hi\n");
    expect(await codeOf(spawn(request({ argv: ["./plain.sh"] })))).toMatch(/^command-not-executable/);
    expect(await codeOf(spawn(request({ argv: [directory] })))).toMatch(/^command-not-executable/);
  });

  test("runs when it is a script without a first line that names its shell", async () => {
    await writeFile(join(directory, "bare.sh"), "echo bare\n");
    await chmod(join(directory, "bare.sh"), 0o755);
    expect((await spawn(request({ argv: ["./bare.sh"] }))).stdout).toBe("bare\n");
  });

  test("says so when its directory is missing", async () => {
    expect(await codeOf(spawn(request({ shell: "true" }, { directory: join(directory, "gone") })))).toMatch(/^directory-missing/);
  });
});

describe("the gate", () => {
  test("the program does nothing before its group is recorded", async () => {
    const mark = join(directory, "mark");
    let early: string | null = null;
    const recorded: StartedProcess[] = [];
    const record = async (started: StartedProcess) => {
      recorded.push(started);
      await pause(200);
      early = await readFile(mark, "utf8").catch(() => null);
    };
    const end = await spawn(request({ shell: "echo ran > mark; echo $$" }, { record, role: "stop" }));
    expect(early).toBeNull();
    expect(await readFile(mark, "utf8")).toBe("ran\n");
    expect(recorded).toEqual([
      { pid: Number(end.stdout), startTime: expect.stringMatching(/^\d+@[0-9a-f-]+\/\d+$/) as string, role: "stop" },
    ]);
  });

  test("the program never runs when recording fails, and the reason is passed on", async () => {
    const mark = join(directory, "never");
    const pids: number[] = [];
    const record = (started: StartedProcess) => {
      pids.push(started.pid);
      return Promise.reject(new Error("journal full"));
    };
    await expect(spawn(request({ shell: "echo ran > never" }, { record }))).rejects.toThrow("journal full");
    await expect(readFile(mark)).rejects.toThrow("ENOENT");
    expect(groupLives(pids[0] ?? 0)).toBe(false);
  });

  test("the program never runs when Belay dies while it waits", async () => {
    const script = `
      import { spawn } from ${JSON.stringify(new URL("../../src/process/spawn.ts", import.meta.url).href)};
      await spawn({ command: { shell: "echo ran > orphan" }, directory: ${JSON.stringify(directory)}, variables: {}, timeoutMs: 9000, role: "x",
        record: (started) => { console.log(started.pid); return new Promise(() => setInterval(() => undefined, 1000)); } });`;
    const belay = startChild(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(belay.stdout, "data")) as [Buffer];
    const pid = Number(String(line));
    expect(groupLives(pid)).toBe(true);
    belay.kill("SIGKILL");
    await until(() => !groupLives(pid));
    await expect(readFile(join(directory, "orphan"))).rejects.toThrow("ENOENT");
  });
});

describe("the end of a program", () => {
  test("comes after its time, with its whole group", async () => {
    const pids: number[] = [];
    const end = await spawn(
      request({ shell: "sleep 60 & echo started; sleep 60" }, { timeoutMs: 200, record: async ({ pid }) => void pids.push(pid) }),
    );
    expect(end).toMatchObject({ status: null, signal: "SIGTERM", timedOut: true, aborted: false, stdout: "started\n" });
    expect(groupLives(pids[0] ?? 0)).toBe(false);
  });

  test("comes when it is aborted, with what it says on the way", async () => {
    const controller = new AbortController();
    const end = await spawn(
      request(
        { shell: "trap 'echo undoing; exit 9' TERM; echo ready; while :; do sleep 0.05; done" },
        { signal: controller.signal, output: (_, text) => text.includes("ready") && controller.abort() },
      ),
    );
    expect(end).toMatchObject({ status: 9, aborted: true, timedOut: false, stdout: "ready\nundoing\n" });
  });

  test("is forced upon a group that does not listen, 5 s later", async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const end = await spawn(
      request(
        { shell: "trap '' TERM; (while :; do sleep 0.1; done) & echo ready; while :; do sleep 0.1; done" },
        { signal: controller.signal, timeoutMs: 60_000, output: () => controller.abort(), record: async ({ pid }) => void pids.push(pid) },
      ),
    );
    expect(end).toMatchObject({ signal: "SIGKILL", aborted: true });
    expect(end.durationMs).toBeGreaterThan(4_900);
    expect(groupLives(pids[0] ?? 0)).toBe(false);
  });

  test("reaches a program that was stopped", async () => {
    const pids: number[] = [];
    const end = await spawn(request({ shell: "kill -STOP $$" }, { timeoutMs: 200, record: async ({ pid }) => void pids.push(pid) }));
    expect(end).toMatchObject({ signal: "SIGTERM", timedOut: true });
  });

  test("an abort before the start starts nothing; one while recording keeps the gate shut", async () => {
    const aborted = AbortSignal.abort();
    expect(await spawn(request({ shell: "echo ran > early" }, { signal: aborted }))).toMatchObject({ aborted: true, status: null });
    const controller = new AbortController();
    const record = async () => controller.abort();
    expect(await spawn(request({ shell: "echo ran > early" }, { signal: controller.signal, record }))).toMatchObject({
      aborted: true,
      status: null,
    });
    await expect(readFile(join(directory, "early"))).rejects.toThrow("ENOENT");
  });
});

describe("what a program leaves in the background", () => {
  test("does not hold up the end, lives on, and may go on talking", async () => {
    const began = performance.now();
    const pids: StartedProcess[] = [];
    const end = await spawn(
      request(
        { shell: "(trap 'exit 0' TERM; while :; do echo tick; echo alive > beat; sleep 0.05; done) & echo up" },
        { record: async (started) => void pids.push(started) },
      ),
    );
    expect(end).toMatchObject({ status: 0, aborted: false });
    expect(end.stdout).toContain("up\n");
    expect(performance.now() - began).toBeLessThan(2_000);
    const [started] = pids;
    if (started === undefined) throw new Error("nothing was recorded");
    for (let times = 0; times < 3; times++) {
      await rm(join(directory, "beat"), { force: true });
      await pause(200);
      expect(await readFile(join(directory, "beat"), "utf8")).toBe("alive\n");
    }
    expect(isAlive(started)).toBe(true);
    process.kill(-started.pid, "SIGKILL");
    await until(() => !isAlive(started));
  });

  test("outlives Belay itself, though it talks through Belay's pipe", async () => {
    const script = `
      import { spawn } from ${JSON.stringify(new URL("../../src/process/spawn.ts", import.meta.url).href)};
      await spawn({ command: { shell: "(while :; do echo tick; echo alive > beat2; sleep 0.05; done) & exit 0" }, directory: ${JSON.stringify(directory)},
        variables: { PATH: process.env.PATH }, timeoutMs: 9000, role: "x", record: async (started) => console.log(started.pid) });`;
    const belay = startChild(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(belay.stdout, "data")) as [Buffer];
    await once(belay, "exit");
    const pid = Number(String(line));
    await rm(join(directory, "beat2"), { force: true });
    await pause(300);
    expect(await readFile(join(directory, "beat2"), "utf8")).toBe("alive\n");
    process.kill(-pid, "SIGKILL");
    await until(() => !groupLives(pid));
  });
});
