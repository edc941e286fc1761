import { spawn as startChild } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";

/** A program that watches for interrupts, says what it is told, and ends by itself when it has undone its work. */
const PROGRAM = `
  import { onInterrupt } from ${JSON.stringify(new URL("../../src/process/signals.ts", import.meta.url).href)};
  const watch = onInterrupt((interrupt) => console.log(JSON.stringify(interrupt)));
  watch.signal.addEventListener("abort", () => {
    const { code, message, facts } = watch.signal.reason;
    console.log(JSON.stringify({ code, message, facts }));
  });
  process.stdin.once("data", () => { watch[Symbol.dispose](); console.log("disposed"); });
  setInterval(() => undefined, 1000);
  console.log("ready");`;

async function start(): Promise<{ child: ReturnType<typeof startChild>; line: () => Promise<string> }> {
  const child = startChild(process.execPath, ["--input-type=module", "-e", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  expect(await line()).toBe("ready");
  return { child, line };
}

describe("an interrupt", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("by %s aborts once, and says which", async (signal) => {
    const { child, line } = await start();
    child.kill(signal);
    expect(JSON.parse(await line())).toMatchObject({ signal, repeated: false });
    expect(JSON.parse(await line())).toEqual({ code: "interrupted", message: `interrupted by ${signal}`, facts: { signal } });
    child.kill("SIGKILL");
  });

  test("for the second time does not end Belay half-way, and is told apart from the first", async () => {
    const { child, line } = await start();
    child.kill("SIGINT");
    await line();
    await line();
    child.kill("SIGTERM");
    expect(JSON.parse(await line())).toEqual({ signal: "SIGTERM", repeated: true });
    expect(child.exitCode).toBeNull();
    child.kill("SIGKILL");
  });

  test("ends the program as usual once nobody watches any more", async () => {
    const { child, line } = await start();
    child.stdin?.write("x");
    expect(await line()).toBe("disposed");
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([null, "SIGTERM"]);
  });
});
