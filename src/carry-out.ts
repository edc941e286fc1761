/** From an invocation to its result, for every entry: progress is shown, a signal told, and whatever is thrown becomes an end with a name. */

import { BelayError, reasonOf } from "./domain/error.ts";
import type { Invocation } from "./domain/invocation.ts";
import type { Outcome } from "./domain/outcome.ts";
import type { StepName } from "./domain/phase.ts";
import type { Progress } from "./domain/progress.ts";
import type { Result } from "./domain/result.ts";
import type { Interrupt, InterruptWatch } from "./process/signals.ts";
import { interruptNotice } from "./report/interrupt.ts";
import { commandLine as typed } from "./report/page.ts";
import { type StepView, TICK_MS } from "./report/steps.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

export type Perform = (invocation: Invocation, world: World) => Promise<Result>;

export interface CarryOut {
  readonly invocation: Invocation;
  /** All of the world but what carrying out adds to it. */
  readonly world: Omit<World, "progress" | "signal" | "belayVersion">;
  /** null: no progress is shown. */
  readonly view: StepView | null;
  readonly show: (text: string) => void;
  /** For what is wrong with showing, and for those who look for a defect. */
  readonly complain: (text: string) => void;
  /** Calls again and again until disposed of; keeps nothing alive. */
  readonly every: (ms: number, work: () => void) => Disposable;
  readonly onInterrupt: (told: (interrupt: Interrupt) => void) => InterruptWatch;
  readonly loadPerform: () => Promise<Perform>;
}

/** `usage`: what was asked is wrong; there was no run. */
export type CarriedOut =
  | { readonly kind: "result"; readonly result: Result }
  | { readonly kind: "usage-error"; readonly error: BelayError };

/** Does not throw for what the command meets. */
export async function carryOut(asked: CarryOut): Promise<CarriedOut> {
  const { invocation, world } = asked;
  const progress = watchProgress(asked);
  const startedAt = world.now();
  try {
    const result = await perform(asked, progress);
    progress.finish();
    return { kind: "result", result };
  } catch (thrown) {
    progress.finish();
    tellStack(asked, thrown);
    if (thrown instanceof BelayError && thrown.kind === "usage") return { kind: "usage-error", error: thrown };
    return { kind: "result", result: resultOfThrown(thrown, invocation, startedAt, world.now(), progress.effectBegan()) };
  }
}

async function perform({ invocation, world, onInterrupt, loadPerform }: CarryOut, progress: WatchedProgress): Promise<Result> {
  const { environment } = invocation;
  const watch = onInterrupt(({ signal, repeated }) => {
    const message = interruptNotice({ signal, repeated, environment, effectBegan: progress.effectBegan() });
    progress.tell({ type: "notice", message });
  });
  try {
    const performIt = await loadPerform();
    return await performIt(invocation, { ...world, progress: progress.tell, signal: watch.signal, belayVersion: VERSION });
  } finally {
    watch[Symbol.dispose](); // not `using`: a Node too old for it must still get as far as saying so
  }
}

interface WatchedProgress {
  readonly tell: Progress;
  readonly finish: () => void;
  /** Something outside Belay may have been touched. */
  readonly effectBegan: () => boolean;
}

const WITHOUT_EFFECT: readonly StepName[] = ["preflight", "checks-before"];

/** Shows progress as it comes. What goes wrong in showing ends the showing, never the run. */
function watchProgress(asked: CarryOut): WatchedProgress {
  let { view } = asked;
  let ticking: Disposable | null = null;
  let effect = false;
  const write = (text: (shown: StepView) => string) => {
    try {
      if (view !== null) asked.show(text(view));
    } catch (thrown) {
      view = null;
      asked.complain(`belay: showing the progress went wrong, the run goes on: ${reasonOf(thrown).message}\n`);
    }
  };
  return {
    tell(event) {
      if (event.type === "step-began") {
        effect ||= !WITHOUT_EFFECT.includes(event.step);
        if (view !== null) ticking ??= asked.every(TICK_MS, () => write((shown) => shown.tick()));
      }
      write((shown) => shown.show(event));
    },
    finish() {
      ticking?.[Symbol.dispose]();
      write((shown) => shown.finish());
    },
    effectBegan: () => effect,
  };
}

/** What `perform` should have made a result of and did not: told as what it is, with the exit status of how far the run had come. */
export function resultOfThrown(
  thrown: unknown,
  invocation: { readonly command: string; readonly environment: string | null },
  startedAt: Date,
  endedAt: Date,
  effectBegan: boolean,
): Result {
  const reason = reasonOf(thrown);
  const recover = `look where it stands: ${typed("status", invocation.environment)}, then ${typed("recover", invocation.environment)}`;
  return {
    belay: VERSION,
    run: null,
    command: invocation.command,
    environment: invocation.environment,
    outcome: outcomeOfThrown(thrown, effectBegan),
    digest: null,
    startedAt: startedAt.toISOString(),
    durationMs: endedAt.getTime() - startedAt.getTime(),
    reasons: effectBegan
      ? [reason, { code: "state-unknown", message: "the run broke off after its first effect", hint: recover }]
      : [reason],
    targets: [],
  };
}

function outcomeOfThrown(thrown: unknown, effectBegan: boolean): Outcome {
  if (effectBegan) return "needs-attention";
  if (!(thrown instanceof BelayError)) return "failed";
  return thrown.code === "interrupted" ? "interrupted" : "refused";
}

/** A stack is for those who look for a defect, and for nobody else. */
function tellStack({ complain, world }: CarryOut, thrown: unknown): void {
  if (world.variables["BELAY_DEBUG"] !== "1") return;
  for (let error = thrown; error instanceof Error; error = error.cause) complain(`${error.stack ?? error.message}\n`);
}
