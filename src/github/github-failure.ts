import { BelayError } from "../domain/error.ts";
import type { FailedRequest } from "../policy/retry.ts";

/**
 * Why GitHub did not answer what it was asked:
 * - `unauthorised`: the token is not valid (401); `forbidden`: it may not (403);
 * - `not-found`: there is no such thing, or the token may not see it (404);
 * - `rate-limited`: for longer than the caller had time;
 * - `unavailable`: no answer, or none that can be used, however often it was asked;
 * - `refused`: any other status, among them 409 and 422.
 */
export type FailureKind = "unauthorised" | "forbidden" | "not-found" | "rate-limited" | "unavailable" | "refused";

/** An answer that is none. Its message holds neither the token nor what was sent. */
export class GitHubFailure extends BelayError {
  readonly reason: FailureKind;
  /** It may have been done all the same: the answer was lost. */
  readonly mayBeDone: boolean;

  constructor(reason: FailureKind, message: string, { mayBeDone = false }: { readonly mayBeDone?: boolean } = {}) {
    super("failed", `github-${reason}`, message, { hint: HINTS[reason] });
    this.reason = reason;
    this.mayBeDone = mayBeDone;
  }
}

const HINTS: Readonly<Record<FailureKind, string>> = {
  unauthorised: "give the step a valid `github-token`; left out, it is the job's own",
  forbidden: "give the job the right that is missing, under `permissions:` in the workflow",
  "not-found": "see whether it exists, and whether `permissions:` of the workflow lets the job read it",
  "rate-limited": "run the job again later; the limit is counted per repository and hour",
  unavailable: "run the job again; www.githubstatus.com says how GitHub is",
  refused: "see what GitHub says above",
};

export function failureKind({ status }: FailedRequest): FailureKind {
  if (status === 401) return "unauthorised";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  return "refused";
}
