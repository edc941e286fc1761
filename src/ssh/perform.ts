/** What a command does, done by Belay on a server: the job shows it as if it happened here. */

import { setTimeout as pause } from "node:timers/promises";
import { BelayError, failure, reasonOf, refusal } from "../domain/error.ts";
import type { CommandName, Invocation } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import { unpackError } from "../process/portable-error.ts";
import type { World } from "../world.ts";
import { Dialogue, type DialogueSettings } from "./dialogue.ts";
import { shownDestination } from "./failures.ts";
import type { Begin, End } from "./protocol.ts";

/** How long a server that was lost is tried again, and the longest time between two tries. */
const AGAIN_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 10_000;

/** What only looks has done nothing, whether or not somebody saw its end. */
const ONLY_LOOKS: readonly CommandName[] = ["status", "plan", "gate", "runs", "backups"];

export interface RemoteSettings extends DialogueSettings {
  /** Absolute path on the server. */
  readonly directory: string;
  /** What is asked for, with the variables and the policy that the server gets. */
  readonly beginOf: (invocation: Invocation, world: World) => Promise<Begin>;
  /** A session that an earlier step did not see the end of: it is taken back, or its end fetched, in place of beginning anew. */
  readonly unfinished: string | null;
  /** How long a server that was lost is tried again, in milliseconds. Default: 5 minutes. */
  readonly againMs?: number;
}

/**
 * Throws refusals before anything happened there, and what Belay there threw. Where nobody knows how it ended, the result needs attention
 * (`ssh-lost`).
 */
export function performOverSsh(settings: RemoteSettings): (invocation: Invocation, world: World) => Promise<Result> {
  return async (invocation, world) => {
    const startedAt = world.now();
    try {
      return await carryOutThere(settings, invocation, world);
    } catch (error) {
      if (!(error instanceof BelayError) || error.code !== "ssh-lost" || ONLY_LOOKS.includes(invocation.command)) throw error;
      return unknownEnd(error, invocation, world, startedAt);
    }
  };
}

async function carryOutThere(settings: RemoteSettings, invocation: Invocation, world: World): Promise<Result> {
  if (settings.unfinished !== null) {
    const end = await comeBack(settings, world, { session: settings.unfinished, run: null, cancel: true });
    if (end !== null) return resultOf(end);
  }
  const dialogue = new Dialogue(settings, world);
  const first = await dialogue.begin(await settings.beginOf(invocation, world));
  if (first !== null) return resultOf(first);
  const { session, run } = dialogue;
  world.progress({
    type: "notice",
    message: `the connection to ${shownDestination(settings.destination)} was lost; the run goes on there`,
  });
  const end = await comeBack(settings, world, { session, run, cancel: false });
  return end === null ? await recover(settings, invocation, world, run) : resultOf(end);
}

/** Its last events may not have arrived, so that nobody here can say that nothing was touched. */
function unknownEnd(error: BelayError, { command, environment }: Invocation, world: World, startedAt: Date): Result {
  const { run } = error.facts;
  return {
    belay: world.belayVersion,
    run: typeof run === "string" ? run : null,
    command,
    environment,
    outcome: "needs-attention",
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: world.now().getTime() - startedAt.getTime(),
    reasons: [reasonOf(error)],
    targets: [],
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

interface Lost {
  readonly session: string;
  /** As far as it was told. */
  readonly run: string | null;
  readonly cancel: boolean;
}

/** The end of a session whose connection was lost; null: it was killed and left none. Throws `ssh-lost` when the time is over. */
async function comeBack(settings: RemoteSettings, world: World, { session, run, cancel }: Lost): Promise<End | null> {
  const deadline = performance.now() + (settings.againMs ?? AGAIN_MS);
  for (let waitMs = 500; ; waitMs = Math.min(2 * waitMs, LONGEST_PAUSE_MS)) {
    const end = await new Dialogue(settings, world).attach(session, cancel || world.signal.aborted);
    if (end !== "lost") return end;
    if (performance.now() + waitMs > deadline) throw lost(settings, run);
    await pause(waitMs);
  }
}

function lost({ destination, directory }: RemoteSettings, run: string | null): BelayError {
  const what = run === null ? "what was begun" : `run ${run}`;
  return failure("ssh-lost", `the connection to ${shownDestination(destination)} was lost and did not come back; ${what} may go on there`, {
    hint: `look there, in ${directory}: \`belay status\`; where it says so, \`belay recover\``,
    facts: { run },
  });
}
