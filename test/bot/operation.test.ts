/** The bot as a process among others: how it starts, what it says, how it ends. */

import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { onlyOne } from "../../bot/store/only-one.ts";
import { BotProcess } from "../support/bot/bot-process.ts";
import { startPublicServer } from "../support/bot/public-server.ts";
import { SECRET, Stage } from "../support/bot/stage.ts";
import { importsBelow } from "../support/imports.ts";

const ROOT = join(import.meta.dirname, "../..");
const ENVIRONMENT = "target: sqlite:/srv/app.db\napprovals: { required: 1 }";
const DISPATCH = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";

/** A stage whose bot is a process of its own. */
async function openStage(): Promise<Stage> {
  const stage = await Stage.open(ENVIRONMENT);
  await stage.stop();
  return stage;
}

describe("it does not start, and says why in a sentence and what to do in another,", () => {
  test("without anything that it needs: all of it is named at once", async () => {
    await using bot = new BotProcess({});
    expect(await bot.ended).toBe(2);
    expect(bot.said).toBe(
      "belay-bot: the bot does not start: APP_ID is not set; neither PRIVATE_KEY nor PRIVATE_KEY_PATH is set; WEBHOOK_SECRET is not set; BELAY_URL is not set\n  docs/bot.md says where each of them comes from\n",
    );
  });

  test("where its port is taken", async () => {
    await using stage = await openStage();
    const other = createServer().listen(Number(stage.variables["PORT"]));
    await once(other, "listening");
    await using bot = new BotProcess(stage.variables);
    expect(await bot.ended).toBe(1);
    expect(bot.said).toMatch(/^belay-bot: listening on port \d+: .*EADDRINUSE.*\n {2}PORT and METRICS_PORT name others\n$/);
    other.close();
  });

  test("where another one works on its store, until that one has ended, however it ends", { timeout: 40_000 }, async () => {
    await using stage = await openStage();
    const alone = await onlyOne(stage.storePath);
    await expect(onlyOne(stage.storePath, 0)).rejects.toMatchObject({ code: "store-in-use" });
    alone[Symbol.dispose]();
    await using first = await BotProcess.listening(stage.variables);
    await expect(onlyOne(stage.storePath, 0)).rejects.toMatchObject({ code: "store-in-use" });
    await using second = new BotProcess({ ...stage.variables, PORT: "0" });
    first.signal("SIGKILL");
    await first.ended;
    await stage.until("the second one", () => (second.said.includes('"what":"listening"') ? true : undefined));
  });

  test("where its store cannot be opened, or is none", async () => {
    await using stage = await openStage();
    const none = join(stage.project.outside, "package.json");
    cpSync(join(ROOT, "package.json"), none);
    for (const path of ["/nowhere/bot.db", none]) {
      await using bot = new BotProcess({ ...stage.variables, BELAY_STORE: `sqlite:${path}` });
      expect(await bot.ended).toBe(1);
      expect(bot.said).toMatch(/^belay-bot: opening the store .*\n {2}BELAY_STORE names a file/);
    }
  });
});

