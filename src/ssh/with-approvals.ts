import { type BelayError, refusal } from "../domain/error.ts";

/** What proves an approval is the job's, and the server cannot see it. */
export function withApprovals(environment: string): BelayError {
  return refusal("ssh-with-approvals", `${environment} needs approvals, and a step with the input ssh cannot prove them on the server`, {
    hint: "run the job on a runner of your own on that server, or take `approvals` out of belay.yml",
  });
}
