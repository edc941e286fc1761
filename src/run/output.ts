/** What a program prints, on its way to people: no secret in it, also where one is cut between two pieces. */

import type { StepName } from "../domain/phase.ts";
import type { Ports } from "./ports.ts";

export interface ShownOutput extends Disposable {
  readonly show: (stream: "stdout" | "stderr", text: string) => void;
}

/** `label`: the target, or the environment. To be disposed when nothing more comes: what was kept back is shown then. */
export function showOutput({ progress, streamRedactor }: Ports, label: string, step: StepName): ShownOutput {
  const redactors = { stdout: streamRedactor(), stderr: streamRedactor() };
  const tell = (stream: "stdout" | "stderr", text: string) => {
    if (text !== "") progress({ type: "output", target: label, step, stream, text });
  };
  return {
    show: (stream, text) => tell(stream, redactors[stream].push(text)),
    [Symbol.dispose]() {
      for (const stream of ["stdout", "stderr"] as const) tell(stream, redactors[stream].end());
    },
  };
}
