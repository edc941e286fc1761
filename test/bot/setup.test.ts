/** From nothing to an app and a running bot, as a person at a browser goes. */

import { sign } from "@octokit/webhooks-methods";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startBot } from "../../bot/bot.ts";
import { readSettings } from "../../bot/settings.ts";
import { FakeGitHub } from "../support/github/server.ts";
import type { AppManifest } from "../support/github/state.ts";

const SETUP = join(import.meta.dirname, "../../bot/setup/main.ts");

let github: FakeGitHub;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "belay-setup-"));
  github = await FakeGitHub.start(folder, { isPrivate: false });
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

class Setup implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  said = "";
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[], before = "") {
    const env = { PATH: process.env["PATH"] ?? "", GITHUB_API_URL: github.url };
    this.#child = spawn("sh", ["-c", `${before} exec "$@"`, "sh", process.execPath, SETUP, ...args], { cwd: folder, env });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    this.ended = once(this.#child, "close").then(() => this.#child.exitCode);
  }

  /** What it says to open. */
  async url(): Promise<string> {
    while (!/http:\S+/.test(this.said)) await once(this.#child.stdout, "data");
    return /http:\S+/.exec(this.said)?.[0] ?? "";
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** The form of the page, as a browser would send it. */
async function formOf(page: string): Promise<{ readonly action: URL; readonly manifest: AppManifest }> {
  const html = await (await fetch(page)).text();
  const [, action = "", manifest = ""] =
    /<form action="([^"]*)" method="post"><input type="hidden" name="manifest" value="([^"]*)"/.exec(html) ?? [];
  const text = manifest.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  return { action: new URL(action), manifest: JSON.parse(text) as AppManifest };
}

/** GitHub asks, the person says yes, and the browser comes back. */
function confirmed({ action, manifest }: Awaited<ReturnType<typeof formOf>>): URL {
  const code = `c${github.state.nextId()}`;
  github.state.manifests.set(code, manifest);
  const back = new URL(manifest.redirect_url);
  back.searchParams.set("code", code);
  back.searchParams.set("state", action.searchParams.get("state") ?? "");
  return back;
}

test("the button makes the app, the file starts the bot, and the app's webhooks arrive where its manifest sends them", async () => {
  await using setup = new Setup(["https://belay.example.com/", "--organization", "acme", "--name", "belay-acme"]);
  const form = await formOf(await setup.url());
  expect(form.action.pathname).toBe("/organizations/acme/settings/apps/new");
  expect(form.manifest).toMatchObject({
    name: "belay-acme",
    hook_attributes: { url: "https://belay.example.com/api/github/webhooks", active: true },
    public: false,
    default_permissions: { checks: "write", contents: "read" },
    default_events: expect.arrayContaining(["issue_comment", "pull_request"]),
  });
  const page = await fetch(confirmed(form));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("/apps/belay-acme/installations/new");
  expect(await setup.ended).toBe(0);

  const file = join(folder, "belay-bot.env");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const variables = parseEnv(readFileSync(file, "utf8"));
  expect(Object.keys(variables).toSorted()).toEqual(["APP_ID", "BELAY_URL", "GITHUB_API_URL", "PRIVATE_KEY", "WEBHOOK_SECRET"]);
  for (const secret of [variables["PRIVATE_KEY"] ?? "-", variables["WEBHOOK_SECRET"] ?? "-", "BEGIN"])
    expect(setup.said).not.toContain(secret);

  const settings = readSettings({ ...variables, BELAY_STORE: `sqlite:${join(folder, "bot.db")}`, PORT: "0", METRICS_PORT: "0" });
  const bot = await startBot(settings, () => undefined);
  try {
    const { pathname } = new URL((form.manifest as { hook_attributes: { url: string } }).hook_attributes.url);
    const headers = { "x-github-event": "ping", "x-hub-signature-256": await sign(settings.webhookSecret, "{}") };
    expect((await fetch(`http://127.0.0.1:${bot.port}${pathname}`, { method: "POST", body: "{}", headers })).status).toBe(202);
  } finally {
    await bot.stop();
  }
  expect(
    github.requestsOf("GET /app/hook/deliveries").map(({ status }) => status),
    "it signs in as the new app",
  ).toEqual([200]);
});

test("whoever comes without the page's own state, under another name or with a used code makes nothing", async () => {
  await using setup = new Setup(["https://belay.example.com", "--file", "another.env"]);
  const url = await setup.url();
  const form = await formOf(url);
  const back = confirmed(form);
  const forged = new URL(back);
  forged.searchParams.set("state", "0".repeat(64));
  expect((await fetch(forged)).status).toBe(403);
  expect((await fetch(new URL("/created", url))).status).toBe(403);
  expect((await fetch(new URL("/elsewhere", url))).status).toBe(404);
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
  const { status } = await new Promise<{ status: number }>((resolve) => {
    void import("node:http").then(({ get }) =>
      get(url, { headers: { host: "evil.example" } }, (answer) => resolve({ status: answer.resume().statusCode ?? 0 })),
    );
  });
  expect(status, "a name that somebody made lead here").toBe(403);

  const unknown = new URL(back);
  unknown.searchParams.set("code", "used");
  const refused = await fetch(unknown);
  expect(refused.status).toBe(502);
  expect(await refused.text()).toContain("it was used already");
  github.faults.add("POST /app-manifests/{code}/conversions", { kind: "status", status: 502 }, { times: 1 });
  expect(await (await fetch(back)).text(), "GitHub's trouble costs nothing").toContain("once more");
  expect((await fetch(back)).status, "and the same code works then").toBe(200);
  expect(await setup.ended).toBe(0);
});

test("secrets that could not be kept end it: it says that there is an app, and what to do with it", async () => {
  await using setup = new Setup(["https://belay.example.com", "--file", "lost.env"], "ulimit -f 0;");
  const form = await formOf(await setup.url());
  const page = await fetch(confirmed(form));
  expect(page.status).toBe(502);
  expect(await page.text()).toContain("delete the app in its settings on GitHub");
  expect(await setup.ended).toBe(1);
  expect(setup.said).toContain("GitHub made the app, but its secrets could not be kept");
  expect(setup.said).toContain("delete the app in its settings on GitHub, and begin again");
  expect(setup.said).not.toContain("No app was made");
  expect(existsSync(join(folder, "lost.env"))).toBe(false);
});

test("an answer that was cut ends it too: the code is used up", async () => {
  await using setup = new Setup(["https://belay.example.com", "--file", "cut.env"]);
  const form = await formOf(await setup.url());
  github.faults.add("POST /app-manifests/{code}/conversions", { kind: "cut-off" }, { times: 1 });
  expect(await (await fetch(confirmed(form))).text()).toContain("delete the app");
  expect(await setup.ended).toBe(1);
  expect(setup.said).toContain("GitHub made the app, but");
});

test("who interrupts it leaves no file behind, and who has one keeps it", async () => {
  await using setup = new Setup(["https://belay.example.com", "--file", "left.env"]);
  await setup.url();
  setup.interrupt();
  expect(await setup.ended).toBe(130);
  expect(existsSync(join(folder, "left.env"))).toBe(false);
  writeFileSync(join(folder, "mine.env"), "mine");
  await using again = new Setup(["https://belay.example.com", "--file", "mine.env"]);
  expect(await again.ended).toBe(1);
  expect(again.said).toContain("mine.env is there already");
  expect(readFileSync(join(folder, "mine.env"), "utf8")).toBe("mine");
});

test.each([
  [[], "the bot's address is not set"],
  [["http://belay.example.com"], "the bot's address is no address that begins with https://"],
  [["https://a.example", "b"], "there is one address too many: b"],
  [["https://a.example", "--organization", "../x", "--name", "x".repeat(35)], "--name has 1 to 34 characters; --organization is no name"],
  [["https://a.example", "--port", "99999"], "--port is no port"],
  [["https://a.example", "--bogus"], "--bogus"],
])("%j is answered with what is wrong", async (args, why) => {
  await using setup = new Setup(args);
  expect(await setup.ended).toBe(2);
  expect(setup.said).toContain(why);
  expect(setup.said).not.toMatch(/^ +at /m);
});
