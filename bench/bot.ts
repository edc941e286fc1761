/** The bot under load, beside a bare Probot in the same run; how long a command takes to its dispatch; what a hundred thousand events leave in memory. */

import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";

import { Stage } from "../test/support/bot/stage.ts";
import { ServerProcess } from "./bot/server-process.ts";
import { SECRET, Sender, signedComments } from "./bot/webhooks.ts";
import { absolute, median, type Row } from "./comparison.ts";

const PER_SECOND = 200;
const SECONDS = 10;
/** Sent before what counts: both are measured as they run, not as they begin. */
const WARM_UP = 200;
const COMMANDS = 12;
const SIDE_BY_SIDE = 20;

const BOT = join(import.meta.dirname, "../bot/main.ts");
const BARE_PROBOT = join(import.meta.dirname, "bot/bare-probot.ts");

export interface BotSizes {
  readonly rounds: number;
  /** Whose memory is looked at. */
  readonly events: number;
}

export async function bot(folder: string, { rounds, events }: BotSizes, told: (text: string) => void): Promise<readonly Row[]> {
  const variables = {
    APP_ID: "1",
    PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    WEBHOOK_SECRET: SECRET,
    BELAY_URL: "http://127.0.0.1",
    BELAY_STORE: `sqlite:${join(folder, "bot.db")}`,
    PORT: "0",
    METRICS_PORT: "0",
    GITHUB_API_URL: "http://127.0.0.1:9",
  };
  return [
    ...(await acknowledging(variables, rounds, told)),
    await dispatching(told),
    ...(await remembering({ ...variables, BELAY_STORE: `sqlite:${join(folder, "many.db")}` }, events, told)),
  ];
}

/** Rounds of both in turn, so that what else the machine does slows both. */
async function acknowledging(
  variables: Readonly<Record<string, string>>,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  const [started, kept, bare]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    told(`bot: ${PER_SECOND} webhooks a second for ${SECONDS} s, round ${round + 1} of ${rounds}`);
    const own = await acknowledged(BOT, variables, round);
    started.push(own.startedMs);
    kept.push(own.p99);
    bare.push((await acknowledged(BARE_PROBOT, variables, round)).p99);
  }
  return [
    absolute("the bot starts", started, "ms", 1000),
    absolute(`the bot keeps and acknowledges ${PER_SECOND} webhooks a second, p99`, kept, "ms", 50),
    absolute("… a bare Probot acknowledges them and keeps nothing, p99", bare, "ms", null),
  ];
}

async function acknowledged(entry: string, variables: Readonly<Record<string, string>>, round: number) {
  await using server = await ServerProcess.start(entry, variables);
  using sender = new Sender(server.url);
  const count = PER_SECOND * SECONDS;
  const webhooks = await signedComments(round * (count + WARM_UP) + 1, count + WARM_UP);
  await sender.atRate(webhooks.slice(0, WARM_UP), PER_SECOND);
  const took = await sender.atRate(webhooks.slice(WARM_UP), PER_SECOND);
  return { startedMs: server.startedMs, p99: took[Math.floor(took.length * 0.99)] ?? Infinity };
}

/** From the webhook of a comment to GitHub's being asked to start the workflow; the fake GitHub works in the same process as the bot. */
async function dispatching(told: (text: string) => void): Promise<Row> {
  told(`bot: ${COMMANDS} commands`);
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const took: number[] = [];
  for (let n = 0; n <= COMMANDS; n++) {
    const pull = stage.openPull(`change-${n}`);
    const { promise: dispatched, resolve } = Promise.withResolvers<number>();
    stage.github.state.onDispatch = () => resolve(performance.now());
    const begun = performance.now();
    await stage.say(pull, "ada", "/migrate prod");
    took.push((await dispatched) - begun);
  }
  // The first one pays for reading the GitHub client.
  return absolute("a command until its workflow is dispatched", took.slice(1), "ms", 300);
}

/** What it holds in the last three tenths beyond the first three, after its garbage was collected. */
async function remembering(
  variables: Readonly<Record<string, string>>,
  events: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  await using server = await ServerProcess.start(BOT, variables);
  using sender = new Sender(server.url);
  const [tenth, heap, resident]: [number, number[], number[]] = [events / 10, [], []];
  for (let part = 0; part < 10; part++) {
    await sender.asFastAsPossible(await signedComments(part * tenth + 1, tenth), SIDE_BY_SIDE);
    heap.push(await server.heapMB());
    resident.push(server.residentMB());
    told(`bot: ${(part + 1) * tenth} events, heap ${heap.at(-1)?.toFixed(0)} MB, process ${resident.at(-1)?.toFixed(0)} MB`);
  }
  const grown = (held: readonly number[]) => [median(held.slice(-3)) - median(held.slice(0, 3))];
  const name = `${events.toLocaleString("en")} events: the heap has grown by`;
  return [absolute(name, grown(heap), "MB", 10), absolute("… and the process, with what V8 keeps ready", grown(resident), "MB", null)];
}
