/** The bot put together: settings → servers, store, worker, clock; started, and drained when it is told to end. */

import type { Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { BelayError, failure, messageOf } from "../src/domain/error.ts";
import { AskedOnce } from "./asked-once.ts";
import { reduce } from "./core/reduce.ts";
import { type Api, type App, connect } from "./github/api.ts";
import { Policies } from "./github/policy.ts";
import { serverUrlOf } from "./github/server-url.ts";
import { botKeys } from "./grant/keys.ts";
import { IdentityCheck } from "./grant/oidc.ts";
import { Bodies } from "./http/body.ts";
import { listen } from "./http/listen.ts";
import { Pace } from "./http/pace.ts";
import { metricsServer, publicServer } from "./http/server.ts";
import type { Log } from "./log.ts";
import type { Settings } from "./settings.ts";
import { onlyOne } from "./store/only-one.ts";
import { SqliteStore } from "./store/sqlite.ts";
import { instant } from "./webhook/incoming.ts";
import { performer, refusedFor } from "./work/perform.ts";
import { sweep } from "./work/sweep.ts";
import { Worker } from "./work/worker.ts";

export interface RunningBot {
  readonly port: number;
  readonly metricsPort: number;
  /** Takes nothing new, ends what was begun, closes the store. */
  readonly stop: () => Promise<void>;
}

const OTHER_PORTS = { hint: "PORT and METRICS_PORT name others" };
/** What is said to happen after two minutes happens soon after two minutes. */
const CLOCK_MS = 15_000;
const SWEEP_MS = 5 * 60_000;
/** Docker waits for ten seconds. */
const DRAIN_MS = 8_000;
/** Of one repository: a run claims two or three times, and each may be tried again. */
const CLAIMS_AT_ONCE = 60;
const CLAIM_EVERY_MS = 1_000;
/** Of one repository: a run tells a step a second, and several go on at once. */
const EVENTS_AT_ONCE = 200;
const EVENT_EVERY_MS = 50;
/** GitHub remembers its deliveries for 3 days, Enterprise Server for 7; comments are looked for beyond that. */
const KEYS_KEPT_MS = 60 * 24 * 3_600_000;

export async function startBot(settings: Settings, log: Log, now: () => Date = () => new Date()): Promise<RunningBot> {
  const { store, close } = await openStore(settings.store);
  const app = connect(settings);
  const policies = new Policies(settings.url);
  const serverUrl = serverUrlOf(settings.apiUrl);
  const botUser = botUserOf(app);
  const perform = performer({
    app,
    store,
    policies,
    appId: settings.appId,
    botUser,
    installedAt: installedAtOf(app),
    serverUrl,
    now,
  });
  const worker = new Worker({ store, reduce, perform, refused: refusedFor, log, now });
  const wake = () => worker.wake();
  const web = publicServer({
    secret: settings.webhookSecret,
    store,
    app,
    botUser,
    policies,
    identities: new IdentityCheck(settings.oidcIssuer, settings.url),
    keys: botKeys(settings.privateKey),
    bodies: new Bodies(),
    pace: new Pace(CLAIMS_AT_ONCE, CLAIM_EVERY_MS),
    eventPace: new Pace(EVENTS_AT_ONCE, EVENT_EVERY_MS),
    url: settings.url,
    drainInbox: () => worker.drainInbox(),
    wake: () => worker.wakeSoon(),
    now,
    log,
    notReady: async () => ((await store.counts()).inbox > 10_000 ? "more than 10,000 events wait" : null),
  });
  const numbers = metricsServer(async () => {
    const { rss, heapUsed } = process.memoryUsage();
    return { ...(await store.counts()), memory_bytes: rss, heap_bytes: heapUsed };
  }, log);
  const ports = await Promise.all([listen(web, settings.port, OTHER_PORTS), listenNear(numbers, settings)]).catch(
    async (error: unknown) => {
      for (const server of [web, numbers]) server.close();
      await close();
      throw error;
    },
  );
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = looking.then(() => sweep({ store, app, log, now })).then(wake);
  };
  const sweeping = setInterval(look, SWEEP_MS);
  look();
  const clock = setInterval(() => void tick(store, wake, now, log), CLOCK_MS);
  await tick(store, wake, now, log);
  return {
    port: ports[0],
    metricsPort: ports[1],
    stop: async () => {
      clearInterval(clock);
      clearInterval(sweeping);
      const began = Promise.all([closed(web), closed(numbers), worker.stop(DRAIN_MS), looking]);
      await Promise.race([began, pause(DRAIN_MS, null, { ref: false })]);
      await close();
    },
  };
}

/** Numbers that nobody gave a port to keep no bot from its work: where the next one cannot be had they are at any; the log says at which. */
async function listenNear(server: Server, { port, metricsPort }: Settings): Promise<number> {
  if (metricsPort !== null) return listen(server, metricsPort, OTHER_PORTS);
  return listen(server, port === 0 ? 0 : port + 1, OTHER_PORTS).catch(() => listen(server, 0, OTHER_PORTS));
}

async function openStore(path: string): Promise<{ readonly store: SqliteStore; readonly close: () => Promise<void> }> {
  try {
    const alone = await onlyOne(path);
    const store = opened(path, alone);
    const close = async () => {
      await store.close();
      alone[Symbol.dispose]();
    };
    return { store, close };
  } catch (error) {
    if (error instanceof BelayError) throw error;
    throw failure("store-unusable", `opening the store ${path}: ${messageOf(error)}`, {
      hint: "BELAY_STORE names a file on a disk that stays, in a folder that the bot may write to",
    });
  }
}

function opened(path: string, alone: Disposable): SqliteStore {
  try {
    return new SqliteStore(path);
  } catch (error) {
    alone[Symbol.dispose]();
    throw error;
  }
}

/** Every repository is told what time it is: what expires, which windows open. */
async function tick(store: SqliteStore, wake: () => void, now: () => Date, log: Log): Promise<void> {
  try {
    const at = now().toISOString();
    for (const repository of await store.repositories()) await store.receive({ repository, event: { at, kind: "clock" }, delivery: null });
    await store.forget(new Date(now().getTime() - KEYS_KEPT_MS));
    wake();
  } catch (error) {
    log("error", "the clock could not be told", { why: messageOf(error) });
  }
}

/** The user that GitHub keeps for an app: `SLUG[bot]`. Its number never changes. */
function botUserOf(app: App): (api: Api) => Promise<number> {
  const known = new AskedOnce<null, number>();
  const ask = async (api: Api) => {
    const itself = await app.app();
    const own = await itself("get", "/app", {});
    const slug = own?.slug;
    if (slug === undefined) throw failure("app-unknown", "asking GitHub which app this is: it did not say");
    const user = await api("get", "/users/{username}", { username: `${slug}[bot]` });
    return Number(user.id);
  };
  return (api) => known.get(null, () => ask(api));
}

/** Nothing that is decided waits for it: where GitHub does not answer it is asked again the next time. */
function installedAtOf(app: App): (installation: number) => Promise<string | null> {
  const known = new AskedOnce<number, string>();
  const ask = async (id: number) => {
    const itself = await app.app();
    const { created_at: at } = await itself("get", "/app/installations/{installation_id}", { installation_id: id });
    return instant(at);
  };
  return (id) => known.get(id, () => ask(id)).catch(() => null);
}

/** Whoever still sends shortly before the time is over is cut off: a slow one must not keep the bot from ending. */
function closed(server: Server): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS - 1_000);
  return new Promise((resolve) =>
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    }),
  );
}
