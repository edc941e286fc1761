/** The job's side of one connection: what is said over it, and what it is good for. */

import { refusal } from "../domain/error.ts";
import { packError } from "../process/portable-error.ts";
import type { World } from "../world.ts";
import { connect, type Connection, type ConnectionEnd, type ConnectionSettings } from "./connection.ts";
import { notConnected, shownDestination } from "./failures.ts";
import { type Begin, type End, type FromServer, PROTOCOL } from "./protocol.ts";

/** From the start of ssh to the first word of Belay. */
const GREETING_MS = 60_000;

export interface DialogueSettings extends ConnectionSettings {
  /** Told the session as soon as there is one, for whoever may have to come back for its end. */
  readonly keepSession: (session: string) => void;
}

export class Dialogue {
  readonly #settings: DialogueSettings;
  readonly #world: World;
  readonly #connection: Connection;
  readonly #hello = Promise.withResolvers<Extract<FromServer, { type: "hello" }>>();
  readonly #end = Promise.withResolvers<End | null>();
  readonly #lost: Promise<ConnectionEnd>;
  session = "";
  run: string | null = null;

  constructor(settings: DialogueSettings, world: World) {
    this.#settings = settings;
    this.#world = world;
    this.#connection = connect(settings, (message) => this.#take(message));
    this.#lost = this.#connection.ended;
  }

  /** null: the connection was lost. */
  async begin(asked: Begin): Promise<End | null> {
    const hello = await this.#greeting(this.#world.signal);
    this.session = hello.session;
    this.#settings.keepSession(hello.session);
    this.#connection.send(asked);
    using _ = this.#passOnCancel();
    return await Promise.race([this.#end.promise, this.#lost.then(() => null)]);
  }

  /** `lost`: the server could not be reached, or was lost again. null: the session is gone. */
  async attach(session: string, cancel: boolean): Promise<End | null | "lost"> {
    try {
      await this.#greeting(null);
    } catch {
      return "lost";
    }
    this.#connection.send({ type: "attach", session, cancel });
    using _ = this.#passOnCancel();
    return await Promise.race([this.#end.promise, this.#lost.then(() => "lost" as const)]);
  }

  /** Throws the refusal that tells why there is none, and the signal's reason. */
  async #greeting(signal: AbortSignal | null) {
    const { destination } = this.#settings;
    const over = AbortSignal.timeout(GREETING_MS);
    const given = signal === null ? over : AbortSignal.any([signal, over]);
    const abandon = () => this.#connection.abandon();
    given.addEventListener("abort", abandon);
    if (given.aborted) abandon();
    const refused = this.#lost.then((end) => {
      if (signal?.aborted === true) throw signal.reason;
      throw notConnected(destination, over.aborted ? { ...end, words: `${end.words}\nnothing was heard of it: timed out`.trim() } : end);
    });
    const hello = await Promise.race([this.#hello.promise, refused]).finally(() => given.removeEventListener("abort", abandon));
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
