/** The built program in a real terminal: what a person sees while it works, and what is left on the screen. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { width } from "../../src/report/width.ts";
import { CLI, Project } from "../support/project.ts";
import { frames, inTerminal, screen, type TerminalSize } from "../support/terminal.ts";

let project: Project;

beforeEach(() => {
  project = new Project();
  project.sql("create table users (id integer primary key, email text); insert into users (email) values ('a'), ('b')");
  project.migration("0001_role.sql", "alter table users add column role text;");
  configure("echo stopping the web server; sleep 0.7", "true");
});

afterEach(() => project[Symbol.dispose]());

function configure(stop: string, previous: string): void {
  project.configure(`target: sqlite:app.db\nmigrate: sql\napp: { stop: "${stop}", start: "true", previous: "${previous}" }`);
}

function belay(argv: readonly string[], size: TerminalSize, env?: Readonly<Record<string, string>>) {
  return inTerminal([process.execPath, CLI, ...argv], project.directory, size, env);
}

/** Nothing that a terminal would be left with: no hidden cursor, no other screen, no mode switched. */
const LEAVES_A_MODE = /\x1b\[\?|\x1b[=>]/;

describe("a run in a terminal", () => {
  it("shows the step that runs, how long it takes and what its program says, and leaves one line for each step", async () => {
    const terminal = belay(["migrate", "prod"], { columns: 80 });
    expect(await terminal.ended).toBe(0);
    const seen = frames(terminal.written());
    expect(seen.filter((frame) => /… stop {6}0\.\d s {2}stopping the web server$/.test(frame)).length).toBeGreaterThan(2);
    expect(seen.length).toBeLessThan(60);
    const left = screen(terminal.written());
    expect(left.slice(0, 6)).toEqual([
      expect.stringMatching(/^ {2}✔ stop {6}echo stopping/),
      expect.stringMatching(/^ {2}✔ backup /),
      expect.stringMatching(/^ {2}✔ migrate {3}0001_role /),
      expect.stringMatching(/^ {2}✔ verify /),
      expect.stringMatching(/^ {2}✔ start /),
      "",
    ]);
    expect(left[6]).toMatch(/^MIGRATED in /);
    expect(left.join("\n")).not.toContain("…");
    expect(terminal.written()).not.toMatch(LEAVES_A_MODE);
  });

  it("tells how long a step took the last time that a run ended well", async () => {
    expect((await project.json("migrate")).status).toBe(0);
    project.migration("0002_team.sql", "create table team (id integer primary key);");
    const terminal = belay(["migrate", "prod"], { columns: 80 });
    expect(await terminal.ended).toBe(0);
    expect(frames(terminal.written()).join("\n")).toMatch(/… stop {6}0\.\d s of about 0\.[789] s {2}stopping/);
    expect(frames(terminal.written()).filter((frame) => /… migrate .* of about/.test(frame))).toEqual([]);
  });

  it("is never wider than the terminal, also when that is made narrower meanwhile", async () => {
    configure("sleep 1.2; yes a long thing to say | head -c 400", "true");
    const terminal = belay(["migrate", "prod"], { columns: 100, resized: { columns: 40, afterMs: 500 } });
    expect(await terminal.ended).toBe(0);
    const running = frames(terminal.written()).filter((frame) => frame.includes("…"));
    expect(Math.max(...running.map((frame) => width(frame)))).toBeLessThan(100);
    expect(width(running.findLast((frame) => frame.includes("… stop")) ?? "")).toBeLessThan(40);
  });

  it.each([40, 80])("says everything in %i columns", async (columns) => {
    const terminal = belay(["migrate", "prod"], { columns });
    expect(await terminal.ended).toBe(0);
    const words = screen(terminal.written()).join(" ").replaceAll(/\s+/gu, " ");
    expect(words).toContain("1 migration applied");
    expect(words).toContain("`belay rollback prod` takes the data back to before this run");
    const tooWide = screen(terminal.written()).filter((line) => width(line) > columns && !line.includes("/"));
    expect(tooWide).toEqual([]);
  });

  it("writes each line once, in words, for a screen reader", async () => {
    const terminal = belay(["migrate", "prod"], { columns: 80 }, { BELAY_PLAIN: "1" });
    expect(await terminal.ended).toBe(0);
    expect(terminal.written().replaceAll("\r\n", "\n")).toMatch(/^[\n -~]*$/);
    expect(screen(terminal.written())[0]).toMatch(/^ {2}ok {3}stop /);
    const gate = belay(["gate", "prod"], { columns: 80 }, { BELAY_PLAIN: "1" });
    expect(await gate.ended).toBe(0);
  });
});

describe("Ctrl-C", () => {
  it("says what happens now and how to look afterwards, and the second time that undoing is under way", async () => {
    configure("echo stopping; touch stopping; sleep 30", "touch back; sleep 1");
    const terminal = belay(["migrate", "prod"], { columns: 100 });
    await expect.poll(() => project.exists("stopping"), { timeout: 10_000, interval: 20 }).toBe(true);
    terminal.press("\x03");
    await expect.poll(() => project.exists("back"), { timeout: 10_000, interval: 20 }).toBe(true);
    terminal.press("\x03");
    expect(await terminal.ended).toBe(4);
    const words = screen(terminal.written()).join(" ").replaceAll(/\s+/gu, " ");
    expect(words).toContain(
      "SIGINT: stopping what runs, then undoing what was begun. Please wait. `belay status prod` shows afterwards where it stands.",
    );
    expect(words).toContain(
      "SIGINT again: already undoing, which is not cut short. If Belay is killed now, `belay recover prod` finishes it.",
    );
    expect(words).toContain("INTERRUPTED, ROLLED BACK in");
    expect(terminal.written()).not.toMatch(LEAVES_A_MODE);
    expect(screen(terminal.written()).join("\n")).not.toContain("… ");
  });
});
