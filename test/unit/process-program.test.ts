/** Programs with byte streams: no exit code is lost, nobody commits half of an input, and nobody is left. */

import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { StartedProcess } from "../../src/domain/started-process.ts";
import { groupLives } from "../../src/process/process-group.ts";
import { finishProgram, runProgram, type Bytes, type ProgramEnd, type ProgramRequest } from "../../src/process/program.ts";
import { together } from "../../src/process/together.ts";

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), "belay-program-"))));
afterAll(() => rmSync(directory, { recursive: true }));

class Failed extends Error {
  readonly end: ProgramEnd;
  constructor(end: ProgramEnd) {
    super(`status ${end.status}, signal ${end.signal}, aborted ${end.aborted}: ${end.stderr}`);
    this.end = end;
  }
}

function shell(script: string, more: Partial<ProgramRequest> = {}): ProgramRequest {
  return {
    argv: ["/bin/sh", "-c", script],
    directory,
    variables: { PATH: "/usr/bin:/bin" },
    role: "test",
    failed: (end) => new Failed(end),
    ...more,
  };
}

async function textOf(bytes: Bytes): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const LARGE = 24 * 1024 * 1024;

async function* large(): Bytes {
  for (let sent = 0; sent < LARGE; sent += 65_536) yield Buffer.alloc(65_536, 97);
}

async function* breaking(after: Bytes): Bytes {
  yield* after;
  throw new Error("the source broke");
}

describe("a program with byte streams", () => {
  test("passes every byte through three of them, unchanged, with recorded groups", async () => {
    const content = randomBytes(8 * 1024 * 1024);
    const started: StartedProcess[] = [];
    const record = async (process: StartedProcess) => void started.push(process);
    const source = async function* (): Bytes {
      for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
    };
    const compressed = runProgram(shell("gzip -1", { input: source(), record }));
    const back = runProgram(shell("gunzip", { input: compressed, record }));
    const hash = createHash("sha256");
    for await (const chunk of runProgram(shell("cat", { input: back, record }))) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(content).digest("hex"));
    expect(started).toHaveLength(3);
    for (const { pid } of started) expect(groupLives(pid)).toBe(false);
  });

  test.each([
    ["exits", "echo some; echo why >&2; exit 3", /status 3, .*why/],
    ["is killed", "echo some; kill -9 $$", /signal SIGKILL/],
  ])("that %s after it has written has failed", async (_, script, says) => {
    await expect(textOf(runProgram(shell(script)))).rejects.toThrow(says);
  });

  test("that needs no more of its input has ended well, and the rest of the source is read all the same", async () => {
    let sent = 0;
    const source = async function* (): Bytes {
      for await (const chunk of large()) {
        sent += chunk.length;
        yield chunk;
      }
    };
    expect(await textOf(runProgram(shell("head -c 5", { input: source() })))).toBe("aaaaa");
    expect(sent).toBe(LARGE);
    await expect(finishProgram(shell("head -c 5", { input: breaking(large()) }))).rejects.toThrow("the source broke");
  });

  test("is slowed down by whoever reads it", async () => {
    const mark = join(directory, "written");
    const output = runProgram(shell(`head -c ${LARGE} /dev/zero; echo done > ${mark}`))[Symbol.asyncIterator]();
    await output.next();
    await pause(300);
    expect(existsSync(mark)).toBe(false);
    await output.return?.();
  });
});

describe("the end of an input is only told when whoever made it ended well", () => {
  const reader = (name: string, input: Bytes) => finishProgram(shell(`cat > ${name}; echo committed >> ${name}`, { input }));
  const written = (name: string) => readFileSync(join(directory, name), "utf8");

  test("a source that breaks", async () => {
    await expect(reader("one", breaking(large()))).rejects.toThrow("the source broke");
    expect(written("one")).not.toContain("committed");
  });

  test("a program that fails", async () => {
    await expect(reader("two", runProgram(shell(`head -c ${LARGE} /dev/zero; exit 1`)))).rejects.toThrow("status 1");
    expect(written("two")).not.toContain("committed");
  });

  test("one that ends well", async () => {
    await reader("three", runProgram(shell("echo all")));
    expect(written("three")).toBe("all\ncommitted\n");
  });
});

describe("nobody is left", () => {
  test("after an abort, which is told as one, whoever waits for what", async () => {
    const started: StartedProcess[] = [];
    const stop = new AbortController();
    const signal = stop.signal;
    const record = async (process: StartedProcess) => void started.push(process);
    setTimeout(() => stop.abort(), 200);
    const silent = runProgram(shell("sleep 100 & sleep 100", { signal, record }));
    await expect(finishProgram(shell("cat", { input: silent, signal, record }))).rejects.toThrow("aborted true");
    for (const { pid } of started) expect(groupLives(pid)).toBe(false);
  });

  test("where nothing may begin any more", async () => {
    const stop = new AbortController();
    stop.abort();
    const mark = join(directory, "begun");
    await expect(finishProgram(shell(`touch ${mark}`, { signal: stop.signal }))).rejects.toThrow("aborted true");
    expect(existsSync(mark)).toBe(false);
  });

  test("and where it could not be recorded", async () => {
    const mark = join(directory, "unrecorded");
    const record = () => Promise.reject(new Error("no journal"));
    await expect(finishProgram(shell(`touch ${mark}`, { record }))).rejects.toThrow("no journal");
    expect(existsSync(mark)).toBe(false);
  });
});

describe("acts together", () => {
  test("give all results", async () => {
    expect(await together<[number, string]>(undefined, () => [Promise.resolve(1), Promise.resolve("a")])).toEqual([1, "a"]);
  });

  test("end when one fails, and that one is told, not what ending the others looks like", async () => {
    let ended = false;
    const work = together<[void, void]>(undefined, (signal) => [
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => void pause(20).then(() => ((ended = true), reject(signal.reason)))),
      ),
      pause(10).then(() => Promise.reject(new Error("the disk is full"))),
    ]);
    await expect(work).rejects.toThrow("the disk is full");
    expect(ended).toBe(true);
  });

  test("tell the cause where its consequence was first", async () => {
    const closed = Object.assign(new Error("Premature close"), { code: "ERR_STREAM_PREMATURE_CLOSE" });
    const work = together<[void, void]>(undefined, () => [
      Promise.reject(closed),
      pause(20).then(() => Promise.reject(new Error("the disk is full"))),
    ]);
    await expect(work).rejects.toThrow("the disk is full");
  });
});