describe("told to end by SIGTERM", () => {
  test("it finishes what it began, takes nothing new, and begins nothing twice when it is started again", async () => {
    await using stage = await openStage();
    await using bot = await BotProcess.listening(stage.variables);
    const pull = stage.openPull();
    stage.github.faults.add(DISPATCH, { kind: "slow", ms: 1_500 }, { times: 1 });
    await stage.say(pull, "ada", "/migrate prod");
    await stage.until("the dispatch", () => stage.github.requestsOf(DISPATCH)[0]);
    bot.signal("SIGTERM");
    expect(await bot.ended, bot.said).toBe(0);
    expect(bot.said).toMatch(/"what":"ending".*\n(.*\n)*.*"what":"ended"/);
    await expect(fetch(`${stage.url}/healthz`)).rejects.toThrow();
    expect(stage.github.state.runs).toHaveLength(1);
    await using again = await BotProcess.listening(stage.variables);
    await stage.until("its comment", () => (stage.comment() === "" ? undefined : true));
    expect(stage.github.requestsOf(DISPATCH)).toHaveLength(1);
    expect(again.said).not.toContain('"level":"error"');
  });

  test("somebody who sends slowly does not keep it from ending in time", { timeout: 20_000 }, async () => {
    await using stage = await openStage();
    await using bot = await BotProcess.listening(stage.variables);
    const slow = connect(Number(stage.variables["PORT"]), "127.0.0.1").on("error", () => undefined);
    slow.write("POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n");
    expect((await fetch(`${stage.url}/readyz`)).status).toBe(200);
    const begun = performance.now();
    bot.signal("SIGTERM");
    expect(await bot.ended).toBe(0);
    expect(performance.now() - begun, "docker waits ten seconds").toBeLessThan(10_000);
    slow.destroy();
  });
});

test("where the next port is taken its numbers are elsewhere; of a webhook secret that can be guessed it warns", async () => {
  await using stage = await openStage();
  const { METRICS_PORT: _, ...variables } = stage.variables;
  const next = Number(variables["PORT"]) + 1;
  const other = createServer().listen(next);
  await once(other, "listening").catch(() => undefined); // taken by somebody else: as good
  await using bot = await BotProcess.listening({ ...variables, WEBHOOK_SECRET: "short" });
  expect((await fetch(`http://127.0.0.1:${bot.metricsPort}/metrics`)).status).toBe(200);
  expect(bot.metricsPort).not.toBe(next);
  expect(bot.said).toContain('"level":"warn","what":"WEBHOOK_SECRET can be guessed');
  other.close();
});

