import { type CarriedOut, carryOut, type CarryOut } from "../carry-out.ts";
import type { Progress } from "../domain/progress.ts";
import { type StepView, stepView } from "../report/steps.ts";
import type { GitHub } from "../world.ts";
import { LOG_STYLE } from "./log-style.ts";
import type { StepSurroundings } from "./surroundings.ts";

export interface InStep extends Pick<CarryOut, "invocation" | "onInterrupt" | "loadPerform"> {
  readonly github: GitHub;
  /** Told of everything that is shown, and before it is. Default: nobody. */
  readonly keep?: Progress;
}

/** A command with everything that its step has around it; what it shows goes to the job's log. */
export function carryOutInStep(around: StepSurroundings, { github, keep, ...asked }: InStep): Promise<CarriedOut> {
  const { runner, variables, cwd, now, random, every } = around;
  return carryOut({
    ...asked,
    world: { cwd, variables, now, random, onGitHub: true, github, hide: runner.mask },
    view: logView(around, keep),
    show: runner.print,
    complain: runner.print,
    every,
  });
}

function logView({ elapsedMs }: StepSurroundings, keep: Progress = () => undefined): StepView {
  const view = stepView(LOG_STYLE, { nowMs: elapsedMs, columns: () => undefined });
  return {
    ...view,
    show(event) {
      keep(event);
      return view.show(event);
    },
  };
}
