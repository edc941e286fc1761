/** What the bot is told of a run while it goes on and when it has ended. Nothing here keeps a run waiting, or changes how it ends. */

import { setTimeout as pause } from "node:timers/promises";
import type { BoundFields, BoundRollback } from "../domain/bound-fields.ts";
import { messageOf } from "../domain/error.ts";
import type { ProgressEvent } from "../domain/progress.ts";
import type { Result } from "../domain/result.ts";
import type { GrantClaim } from "../domain/grant-claim.ts";
import { type BotEvent, type EventPlace, LARGEST_EVENT_BYTES, RESULT_SEQ, tell } from "../github/bot/events.ts";
import type { ClaimWatch } from "../github/bot/run-grant.ts";
import type { Runner } from "../github/runner.ts";
import { resultWithin } from "../report/within.ts";
import { attempt } from "./attempt.ts";
import { forgetRequest, keepRequest, type KeptRequest } from "./kept-request.ts";

/** Between two steps that are told; the bot shows one in five seconds. */
const STEP_MS = 1_000;
const STEP_BUDGET_MS = 5_000;
/** Of an event, for what stands around its data. */
const FRAME_BYTES = 1_024;
const LONGEST_STEP = 200;

export interface TellingSettings {
  readonly runner: Runner;
  /** RUNNER_TEMP. */
  readonly folder: string;
  readonly now: () => Date;
  /** Of the run. */
  readonly signal: AbortSignal;
}

export class Telling implements ClaimWatch {
  readonly #settings: TellingSettings;
  #kept: KeptRequest | null = null;
  #planned: { readonly digest: string; readonly bound: BoundFields | BoundRollback } | null = null;
  #seq = 0;
  /** The newest step that nobody was told of. */
  #step: string | null = null;
  #isSending = false;
  readonly #ended = new AbortController();

  constructor(settings: TellingSettings) {
    this.#settings = settings;
  }

  async claiming(bot: string, claim: GrantClaim): Promise<void> {
    await this.#keep({ bot, claim, token: null, untold: [] });
  }

  async answered(token: string | null): Promise<void> {
    const kept = this.#kept;
    if (kept === null) return;
    if (token !== null) return this.#keep({ ...kept, token });
    this.#kept = null;
    await forgetRequest(this.#settings.runner, this.#settings.folder, kept.claim.run);
  }

  /** Keeps what only the end tells; of steps the newest is on its way, and older ones are forgotten. */
  progress(event: ProgressEvent): void {
    if (event.type === "planned") this.#planned = event;
    if (event.type !== "step-began" || this.#ended.signal.aborted) return;
    this.#step = (event.target === "" ? event.step : `${event.target}: ${event.step}`).slice(0, LONGEST_STEP);
    if (!this.#isSending) void this.#sendSteps().catch(() => undefined); // the next step is as good
  }

  async #sendSteps(): Promise<void> {
    const place = placeOf(this.#kept);
    if (place === null) return;
    const { now, signal } = this.#settings;
    const patience = { budgetMs: STEP_BUDGET_MS, signal: AbortSignal.any([signal, this.#ended.signal]) };
    this.#isSending = true;
    try {
      for (let step = this.#step; step !== null; step = this.#step) {
        this.#step = null;
        this.#seq += 1;
        await tell(place, { seq: this.#seq, at: now().toISOString(), type: "step", data: { step } }, patience);
        await pause(STEP_MS, null, { ref: false, signal: patience.signal });
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** Tries for so long to tell how it ended, and keeps for post what the bot did not take. */
  async end(result: Result, budgetMs: number): Promise<void> {
    this.#ended.abort();
    const kept = this.#kept;
    if (kept === null) return;
    const { runner } = this.#settings;
    await attempt(runner, "what the bot is told", async () => {
      await this.#keep({ ...kept, untold: this.#lastWords(result) });
      await this.deliver(budgetMs, "the end of the job tries again for a minute");
    });
  }

  #lastWords(result: Result): readonly BotEvent[] {
    const at = this.#settings.now().toISOString();
    const plan = this.#planned;
    const isPlan = result.command === "plan" && result.outcome === "planned" && plan !== null && plan.digest === result.digest;
    if (!isPlan) return [lastWord(result, at)];
    const data = { outcome: result.outcome, digest: plan.digest, fields: plan.bound };
    if (Buffer.byteLength(JSON.stringify(data)) > LARGEST_EVENT_BYTES - FRAME_BYTES) return [lastWord(failedPlan(result, TOO_LARGE), at)];
    this.#seq += 1;
    return [{ seq: this.#seq, at, type: "plan", data }, lastWord(result, at)];
  }

  /** `then`: what happens where the bot does not take it. */
  async deliver(budgetMs: number, then: string): Promise<void> {
    const { runner, folder } = this.#settings;
    const deadline = performance.now() + budgetMs;
    for (let kept = this.#kept; kept !== null; kept = this.#kept) {
      const [event] = kept.untold;
      if (event === undefined) {
        this.#kept = null;
        return forgetRequest(runner, folder, kept.claim.run);
      }
      const place = placeOf(kept);
      const left = Math.max(1_000, deadline - performance.now());
      const delivery =
        place === null
          ? ({ kind: "not-told", why: "its answer to the claim never arrived" } as const)
          : await tell(place, event, { budgetMs: left, signal: new AbortController().signal });
      if (delivery.kind === "not-told") return notice(runner, `the bot could not be told how this ended: ${delivery.why}; ${then}`);
      if (delivery.kind === "refused") notice(runner, `the bot did not take what it was told: ${delivery.why}`);
      await this.#keep({ ...kept, untold: afterwards(kept.untold, delivery.kind === "refused" ? delivery.why : null) });
    }
  }

  /** For post: goes on where main stopped. */
  resume(kept: KeptRequest): void {
    this.#kept = kept;
  }

  async #keep(kept: KeptRequest): Promise<void> {
    this.#kept = kept;
    await keepRequest(this.#settings.runner, this.#settings.folder, kept);
  }
}

/** Its number is the same whoever tells it. */
export function lastWord(result: Result, at: string): BotEvent {
  return { seq: RESULT_SEQ, at, type: "result", data: resultWithin(result, LARGEST_EVENT_BYTES - FRAME_BYTES) };
}

/** A plan that the bot does not take cannot be approved: what comes behind it says so. */
function afterwards([told, ...rest]: readonly BotEvent[], refused: string | null): readonly BotEvent[] {
  if (told?.type !== "plan" || refused === null) return rest;
  return rest.map((event) => (event.type === "result" ? { ...event, data: { ...event.data, ...failedPlanOf(refused) } } : event));
}

const TOO_LARGE = "it is too large to be shown and approved as one; ask for fewer targets: `--target NAME`";

function failedPlan(result: Result, why: string): Result {
  return { ...result, ...failedPlanOf(why) };
}

function failedPlanOf(why: string): Pick<Result, "outcome" | "reasons"> {
  return { outcome: "failed", reasons: [{ code: "plan-refused", message: `the bot did not take the plan: ${why}` }] };
}

function placeOf(kept: KeptRequest | null): EventPlace | null {
  if (kept === null || kept.token === null) return null;
  const { bot, claim, token } = kept;
  return { bot, request: claim.request, run: claim.run, token };
}

function notice(runner: Runner, message: string): void {
  try {
    runner.annotate({ level: "notice", title: "Belay", message });
  } catch (error) {
    runner.print(`belay: ${messageOf(error)}\n`);
  }
}
