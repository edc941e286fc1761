/** How quickly the bot acknowledges signed webhooks, beside a bare Probot in the same run. */

import { sign } from "@octokit/webhooks-methods";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createNodeMiddleware, Probot } from "probot";
import { startBot } from "../bot/bot.ts";
import { readSettings } from "../bot/settings.ts";
import { absolute, type Row } from "./comparison.ts";

const PER_SECOND = 200;
const SECONDS = 10;
const SECRET = "a-secret-for-the-bench-only";
const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A comment that is no command: stored, worked on, and no reason to ask GitHub anything. */
function payload(n: number): string {
  const ada = { id: 1, login: "ada", type: "User" };
  return JSON.stringify({
    action: "created",
    issue: { number: 1, pull_request: {} },
    comment: {
      id: n,
      body: "looks good to me ".repeat(50),
      created_at: new Date().toISOString(),
      user: ada,
      performed_via_github_app: null,
    },
    sender: ada,
    repository: { id: 7, name: "shop", owner: { login: "acme" } },
    installation: { id: 1 },
  });
}

async function measure(url: string, round: number): Promise<readonly number[]> {
  const took: number[] = [];
  const sent: Promise<void>[] = [];
  const bodies = await Promise.all(
    Array.from({ length: PER_SECOND * SECONDS }, async (_, n) => {
      const body = payload(round * PER_SECOND * SECONDS + n + 1);
      return { body, signature: await sign(SECRET, body) };
    }),
  );
  const begun = performance.now();
  for (const [n, { body, signature }] of bodies.entries()) {
    const due = begun + (n * 1000) / PER_SECOND;
    if (due > performance.now()) await pause(due - performance.now());
    const at = performance.now();
    const headers = { "x-github-event": "issue_comment", "x-github-delivery": `d-${n}`, "x-hub-signature-256": signature };
    const answered = fetch(url, { method: "POST", body, headers: { ...headers, "content-type": "application/json" } }).then(
      async (answer) => {
        await answer.arrayBuffer();
        if (answer.status >= 300) throw new Error(`it answered ${answer.status}`);
        took.push(performance.now() - at);
      },
    );
    sent.push(answered);
  }
  await Promise.all(sent);
  return took.toSorted((a, b) => a - b);
}

/** Rounds of both in turn, so that what else the machine does slows both. */
export async function bot(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const settings = readSettings({
    APP_ID: "1",
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: SECRET,
    BELAY_URL: "http://127.0.0.1",
    BELAY_STORE: `sqlite:${join(folder, "bot.db")}`,
    PORT: "0",
    METRICS_PORT: "0",
    GITHUB_API_URL: "http://127.0.0.1:9",
  });
  const [kept, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    told(`bot: ${PER_SECOND} webhooks a second for ${SECONDS} s, round ${round + 1}`);
    const running = await startBot(settings, () => undefined);
    kept.push(ninetyNinth(await measure(`http://127.0.0.1:${running.port}/api/github/webhooks`, round)));
    await running.stop();
    bare.push(ninetyNinth(await bareProbot(round)));
  }
  const name = `the bot keeps and acknowledges ${PER_SECOND} webhooks a second, p99`;
  return [absolute(name, kept, "ms", 50), absolute("a bare Probot acknowledges them and keeps nothing, p99", bare, "ms", null)];
}

async function bareProbot(round: number): Promise<readonly number[]> {
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET, logLevel: "fatal" });
  const middleware = await createNodeMiddleware((app) => app.on("issue_comment.created", () => undefined), { probot });
  const server = createServer((message, response) => void middleware(message, response)).listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const took = await measure(`http://127.0.0.1:${port}/api/github/webhooks`, round);
  server.close();
  server.closeAllConnections();
  return took;
}

function ninetyNinth(took: readonly number[]): number {
  return took[Math.floor(took.length * 0.99)] ?? 0;
}
