/** What goes wrong between a job and the bot: the run goes on, nobody is left in doubt for longer than must be. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { BY_TWO, GATED, Talk } from "../support/bot/talk.ts";

test("a bot that is away when the job asks for its grant is asked again", async () => {
  await using talk = await Talk.open();
  const { stage } = talk;
  talk.runners.interference.set("belay migrate", {
    before: () => stage.stop(),
    during: async (step) => {
      await step.prints("::add-mask::");
      await stage.start();
    },
  });
  const { end } = await talk.migrate(stage.openPull());
  expect(end.status, end.log).toBe(0);
  expect(talk.tables()).toBe("x");
  await talk.says("✅ migrated");
});

test("a bot that goes away during the run is told at the end of the job", async () => {
  await using talk = await Talk.open(BY_TWO, { app: GATED });
  const { stage } = talk;
  talk.duringStop("belay migrate", {
    during: () => stage.stop(),
    after: async (end) => {
      expect(end.status, end.log).toBe(0);
      expect(end.annotations).toMatchObject([{ message: expect.stringContaining("the end of the job tries again") }]);
      await stage.start();
      return true;
    },
  });
  const { posts } = await talk.migrate(stage.openPull());
  expect(posts.map(({ status }) => status)).toEqual([0]);
  await talk.says("✅ migrated");
});

test("a job that never heard the answer to its claim claims again at its end, and tells", async () => {
  await using talk = await Talk.open(BY_TWO, { app: GATED });
  const { stage } = talk;
  talk.duringStop("belay migrate", {
    during: () => stage.stop(),
    after: async (_, { temp }) => {
      const [name = ""] = readdirSync(temp).filter((each) => each.startsWith("belay-request-"));
      const kept = JSON.parse(readFileSync(join(temp, name), "utf8"));
      writeFileSync(join(temp, name), JSON.stringify({ ...kept, token: null }));
      await stage.start();
      return true;
    },
  });
  const { posts } = await talk.migrate(stage.openPull());
  expect(posts.map(({ status }) => status)).toEqual([0]);
  await talk.says("✅ migrated");
});

test("a report that is lost leaves the environment in doubt; when it comes after all it says what is so", async () => {
  await using talk = await Talk.open(BY_TWO, { app: GATED });
  const { stage } = talk;
  talk.duringStop("belay migrate", {
    during: () => stage.stop(),
    after: async (_, { run }) => {
      await stage.start();
      await stage.deliver("workflow_run", stage.runPayload(run, "completed"));
      await talk.pass(3);
      await talk.says("no-report");
      expect(stage.comment()).toContain("/recover prod");
      return true;
    },
  });
  const { end } = await talk.migrate(stage.openPull());
  expect(end.status, end.log).toBe(0);
  await talk.says("✅ migrated");
});

test("a machine that is lost in the middle of a run: /recover needs no approval, puts everything back and settles it", async () => {
  await using talk = await Talk.open(BY_TWO, { app: GATED });
  const { stage, runners } = talk;
  const pull = stage.openPull();
  talk.duringStop("belay migrate", {
    during: ({ pid }) => void process.kill(pid, "SIGKILL"),
    after: () => false,
  });
  const killed = await talk.migrate(pull);
  expect(killed.end.signal).toBe("SIGKILL");
  await talk.pass(3);
  await talk.says("no-report");

  const asked = await stage.say(pull, "cleo", "/recover prod");
  const recovered = await runners.ended("belay recover prod r2");
  expect(recovered.end.outputs["outcome"], recovered.end.log).toBe("undone");
  await talk.reaction(asked, "-1");
  expect(talk.tables()).toBe("");
  await stage.until("an end of the run that was in doubt", () =>
    stage.github.state.checkRuns.find(({ externalId, conclusion }) => externalId === "r1:run" && conclusion === "failure"),
  );
});

test("a job that is cancelled takes back what it began, and the end of the job says so", async () => {
  await using talk = await Talk.open(BY_TWO, { app: GATED });
  talk.duringStop("belay migrate", { during: (step) => void step.cancel() });
  const { end } = await talk.migrate(talk.stage.openPull());
  expect([4, 130]).toContain(end.status);
  expect(talk.tables()).toBe("");
  await talk.says("rolled back");
});
