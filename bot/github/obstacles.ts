/** What stands in the way of a migration of one environment from one pull request, as GitHub shows it. */

import type { EnvironmentRules } from "../../src/config/parse.ts";
import { isEveryRef } from "../../src/policy/environment-approval.ts";
import type { Obstacle } from "../core/facts.ts";
import type { RepositoryState } from "../core/state.ts";
import { type Api, orNone } from "./api.ts";
import type { ReadPull } from "./facts.ts";
import type { Names, Policy } from "./policy.ts";
import { notGreen } from "./required-checks.ts";

export async function obstaclesOf(
  api: Api,
  names: Names,
  rules: EnvironmentRules,
  pull: ReadPull | null,
  state: RepositoryState,
  { branch, rules: all }: Pick<Policy, "branch" | "rules">,
): Promise<readonly Obstacle[]> {
  if (pull === null) return withoutPull(api, names, rules);
  const isMerged = pull.facts.state === "merged";
  const asked = (name: EnvironmentRules["require"][number]) => rules.require.includes(name) && !isMerged;
  const read = await Promise.all([
    rules.approvals === null ? null : openEnvironment(api, names, rules.githubEnvironment),
    asked("up-to-date") ? behind(api, names, pull) : null,
    asked("checks") ? notGreen(api, names, pull.number, pull.facts) : null,
    asked("review") ? notReviewed(api, names, pull) : null,
  ]);
  const found = [
    approvedElsewhere(rules),
    borrowed(rules, [...all.values()]),
    intoAnother(rules, pull, branch),
    pull.isDraft && !isMerged ? DRAFT : null,
    ...read,
    asked("rehearsal") ? notRehearsed(rules, pull, state) : null,
  ];
  return found.filter((obstacle) => obstacle !== null);
}

async function withoutPull(api: Api, names: Names, { approvals, githubEnvironment }: EnvironmentRules): Promise<readonly Obstacle[]> {
  const open = approvals === null ? null : await openEnvironment(api, names, githubEnvironment);
  return open === null ? [] : [open];
}

const DRAFT: Obstacle = { code: "draft", message: "this pull request is a draft", hint: "mark it as ready for review", lasting: true };

/** The bot would start, beside the URL that may write, what nobody has approved yet, and the one who asked would look like the bot. */
function approvedElsewhere({ name, approvals }: EnvironmentRules): Obstacle | null {
  if (approvals === null || approvals.by === "bot") return null;
  return {
    code: "approvals-elsewhere",
    message: `${name} is not approved here: \`approvals.by\` of belay.yml is ${approvals.by}`,
    hint: "write `by: bot` there, or start the workflow that asks for these approvals",
    lasting: true,
  };
}

/** Its job would run what nobody has approved where the guarded one's secrets are. */
function borrowed({ name, approvals, githubEnvironment }: EnvironmentRules, all: readonly EnvironmentRules[]): Obstacle | null {
  if (approvals !== null) return null;
  const isSame = (other: EnvironmentRules) => other.githubEnvironment.toLowerCase() === githubEnvironment.toLowerCase();
  const guarded = all.find((other) => other.approvals !== null && isSame(other));
  if (guarded === undefined) return null;
  const message = `${name} asks for no approvals and shares the GitHub environment ${githubEnvironment} with ${guarded.name}, which does`;
  return { code: "environment-shared", message, hint: "give each its own `github-environment` in belay.yml", lasting: true };
}

/** Whoever may write has a branch of their own: nothing is required there, and what is merged into it is not on the default branch. */
function intoAnother({ approvals }: EnvironmentRules, { facts: { base } }: ReadPull, branch: string): Obstacle | null {
  if (approvals === null || base === branch) return null;
  const message = `this pull request goes into ${base}, and what \`require\` asks for is known of ${branch} alone`;
  return { code: "other-base", message, hint: `change its base to ${branch}`, lasting: true };
}

/** A job on any branch could take the database's URL from it, whatever is approved here. */
async function openEnvironment(api: Api, names: Names, environment: string): Promise<Obstacle | null> {
  const found = await orNone(
    api("get", "/repos/{owner}/{repo}/environments/{environment_name}", { ...names, environment_name: environment }),
  );
  const branches = found?.deployment_branch_policy ?? null;
  const isOpen = branches === null || (branches.custom_branch_policies && (await patterns(api, names, environment)).some(isEveryRef));
  if (!isOpen) return null;
  const what = found === null ? "is not there" : "can be used from every branch";
  return {
    code: "environment-open",
    message: `the GitHub environment ${environment} ${what}, so its secrets are safe from nobody who can push`,
    hint: "Settings, Environments: let only the default branch use it, and keep the database's URL there",
    lasting: true,
  };
}

async function patterns(api: Api, names: Names, environment: string): Promise<readonly string[]> {
  const found = await orNone(
    api.list("/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", {
      ...names,
      environment_name: environment,
    }),
  );
  return (found ?? []).flatMap(({ name }) => name ?? []);
}

async function behind(api: Api, names: Names, { facts: { head, base } }: ReadPull): Promise<Obstacle | null> {
  const { behind_by: commits } = await api("get", "/repos/{owner}/{repo}/compare/{basehead}", {
    ...names,
    basehead: `${base}...${head}`,
    per_page: 1,
  });
  if (commits === 0) return null;
  const message = `this branch is ${commits} commits behind ${base}, and its migrations would run out of order`;
  return { code: "not-up-to-date", message, hint: `merge ${base} into it`, lasting: true };
}

/** The newest word of each reviewer counts, and it must be about this commit. */
async function notReviewed(api: Api, names: Names, { number, facts: { head } }: ReadPull): Promise<Obstacle | null> {
  const reviews = await api.list("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", { ...names, pull_number: number });
  const said = reviews.filter(({ state }) => state === "APPROVED" || state === "CHANGES_REQUESTED" || state === "DISMISSED");
  const newest = [...new Map(said.map((review) => [review.user?.id, review])).values()];
  const isApproved = newest.some(({ state, commit_id: commit }) => state === "APPROVED" && commit === head);
  if (isApproved && !newest.some(({ state }) => state === "CHANGES_REQUESTED")) return null;
  return { code: "not-reviewed", message: "no review approves this commit", hint: "ask for a review of the newest commit", lasting: true };
}

function notRehearsed({ name }: EnvironmentRules, { facts: { head } }: ReadPull, { requests }: RepositoryState): Obstacle | null {
  const rehearsed = [...requests.values()].some(
    ({ command, environment, sha, state }) => command === "rehearse" && environment === name && sha === head && state === "rehearsed",
  );
  if (rehearsed) return null;
  return { code: "not-rehearsed", message: `this commit was not rehearsed in ${name}`, hint: `\`/rehearse ${name}\``, lasting: true };
}
