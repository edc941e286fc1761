/** What a command does, done by Belay on a server: the job shows it as if it happened here. */

import { setTimeout as pause } from "node:timers/promises";
import { failure, refusal, type BelayError } from "../domain/error.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import { packError, unpackError } from "../process/portable-error.ts";
import type { World } from "../world.ts";
import { connect, type Connection, type ConnectionEnd, type ConnectionSettings } from "./connection.ts";
import { notConnected, shownDestination } from "./failures.ts";
import { type Begin, type End, type FromServer, PROTOCOL } from "./protocol.ts";

/** How long a server that was lost is tried again, and the longest time between two tries. */
const AGAIN_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 10_000;

export interface RemoteSettings extends ConnectionSettings {
  /** Absolute path on the server. */
  readonly directory: string;
  /** What is asked for, with the variables and the policy that the server gets. */
  readonly beginOf: (invocation: Invocation, world: World) => Promise<Begin>;
  /** Told the session as soon as there is one, for whoever may have to come back for its end. */
  readonly keepSession: (session: string) => void;
  /** A session that an earlier step did not see the end of: it is taken back, or its end fetched, in place of beginning anew. */
  readonly unfinished: string | null;
}

/** Throws refusals before anything happened there; what Belay there threw; `ssh-lost` where nobody knows how it ended. */
export function performOverSsh(settings: RemoteSettings): (invocation: Invocation, world: World) => Promise<Result> {
  return async (invocation, world) => {
    if (settings.unfinished !== null) {
      const end = await comeBack(settings, world, settings.unfinished, true);
      if (end !== null) return resultOf(end);
    }
    const dialogue = new Dialogue(settings, world);
    const first = await dialogue.begin(await settings.beginOf(invocation, world));
    if (first !== null) return resultOf(first);
    world.progress({
      type: "notice",
      message: `the connection to ${shownDestination(settings.destination)} was lost; the run goes on there`,
    });
    const end = await comeBack(settings, world, dialogue.session, false);
    if (end !== null) return resultOf(end);
    return await recover(settings, invocation, world, dialogue.run);
  };
}

function resultOf(end: End): Result {
  if (end.type === "ended") return end.result;
  throw unpackError(end.error);
}

/** Belay on the server was killed: what it left is finished by a new one, as at the end of a job whose own Belay was killed. */
async function recover(settings: RemoteSettings, invocation: Invocation, world: World, run: string | null): Promise<Result> {
  const host = shownDestination(settings.destination);
  const died = { code: "ssh-session-died", message: `Belay on ${host} ended without a word; it was killed, or the server stopped` };
  if (run === null) throw refusal(died.code, `${died.message}, before it had begun a run`, { hint: "run the job again" });
  world.progress({ type: "notice", message: `${died.message}; finishing run ${run}` });
  const asked: Invocation = { ...invocation, command: "recover", options: { run } };
  const end = await new Dialogue(settings, world).begin(await settings.beginOf(asked, world));
  if (end === null) throw lost(settings, run);
  const result = resultOf(end);
  return { ...result, reasons: [...result.reasons, died] };
}

/** The end of a session whose connection was lost; null: it was killed and left none. Throws `ssh-lost` when the time is over. */
async function comeBack(settings: RemoteSettings, world: World, session: string, cancel: boolean): Promise<End | null> {
  const deadline = performance.now() + AGAIN_MS;
  for (let waitMs = 500; ; waitMs = Math.min(2 * waitMs, LONGEST_PAUSE_MS)) {
    const end = await new Dialogue(settings, world).attach(session, cancel || world.signal.aborted);
    if (end !== "lost") return end;
    if (performance.now() + waitMs > deadline) throw lost(settings, null);
    await pause(waitMs);
  }
}

function lost({ destination, directory }: RemoteSettings, run: string | null): BelayError {
  const what = run === null ? "what was begun there goes on there" : `run ${run} is not finished`;
  return failure("ssh-lost", `the connection to ${shownDestination(destination)} was lost and did not come back; ${what}`, {
    hint: `look there, in ${directory}: \`belay status\`; where it says so, \`belay recover\``,
  });
}

/** One connection and what is said over it. */
class Dialogue {
  readonly #settings: RemoteSettings;
  readonly #world: World;
  readonly #connection: Connection;
  readonly #hello = Promise.withResolvers<Extract<FromServer, { type: "hello" }>>();
  readonly #end = Promise.withResolvers<End | null>();
  readonly #lost: Promise<ConnectionEnd>;
  session = "";
  run: string | null = null;

  constructor(settings: RemoteSettings, world: World) {
    this.#settings = settings;
    this.#world = world;
    this.#connection = connect(settings, (message) => this.#take(message));
    this.#lost = this.#connection.ended;
  }

  /** null: the connection was lost. */
  async begin(asked: Begin): Promise<End | null> {
    const hello = await this.#greeting();
    this.session = hello.session;
    this.#settings.keepSession(hello.session);
    this.#connection.send(asked);
    using _ = this.#passOnCancel();
    return await Promise.race([this.#end.promise, this.#lost.then(() => null)]);
  }

  /** `lost`: the server could not be reached, or was lost again. null: the session is gone. */
  async attach(session: string, cancel: boolean): Promise<End | null | "lost"> {
    try {
      await this.#greeting();
    } catch {
      return "lost";
    }
    this.#connection.send({ type: "attach", session, cancel });
    using _ = this.#passOnCancel();
    return await Promise.race([this.#end.promise, this.#lost.then(() => "lost" as const)]);
  }

  /** Throws the refusal that tells why there is none. */
  async #greeting() {
    const { destination } = this.#settings;
    const hello = await Promise.race([this.#hello.promise, this.#lost.then((end) => Promise.reject(notConnected(destination, end)))]);
    if (hello.protocol === PROTOCOL) return hello;
    this.#connection.close();
    throw refusal(
      "ssh-version",
      `Belay ${hello.belay} on ${shownDestination(destination)} and Belay ${this.#world.belayVersion} here do not understand each other`,
      { hint: "install the release of the action on the server: docs/single-executable.md" },
    );
  }

  #take(message: FromServer): void {
    switch (message.type) {
      case "hello":
        return this.#hello.resolve(message);
      case "hide":
        return this.#world.hide(message.secrets);
      case "progress":
        if (message.event.type === "run-began") this.run = message.event.run;
        return this.#world.progress(message.event);
      case "ask":
        return void this.#answer(message);
      case "gone":
        this.#connection.close();
        return this.#end.resolve(null);
      case "ended":
      case "threw":
        this.#connection.send({ type: "received" });
        this.#connection.close();
        return this.#end.resolve(message);
    }
  }

  async #answer({ id, githubEnvironment, pendingDigest }: Extract<FromServer, { type: "ask" }>): Promise<void> {
    try {
      const unmet = (await this.#world.github?.needs(githubEnvironment, pendingDigest)) ?? null;
      this.#connection.send({ type: "answer", id, unmet });
    } catch (error) {
      this.#connection.send({ type: "answer-failed", id, error: packError(error) });
    }
  }

  #passOnCancel(): Disposable {
    const { signal } = this.#world;
    const pass = () => {
      const facts: unknown = Object(signal.reason).facts;
      this.#connection.send({ type: "cancel", signal: String(Object(facts).signal ?? "SIGTERM") });
    };
    if (signal.aborted) pass();
    else signal.addEventListener("abort", pass);
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", pass) };
  }
}
