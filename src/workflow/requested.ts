/** A step that carries out a request of the bot's: what it asks GitHub and the bot, and what the bot is told at the end of the job. */

import { resultOfThrown } from "../carry-out.ts";
import { failure, messageOf } from "../domain/error.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Result } from "../domain/result.ts";
import { makeRunId } from "../domain/run-id.ts";
import type { BotEvent } from "../github/bot/events.ts";
import { claimGrant } from "../github/bot/claim.ts";
import { checkedOut, gitHubOfRequest } from "../github/bot/run-grant.ts";
import { readContext } from "../github/context.ts";
import { gitHubOf, type Job } from "../github/github.ts";
import type { GitHub } from "../world.ts";
import { type KeptRequest, keptRequest } from "./kept-request.ts";
import type { Finished } from "./post.ts";
import type { Showing } from "./show.ts";
import type { StepSurroundings } from "./surroundings.ts";
import { lastWord, Telling } from "./telling.ts";

export interface RequestedRun {
  readonly github: GitHub;
  readonly telling: Telling;
  /** The commit that is shown is the one that is checked out. */
  readonly showing: Showing;
}

/** Does not throw: what is wrong with the checkout is told when the policy is asked for, as for every other job. */
export async function requestedRun(
  { runner, now, random }: StepSurroundings,
  { request, targets }: { readonly request: string; readonly targets: Invocation["targets"] },
  job: Job,
  showing: Showing,
): Promise<RequestedRun> {
  const { context } = job;
  const telling = new Telling({ runner, folder: context.tempDirectory, now, signal: job.signal });
  try {
    const sha = await checkedOut(job);
    const run = makeRunId(now(), random(10));
    const github = gitHubOfRequest({ job, request, targets, run, watch: telling, now, hide: runner.mask }, sha);
    return { github, telling, showing: { ...showing, context: { ...context, sha } } };
  } catch (error) {
    return { github: { ...gitHubOf(job), policy: () => Promise.reject(error) }, telling, showing };
  }
}

/** A step of a workflow may wait so long for a bot before it ends. */
const TELLING_MS = 10_000;
/** How long once the runner wants to end the job. */
const AFTER_CANCEL_MS = 2_000;
/** The last try, after which nobody tries again. */
const LAST_TRY_MS = 60_000;

export async function tellEnd(telling: Telling, result: Result, signal: AbortSignal): Promise<void> {
  await telling.end(result, signal.aborted ? AFTER_CANCEL_MS : TELLING_MS);
}

/** In post: what main could not tell. `finished`: what post itself made of main's run; null: nothing was left to finish. */
export async function tellInPost(around: StepSurroundings, finished: Finished | null): Promise<void> {
  const { runner, now } = around;
  const kept = await keptRequest(runner);
  const events = kept === null ? [] : eventsOf(kept, finished, now());
  if (kept === null || events.length === 0) return;
  const { tempDirectory: folder } = await readContext(around.variables);
  const deadline = performance.now() + LAST_TRY_MS;
  const telling = new Telling({ runner, folder, now, signal: new AbortController().signal });
  const token = kept.token ?? (await tokenAgain(around, kept));
  if (token === null) return;
  runner.mask([token]);
  telling.resume({ ...kept, token, untold: events });
  const recover = `once it is back say \`/recover ${kept.claim.environment}\` where it does not know`;
  await telling.deliver(Math.max(1_000, deadline - performance.now()), recover);
}

/** Empty: how it ended is not known here, and `/recover` finds out. */
function eventsOf(kept: KeptRequest, finished: Finished | null, at: Date): readonly BotEvent[] {
  if (kept.untold.length > 0) return kept.untold;
  const result = finished === null ? brokenOff(kept, at) : finished.result;
  return result === null ? [] : [lastWord(result, at.toISOString())];
}

/** The same words get the same answer for ten minutes. null: it says no, or nothing. */
async function tokenAgain({ runner, variables }: StepSurroundings, { bot, claim }: KeptRequest): Promise<string | null> {
  const { identity } = await readContext(variables);
  const { signal } = new AbortController();
  try {
    const answer = await claimGrant(claim, { bot, identity, signal, hide: runner.mask }, LAST_TRY_MS);
    return answer.kind === "granted" ? answer.events : null;
  } catch (error) {
    runner.annotate({ level: "notice", title: "Belay", message: `the bot could not be told how this ended: ${messageOf(error)}` });
    return null;
  }
}

/** Main was ended after its claim and before its run began. */
function brokenOff({ claim }: KeptRequest, at: Date): Result {
  const thrown = failure("interrupted", "the job was ended before the run began: nothing was changed");
  return resultOfThrown(thrown, { command: claim.command, environment: claim.environment }, at, at, false);
}