test("it says whether it lives, keeps up and how much waits; numbers are on their own port alone", async () => {
  await using stage = await openStage();
  await using bot = await BotProcess.listening(stage.variables);
  expect(await (await fetch(`${stage.url}/healthz`)).text()).toBe("ok\n");
  expect(await (await fetch(`${stage.url}/readyz`)).text()).toBe("ready\n");
  expect((await fetch(`${stage.url}/metrics`)).status).toBe(404);
  const numbers = await (await fetch(`http://127.0.0.1:${bot.metricsPort}/metrics`)).text();
  for (const name of ["inbox", "outbox", "memory_bytes"])
    expect(numbers).toMatch(new RegExp(`^# TYPE belay_bot_${name} gauge\nbelay_bot_${name} \\d+$`, "m"));
  expect((await fetch(`http://127.0.0.1:${bot.metricsPort}/api/grants`, { method: "POST" })).status).toBe(404);
  using behind = await startPublicServer({ notReady: async () => "more than 10,000 events wait" });
  const ready = await fetch(`${behind.url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, "more than 10,000 events wait\n"]);
});

test("no secret stands in its log or its store, whatever goes wrong", async () => {
  await using stage = await openStage();
  await using bot = await BotProcess.listening({ ...stage.variables, LOG_LEVEL: "debug" });
  const { faults, state } = stage.github;
  const pull = stage.openPull();
  faults.add("*", { kind: "malformed-json" }, { times: 2 });
  faults.add(DISPATCH, { kind: "status", status: 502 }, { times: 1 });
  faults.add("POST /repos/{owner}/{repo}/check-runs", { kind: "reset" }, { times: 1 });
  await stage.say(pull, "ada", "/migrate prod\n\nghp_a_secret_that_somebody_pasted");
  await stage.deliver("issue_comment", {}, { "x-hub-signature-256": "sha256=00" });
  const run = await stage.until("the run", () => state.runs[0]);
  const token = await stage.identityToken(run);
  const { request, command, environment, sha } = state.inputs.get(run.id) ?? {};
  const claim = { version: 1, request, command, environment, sha, digest: null, targets: [], run: "RUN1" };
  expect(await stage.post("/api/grants", `${token}x`, claim)).toMatchObject({ status: 401 });
  const granted = await stage.post("/api/grants", token, claim);
  expect(granted.status).toBe(200);
  const events = String(granted.json["events"]);
  expect(await stage.post(`/api/requests/${request}/events`, events, { nonsense: token })).toMatchObject({ status: 400 });
  await stage.until("the check", () => state.checkRuns[0]);
  bot.signal("SIGTERM");
  await bot.ended;

  const authorizations = stage.github.requests.map(({ headers }) => String(headers["authorization"] ?? "").replace(/^\w+ /, ""));
  const key = stage.variables["PRIVATE_KEY"] ?? "";
  const secrets = [
    SECRET,
    ...key.split("\n").filter((line) => line !== "" && !line.startsWith("-----")),
    ...new Set(authorizations.filter((each) => each !== "")),
    ...token.split(".").slice(1),
    String(granted.json["grant"]).split(".")[2] ?? "",
    events.split(".")[1] ?? "",
  ];
  expect(secrets.length).toBeGreaterThan(30);
  const stored = readdirSync(stage.project.outside)
    .filter((name) => name.startsWith("bot.db"))
    .map((name) => readFileSync(join(stage.project.outside, name), "latin1"));
  for (const secret of secrets) {
    expect(bot.said.includes(secret), `${secret} in the log`).toBe(false);
    expect(
      stored.some((bytes) => bytes.includes(secret)),
      `${secret} in the store`,
    ).toBe(false);
  }
  expect(bot.said, "nor what people wrote").not.toContain("ghp_a_secret");
  for (const line of bot.said.trim().split("\n")) expect(() => JSON.parse(line) as unknown, line).not.toThrow();
  expect(bot.said).toContain("an effect went wrong");
});

describe("the image", () => {
  const lines = readFileSync(join(ROOT, "bot/Dockerfile"), "utf8").replaceAll("\\\n", " ").split("\n");
  const copied = lines.filter((line) => line.startsWith("COPY ")).flatMap((line) => line.split(" ").slice(1, -1));

  test("has every file and every package that the bot and its command line load", () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { dependencies: Record<string, string> };
    const imports = importsBelow(ROOT, ["src", "bot"]).filter(({ typeOnly }) => !typeOnly);
    expect(imports.length).toBeGreaterThan(1_000);
    for (const { from, to } of imports) {
      const name = to
        .split("/")
        .slice(0, to.startsWith("@") ? 2 : 1)
        .join("/");
      if (to.startsWith("node:") || to === "") continue;
      expect(copied.includes(name) || Object.hasOwn(dependencies, name), `${from} loads ${to}`).toBe(true);
    }
    expect(lines).toContain("USER node");
    expect(lines.find((line) => line.startsWith("FROM "))).toMatch(/^FROM node:24-/);
  });

  test("starts and answers as a user who may write to its data alone, by the steps of its Dockerfile", async () => {
    await using stage = await openStage();
    const folder = mkdtempSync(join(tmpdir(), "belay-image-"));
    try {
      for (const name of copied) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
      symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
      chmodSync(folder, 0o555);
      await using bot = new BotProcess(stage.variables, folder);
      for (let n = 0; n < 200 && !bot.said.includes("listening"); n++) await pause(50);
      expect(await (await fetch(`${stage.url}/readyz`)).text(), bot.said).toBe("ready\n");
      expect(existsSync(stage.storePath)).toBe(true);
      const [, script = ""] = /CMD \["node", "-e", "(.*)"\]/.exec(lines.find((line) => line.startsWith("HEALTHCHECK")) ?? "") ?? [];
      const { execFileSync } = await import("node:child_process");
      execFileSync(process.execPath, ["-e", script], { env: { PORT: stage.variables["PORT"] ?? "" } });
    } finally {
      chmodSync(folder, 0o755);
      rmSync(folder, { recursive: true });
    }
  });
});
