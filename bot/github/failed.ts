import type { FailedRequest } from "../../src/policy/retry.ts";

/** What Octokit throws: a status and headers, or what went wrong on the way. null: a defect of ours. */
export function failedRequest(error: unknown): FailedRequest | null {
  if (!(error instanceof Error)) return null;
  if (!("status" in error) || typeof error.status !== "number")
    return error instanceof TypeError ? { status: null, headers: {}, message: error.message } : null;
  const response: unknown = "response" in error ? error.response : null;
  const headers = typeof response === "object" && response !== null && "headers" in response ? response.headers : {};
  // Octokit calls what was never answered 500.
  const status = response === null || response === undefined ? null : error.status;
  return { status, headers: { ...(headers as FailedRequest["headers"]) }, message: error.message };
}
