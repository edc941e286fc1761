import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const DEMO = join(import.meta.dirname, "../../script/bot-demo.ts");

test("npm run bot:demo plays a conversation to its end and shows every turn of it", { timeout: 90_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO], { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  expect(status, stdout + stderr).toBe(0);
  const turns = [
    "bot: http://127.0.0.1:",
    "ada\n  │ /migrate prod\n    👀 seen after ",
    "🧗 Belay · prod · ✋ waits for approval",
    "  001_x  ",
    "0 of 2 approved",
    "ben\n  │ /approve r1",
    "cleo\n  │ /approve r1",
    "🧗 Belay · prod · ✅ migrated in ",
    "Approved by ben and cleo",
    "ada\n  │ /rollback prod",
    "ada\n  │ /approve r2",
    "🧗 Belay · prod · ✅ rolled back in ",
    "Later: x 2 written",
    "whole: ",
    "Played in ",
  ];
  let at = 0;
  for (const turn of turns) {
    const found = stdout.indexOf(turn, at);
    expect(found, `${turn}\n${stdout}`).toBeGreaterThanOrEqual(at);
    at = found + turn.length;
  }
  expect(stderr).toBe("");
});
