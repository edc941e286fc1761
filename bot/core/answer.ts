/** What a comment is told in reply, as data; `bot/view/answer.ts` has the words. */

import type { RequestReason } from "./request.ts";

export type Answer =
  | { readonly kind: "help" }
  | { readonly kind: "not-understood"; readonly message: string; readonly suggestion: string | null }
  | { readonly kind: "too-old" }
  | { readonly kind: "refused"; readonly reasons: readonly RequestReason[] }
  /** The same is open already. */
  | { readonly kind: "already"; readonly request: string; readonly comment: number }
  | { readonly kind: "done"; readonly what: string }
  | { readonly kind: "status"; readonly environments: readonly StatusOf[] };

/** Every gate of an environment for this pull request. */
export interface StatusOf {
  readonly environment: string;
  readonly request: string | null;
  readonly gates: readonly Gate[];
}

export interface Gate {
  readonly met: boolean;
  /** One line. */
  readonly text: string;
  /** What to do where it is not met. */
  readonly hint: string | null;
}
