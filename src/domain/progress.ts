import type { BoundFields, BoundRollback } from "./bound-fields.ts";
import type { StepName } from "./phase.ts";
import type { StepOutcome } from "./result.ts";

/** What a run tells while it works, for a terminal, a log or the bot. Rendering is somebody else's. */
export type ProgressEvent =
  | {
      readonly type: "run-began";
      readonly command: string;
      readonly environment: string;
      readonly run: string;
      readonly targets?: readonly string[];
    }
  /** `expectedMs`: how long the step took in earlier runs; absent where that is not known. */
  | {
      readonly type: "step-began";
      readonly target: string;
      readonly step: StepName;
      readonly detail?: string;
      readonly expectedMs?: number;
    }
  | {
      readonly type: "step-progress";
      readonly target: string;
      readonly step: StepName;
      readonly done: number;
      readonly total: number;
      readonly unit: "bytes" | "rows" | "migrations" | "rounds";
      readonly detail?: string;
    }
  | {
      readonly type: "step-ended";
      readonly target: string;
      readonly step: StepName;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
      readonly detail?: string;
    }
  | {
      readonly type: "output";
      readonly target: string;
      readonly step: StepName;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  /** `plan`: what was found, as it would be approved. */
  | { readonly type: "planned"; readonly digest: string; readonly bound: BoundFields | BoundRollback }
  | { readonly type: "notice"; readonly message: string };

export type Progress = (event: ProgressEvent) => void;
