/** GraphQL, as far as somebody asks: which checks a commit has, and which of them a pull request requires. */

import { type ApiRequest, field, found, ok, type Route } from "./route.ts";
import type { CheckRun } from "./state.ts";

/** So few on a page that pages are turned. */
const PER_PAGE = 2;

export const GRAPHQL: readonly Route[] = [
  {
    name: "POST /graphql",
    verb: "POST",
    pattern: /^\/graphql$/,
    needs: [["checks", "read"]],
    handle: async (request) => ok({ data: rollup(request) }),
  },
];

function rollup(request: ApiRequest) {
  const { state } = request;
  const { sha, pull, after } = Object(field(request, "variables")) as { sha: string; pull: number; after: string | null };
  found(state.pulls.find(({ number }) => number === pull));
  const nodes = [
    ...state.checkRuns.filter((run) => run.sha === sha).map((run) => checkRun(run, state.requiredChecks.has(run.name))),
    ...state.commitStatuses
      .filter((status) => status.sha === sha)
      .map(({ context, state: word }) => ({
        __typename: "StatusContext",
        context,
        state: word.toUpperCase(),
        isRequired: state.requiredChecks.has(context),
      })),
  ];
  const from = Number(after ?? 0);
  const pageInfo = { hasNextPage: from + PER_PAGE < nodes.length, endCursor: String(from + PER_PAGE) };
  const contexts = { pageInfo, nodes: nodes.slice(from, from + PER_PAGE) };
  return { repository: { object: { statusCheckRollup: nodes.length === 0 ? null : { contexts } } } };
}

function checkRun({ name, conclusion }: CheckRun, isRequired: boolean) {
  return { __typename: "CheckRun", name, conclusion: conclusion?.toUpperCase() ?? null, isRequired };
}
