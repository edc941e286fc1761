/** Deployment protection rules: what an app tells a job that waits at an environment. */

import { field, found, param, Refusal, route, type Route, text } from "./route.ts";

export const RULES: readonly Route[] = [
  route("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule", [["deployments", "write"]], (request) => {
    const { state } = request;
    const run = found(state.runs.find(({ id }) => id === Number(param(request, "run_id"))));
    const environment = text(request, "environment_name");
    const word = field(request, "state");
    if (word !== null && word !== "approved" && word !== "rejected") throw new Refusal(422, "Invalid request.");
    const earlier = state.ruleAnswers.filter(
      (each) => each.run === run.id && each.attempt === run.attempt && each.environment === environment,
    );
    if (earlier.some((each) => each.state !== null)) throw new Refusal(422, "There is no pending deployment request to review.");
    if (word === null && earlier.length >= 10) throw new Refusal(422, "Too many status reports.");
    const comment = text(request, "comment", word === null ? undefined : "");
    state.ruleAnswers.push({ run: run.id, attempt: run.attempt, environment, state: word, comment });
    return { status: 204, json: undefined as never };
  }),
];
