/** The server's side of a connection: does what the job asks, tells it what happens, and does not end when the job goes away. */

import { failure, messageOf, refusal } from "../domain/error.ts";
import type { Reason } from "../domain/error.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import { packError, unpackError } from "../process/portable-error.ts";
import type { GitHub, World } from "../world.ts";
import type { KeptEnds } from "./kept-end.ts";
import { withApprovals } from "./with-approvals.ts";
import { type Begin, type End, type FromJob, type FromServer, PROTOCOL } from "./protocol.ts";

/** How long the job may take to say that it has the end. */
const RECEIPT_MS = 10_000;

export interface SessionSettings {
  /** Unpredictable: whoever knows it gets the session's end. */
  readonly session: string;
  readonly world: Pick<World, "variables" | "now" | "random" | "belayVersion">;
  /** Where the session may work; null: where the job says. */
  readonly directory: string | null;
  readonly kept: KeptEnds;
  readonly perform: (invocation: Invocation, world: World) => Promise<Result>;
  /** Throws where the path is no directory. */
  readonly assertDirectory: (path: string) => Promise<void>;
  /** Never throws, also when nobody listens any more. */
  readonly send: (message: FromServer) => void;
  /** Aborted when the server wants the process to end. */
  readonly interrupted: AbortSignal;
}

export interface Session {
  /** Takes a message of the job's. */
  readonly take: (message: FromJob) => void;
  /** The job is not heard any more. */
  readonly alone: () => void;
  readonly ended: Promise<void>;
}

export function openSession(settings: SessionSettings): Session {
  const { session, send, kept, world } = settings;
  const cancelled = new AbortController();
  const left = new AbortController();
  const receipt = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<Extract<FromJob, { type: "begin" | "attach" }> | null>();
  const questions = new Questions(send);
  send({ type: "hello", protocol: PROTOCOL, belay: world.belayVersion, session });

  const carry = async (): Promise<void> => {
    const first = await begun.promise;
    if (first === null) return;
    if (first.type === "attach") cancelled.signal.addEventListener("abort", () => void kept.cancel(first.session));
    const of = first.type === "begin" ? session : first.session;
    const end =
      first.type === "begin" ? await begin(settings, first, questions, cancelled.signal) : await attach(settings, first, left.signal);
    if (end === "left") return;
    if (end === null) return send({ type: "gone" });
    send(end);
    await Promise.race([receipt.promise.then(() => kept.forget(of)), over(RECEIPT_MS), aborted(left.signal)]);
  };

  return {
    take(message) {
      if (message.type === "begin" || message.type === "attach") begun.resolve(message);
      else if (message.type === "cancel")
        cancelled.abort(failure("interrupted", `interrupted by ${message.signal}`, { facts: { signal: message.signal } }));
      else if (message.type === "received") receipt.resolve();
      else questions.answer(message);
    },
    alone() {
      left.abort();
      begun.resolve(null);
      questions.nobodyAnswers();
    },
    ended: carry(),
  };
}

/** Carries out what is asked, and keeps how it ended until the job has it. */
async function begin(settings: SessionSettings, asked: Begin, questions: Questions, cancelled: AbortSignal): Promise<End> {
  const { kept, session, send } = settings;
  const isKept = await kept.begin(session).then(
    () => true,
    (error: unknown) => {
      send({ type: "progress", event: { type: "notice", message: `a lost connection could not be taken up again: ${messageOf(error)}` } });
      return false;
    },
  );
  const end = await endOf(settings, asked, questions, cancelled);
  if (isKept) await kept.keep(session, end).catch(() => undefined); // the journal has it, too
  return end;
}

async function endOf(settings: SessionSettings, asked: Begin, questions: Questions, cancelled: AbortSignal): Promise<End> {
  const { send, world, interrupted } = settings;
  try {
    const directory = directoryOf(settings.directory, asked.directory);
    await settings.assertDirectory(directory);
    const result = await settings.perform(asked.invocation, {
      ...world,
      cwd: directory,
      variables: { ...world.variables, ...asked.variables },
      progress: (event) => send({ type: "progress", event }),
      signal: AbortSignal.any([cancelled, interrupted]),
      onGitHub: false,
      github: gitHubThroughJob(asked, questions),
      hide: (secrets) => send({ type: "hide", secrets }),
    });
    return { type: "ended", result };
  } catch (error) {
    return { type: "threw", error: packError(error) };
  }
}

/** A key that may only do this one thing names the directory itself, and the job cannot choose another. */
function directoryOf(own: string | null, asked: string | null): string {
  if (own !== null && asked !== null && own !== asked) {
    throw refusal("ssh-directory", `this key is for ${own}, and the step asks for ${asked}`, { hint: `say ssh-directory: ${own}` });
  }
  const directory = own ?? asked;
  if (directory === null)
    throw refusal("ssh-directory", "neither the step nor the server says where to work", { hint: "set the input ssh-directory" });
  return directory;
}

function gitHubThroughJob({ sha, repositoryId, policy }: Begin, questions: Questions): GitHub {
  return {
    repositoryId,
    sha,
    hosted: false,
    fork: false, // no protected environment is reached this way
    policy: () => Promise.resolve(policy),
    approvals: ({ name }) => Promise.reject(withApprovals(name)),
    needs: (githubEnvironment, pendingDigest) => questions.ask(githubEnvironment, pendingDigest),
  };
}

/** Waits for the end of another process's session, for a job that lost its connection to it. `left`: the job went away again. */
async function attach(
  { kept }: SessionSettings,
  { session, cancel }: Extract<FromJob, { type: "attach" }>,
  left: AbortSignal,
): Promise<End | null | "left"> {
  if (cancel) await kept.cancel(session);
  try {
    return await kept.wait(session, left);
  } catch (error) {
    if (left.aborted) return "left";
    throw error;
  }
}

/** What only the job can find out. */
class Questions {
  readonly #send: SessionSettings["send"];
  readonly #waiting = new Map<number, PromiseWithResolvers<Reason | null>>();
  #asked = 0;
  #alone = false;

  constructor(send: SessionSettings["send"]) {
    this.#send = send;
  }

  ask(githubEnvironment: string, pendingDigest: string): Promise<Reason | null> {
    const id = this.#asked++;
    const waiting = Promise.withResolvers<Reason | null>();
    this.#waiting.set(id, waiting);
    if (this.#alone) this.nobodyAnswers();
    else this.#send({ type: "ask", id, githubEnvironment, pendingDigest });
    return waiting.promise;
  }

  answer(message: Extract<FromJob, { type: "answer" | "answer-failed" }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "answer") waiting?.resolve(message.unmet);
    else waiting?.reject(unpackError(message.error));
  }

  nobodyAnswers(): void {
    this.#alone = true;
    const lost = refusal("ssh-lost", "the connection to the job was lost before GitHub could be asked", { hint: "run the job again" });
    for (const { reject } of this.#waiting.values()) reject(lost);
    this.#waiting.clear();
  }
}

function over(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
