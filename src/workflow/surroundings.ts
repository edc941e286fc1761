import type { Perform } from "../carry-out.ts";
import type { Runner } from "../github/runner.ts";
import type { Interrupt, InterruptWatch } from "../process/signals.ts";

/** Everything that a step of a workflow takes from outside. */
export interface StepSurroundings {
  readonly runner: Runner;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => Date;
  readonly random: (bytes: number) => Uint8Array;
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** Calls again and again until disposed of; keeps nothing alive. */
  readonly every: (ms: number, work: () => void) => Disposable;
  readonly onInterrupt: (told: (interrupt: Interrupt) => void) => InterruptWatch;
  readonly loadPerform: () => Promise<Perform>;
}

/** One watch for a whole step: what a command is told while it works, and that nothing dies of a signal while its end is shown. */
export function watchOnce(onInterrupt: StepSurroundings["onInterrupt"]) {
  const nobody = () => undefined;
  let told: (interrupt: Interrupt) => void = nobody;
  const watch = onInterrupt((interrupt) => told(interrupt));
  return {
    signal: watch.signal,
    [Symbol.dispose]: () => watch[Symbol.dispose](),
    /** For one command; the watch outlives it. */
    share(tell: (interrupt: Interrupt) => void): InterruptWatch {
      told = tell;
      return {
        signal: watch.signal,
        [Symbol.dispose]: () => {
          told = nobody;
        },
      };
    },
  };
}
