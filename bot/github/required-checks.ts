/**
 * Are the checks green that the base branch requires? What was reported says itself whether it is required (`isRequired`, which knows
 * rulesets and protected branches); what was not even begun is known by the rules alone, and so is everything where GraphQL does not tell.
 * Belay's own check waits for Belay, so nothing here waits for it.
 */

import * as z from "zod/mini";
import type { Obstacle, PullFacts } from "../core/facts.ts";
import { messageOf } from "../../src/domain/error.ts";
import { isPassing, limitedMs } from "../../src/policy/retry.ts";
import { type Api, orNone, statusOf } from "./api.ts";
import { failedRequest } from "./failed.ts";
import type { Names } from "./policy.ts";

const OWN = "belay";

export async function notGreen(api: Api, names: Names, number: number, pull: Pick<PullFacts, "head" | "base">): Promise<Obstacle | null> {
  const [reported, ruled] = await Promise.all([reportedChecks(api, names, number, pull.head), ruledChecks(api, names, pull.base)]);
  const required = new Set([...ruled, ...reported.filter(({ isRequired }) => isRequired).map(({ name }) => name)]);
  const missing = [...required].filter((name) => name !== OWN && !isGreen(reported.filter((check) => check.name === name)));
  if (missing.length === 0) return null;
  return {
    code: "checks",
    message: `required checks are not green: ${missing.toSorted().join(", ")}`,
    hint: "ask again when they are",
    lasting: true,
  };
}

interface Reported {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isGreen: boolean;
}

/** Two workflows may have a check of one name: all of them count. */
function isGreen(checks: readonly Reported[]): boolean {
  return checks.length > 0 && checks.every((check) => check.isGreen);
}

const QUERY = `query ($owner: String!, $repo: String!, $sha: GitObjectID!, $pull: Int!, $after: String) {
  repository(owner: $owner, name: $repo) { object(oid: $sha) { ... on Commit { statusCheckRollup {
    contexts(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        __typename
        ... on CheckRun { name conclusion isRequired(pullRequestNumber: $pull) }
        ... on StatusContext { context state isRequired(pullRequestNumber: $pull) }
      }
    }
  } } } }
}`;

const context = z.discriminatedUnion("__typename", [
  z.object({ __typename: z.literal("CheckRun"), name: z.string(), conclusion: z.nullable(z.string()), isRequired: z.boolean() }),
  z.object({ __typename: z.literal("StatusContext"), context: z.string(), state: z.string(), isRequired: z.boolean() }),
]);
const contexts = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.nullable(z.string()) }),
  nodes: z.array(context),
});
/** No rollup: nothing was ever reported for this commit. */
const answer = z.object({
  repository: z.object({ object: z.nullable(z.object({ statusCheckRollup: z.optional(z.nullable(z.object({ contexts }))) })) }),
});

const PASSED: ReadonlySet<string | null> = new Set(["SUCCESS", "NEUTRAL", "SKIPPED"]);
const MOST_PAGES = 20;

async function reportedChecks(api: Api, names: Names, pull: number, sha: string): Promise<readonly Reported[]> {
  return (await rolledUp(api, names, pull, sha)) ?? (await listed(api, names, sha));
}

/** null: this GitHub's GraphQL does not tell. */
async function rolledUp(api: Api, { owner, repo }: Names, pull: number, sha: string): Promise<readonly Reported[] | null> {
  const found: Reported[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = answer.safeParse(await answered(api.query(QUERY, { owner, repo, sha, pull, after })));
    if (!read.success) return null;
    const list = read.data.repository.object?.statusCheckRollup?.contexts;
    if (list === undefined) return found;
    found.push(...list.nodes.map(reportedOf));
    if (!list.pageInfo.hasNextPage) return found;
    after = list.pageInfo.endCursor;
  }
  return found;
}

/** null where GitHub refuses the question as such; what only goes wrong now is asked again later. */
async function answered(query: Promise<unknown>): Promise<unknown> {
  try {
    return await query;
  } catch (error) {
    const failed = failedRequest(error);
    const isForNow = failed !== null && (isPassing(failed) || failed.status === 401 || limitedMs(failed, Date.now()) !== null);
    if (isForNow) throw error;
    return null;
  }
}

/** The newest of each name, as REST has them; which of them are required only the rules say. */
async function listed(api: Api, names: Names, sha: string): Promise<readonly Reported[]> {
  const asked = { ...names, ref: sha };
  const [runs, statuses] = await Promise.all([
    orNone(api.list("/repos/{owner}/{repo}/commits/{ref}/check-runs", { ...asked, filter: "latest" })),
    orNone(api.list("/repos/{owner}/{repo}/commits/{ref}/status", asked)),
  ]);
  return [
    ...(runs ?? []).map(({ name, conclusion }) => ({ name, isRequired: false, isGreen: PASSED.has(conclusion?.toUpperCase() ?? null) })),
    ...(statuses ?? []).map(({ context: name, state }) => ({ name, isRequired: false, isGreen: state === "success" })),
  ];
}

function reportedOf(node: z.infer<typeof context>): Reported {
  return node.__typename === "CheckRun"
    ? { name: node.name, isRequired: node.isRequired, isGreen: PASSED.has(node.conclusion) }
    : { name: node.context, isRequired: node.isRequired, isGreen: node.state === "SUCCESS" };
}

async function ruledChecks(api: Api, names: Names, branch: string): Promise<readonly string[]> {
  const [rules, found] = await Promise.all([
    unlessNotOffered(api.list("/repos/{owner}/{repo}/rules/branches/{branch}", { ...names, branch })),
    orNone(api("get", "/repos/{owner}/{repo}/branches/{branch}", { ...names, branch })),
  ]);
  const ruled = (rules ?? []).flatMap((rule) =>
    rule.type === "required_status_checks" ? (rule.parameters?.required_status_checks ?? []).map((check) => check.context) : [],
  );
  return [...ruled, ...(found?.protection?.required_status_checks?.contexts ?? [])];
}

/** null: this GitHub has no rulesets, or the plan that the repository is on does not offer them. */
async function unlessNotOffered<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await orNone(found);
  } catch (error) {
    if (statusOf(error) === 403 && messageOf(error).includes("Upgrade to GitHub")) return null;
    throw error;
  }
}
