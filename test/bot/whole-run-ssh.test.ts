/** A request whose run happens on a server: the job claims and tells, the server has the database and does the work. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { Talk } from "../support/bot/talk.ts";
import { SshServer } from "../support/sshd.ts";

test("the job claims the grant, the server migrates, and the bot is told every step and the end", async () => {
  await using server = await SshServer.start();
  await using talk = await Talk.open("");
  const { stage, runners } = talk;
  const folder = join(talk.project.outside, "srv");
  mkdirSync(join(folder, "migrations"), { recursive: true });
  writeFileSync(join(folder, "migrations/001_x.sql"), "create table x(id integer);\n");
  runners.interference.set("belay migrate", { inputs: server.inputs(folder) });

  await stage.say(stage.openPull(), "ada", "/migrate prod");
  const { end, posts } = await runners.ended("belay migrate prod r1");
  expect(end.status, end.log).toBe(0);
  expect(posts.map(({ status }) => status)).toEqual([0]);
  expect(talk.tables()).toBe("x");
  await talk.says("✅ migrated");
  expect(stage.comment()).toContain("001_x");
});

test("a server that cannot be reached is told to whoever asked, and nothing was touched", async () => {
  await using server = await SshServer.start();
  await using talk = await Talk.open("");
  talk.runners.interference.set("belay migrate", { inputs: { ...server.inputs("/nowhere"), ssh: "deploy@127.0.0.1:1" } });
  await talk.stage.say(talk.stage.openPull(), "ada", "/migrate prod");
  const { end, reasons } = await talk.runners.ended("belay migrate prod r1");
  expect(end.status, end.log).toBe(3);
  expect(reasons).toEqual(["ssh-unreachable"]);
  expect(talk.tables()).toBe("");
  await talk.says("`ssh-unreachable`");
  expect(talk.stage.comment()).toContain("Nothing was changed.");
});
