/** Reads everything that one decision stands on, side by side. Throws where GitHub does not answer; what is not there is a fact. */

import type { EnvironmentRules } from "../../src/config/parse.ts";
import { teamsIn } from "../../src/policy/approvers.ts";
import type { Facts, Obstacle, PullFacts } from "../core/facts.ts";
import type { Person } from "../core/request.ts";
import type { RepositoryState } from "../core/state.ts";
import { instant, isOfFork } from "../webhook/incoming.ts";
import { type Api, orNone, statusOf } from "./api.ts";
import { obstaclesOf } from "./obstacles.ts";
import type { Names, Policies, Policy } from "./policy.ts";

export interface Question {
  /** null: it is about no pull request. */
  readonly pull: number | null;
  /** Who asks; their right is `permission`. */
  readonly asker: Person;
  /** The comment that asks, as it was; null where there is none. */
  readonly comment: { readonly id: number; readonly body: string } | null;
  /** Others whose right to write counts: requesters and approvers. */
  readonly people: readonly Person[];
  /** Environments that the decision may be about; null: all. */
  readonly environments: readonly string[] | null;
  /** Whoever may not write is only told so: nothing more is read for them, for anybody may ask as often as they like. */
  readonly forWriters: boolean;
}

export async function readFacts(
  api: Api,
  names: Names,
  policies: Policies,
  question: Question,
  state: RepositoryState,
  now: Date,
): Promise<Facts & { readonly policyRead: Policy }> {
  const { pull: number, asker, comment } = question;
  const [policyRead, pull, standing, permission] = await Promise.all([
    policies.read(api, names),
    number === null ? null : readPull(api, names, number),
    comment === null ? true : isStanding(api, names, comment, asker),
    permissionOf(api, names, asker),
  ]);
  const seen = { at: now.toISOString(), standing, permission, policy: policyRead.facts, policyRead };
  if (question.forWriters && !isWriter(permission)) return { ...seen, pull: pull?.facts ?? null, writers: [], members: {}, obstacles: {} };
  const others = [...new Map(question.people.map((person) => [person.id, person])).values()].filter(({ id }) => id !== asker.id);
  const rules = [...policyRead.rules.values()].filter(({ name }) => question.environments?.includes(name) ?? true);
  const [whole, rights, members, obstacles] = await Promise.all([
    pull === null ? null : wholePull(api, names, pull),
    Promise.all(others.map((person) => permissionOf(api, names, person))),
    membersOf(api, rules),
    obstaclesIn(api, names, rules, pull, state, policyRead),
  ]);
  const writers = [...(isWriter(permission) ? [asker] : []), ...others.filter((_, at) => isWriter(rights[at]))];
  return { ...seen, pull: whole, writers: writers.map(({ id }) => id), members, obstacles };
}

function isWriter(permission: Facts["permission"] | undefined): boolean {
  return permission === "write" || permission === "admin";
}

/** Still there, and still the same: somebody with rights may have edited it. */
async function isStanding(api: Api, names: Names, { id, body }: NonNullable<Question["comment"]>, author: Person): Promise<boolean> {
  const found = await orNone(api("get", "/repos/{owner}/{repo}/issues/comments/{comment_id}", { ...names, comment_id: id }));
  return found !== null && found.body === body && found.user?.id === author.id;
}

/** By login, and only as far as it is still that person's. Maintain appears as write, triage as read. */
async function permissionOf(api: Api, names: Names, { id, login }: Person): Promise<Facts["permission"]> {
  const found = await orNone(api("get", "/repos/{owner}/{repo}/collaborators/{username}/permission", { ...names, username: login }));
  if (found === null || (found.user?.id ?? id) !== id) return "none";
  return (["admin", "write", "read"] as const).find((each) => each === found.permission) ?? "none";
}

export interface ReadPull {
  /** Without what is asked besides: who moved it, and its files. */
  readonly facts: PullFacts;
  readonly isDraft: boolean;
  readonly number: number;
  /** Its own, which a fork has elsewhere. */
  readonly branch: string;
}

async function readPull(api: Api, names: Names, number: number): Promise<ReadPull | null> {
  const found = await orNone(api("get", "/repos/{owner}/{repo}/pulls/{pull_number}", { ...names, pull_number: number }));
  if (found === null) return null;
  const { head, base, user, state, merged_at: mergedAt, updated_at: updatedAt, draft } = found;
  return {
    number,
    branch: head.ref,
    isDraft: draft === true,
    facts: {
      head: head.sha,
      base: base.ref,
      baseSha: base.sha,
      author: user === null ? null : { id: Number(user.id), login: user.login },
      isFork: isOfFork(head.repo, base.repo),
      state: (mergedAt ?? null) === null ? (state === "open" ? "open" : "closed") : "merged",
      updatedAt: instant(updatedAt),
      pushers: [],
      movers: null,
      tree: null,
    },
  };
}

async function wholePull(api: Api, names: Names, { facts, branch }: ReadPull): Promise<PullFacts> {
  const { isFork, head } = facts;
  const [movers, tree] = await Promise.all([isFork ? [] : moversOf(api, names, branch), treeOf(api, names, head)]);
  return { ...facts, movers, tree };
}

/** null: GitHub does not have the commit, as that of a fork that is gone. */
async function treeOf(api: Api, names: Names, sha: string): Promise<string | null> {
  try {
    const { commit } = await api("get", "/repos/{owner}/{repo}/commits/{ref}", { ...names, ref: sha });
    return commit.tree.sha;
  } catch (error) {
    if (statusOf(error) !== 404 && statusOf(error) !== 422) throw error;
    return null;
  }
}

/** Everybody who ever moved a branch of this name: rather one too many than one too few. Never the author of a commit. */
async function moversOf(api: Api, names: Names, branch: string): Promise<readonly number[] | null> {
  const ref = `refs/heads/${branch}`;
  const found = await orNone(api.linked("/repos/{owner}/{repo}/activity", { ...names, ref }));
  if (found === null) return null;
  const isAnothers = ({ ref: moved = "" }: { readonly ref?: string }) => moved.startsWith("refs/") && moved !== ref;
  const own = found.filter((each) => !isAnothers(each));
  return [...new Set(own.flatMap(({ actor }) => (actor === null ? [] : [Number(actor.id)])))];
}

async function membersOf(api: Api, rules: readonly EnvironmentRules[]): Promise<Facts["members"]> {
  const teams = [...new Set(rules.flatMap(({ approvals }) => teamsIn(approvals?.from ?? [])))];
  const members = teams.map(async (team) => {
    const [org = "", slug = ""] = team.split("/");
    const list = orNone(api.list("/orgs/{org}/teams/{team_slug}/members", { org, team_slug: slug }));
    return [team, (await list)?.map(({ login }) => login.toLowerCase()) ?? null] as const;
  });
  return Object.fromEntries(await Promise.all(members));
}

async function obstaclesIn(
  api: Api,
  names: Names,
  rules: readonly EnvironmentRules[],
  pull: ReadPull | null,
  state: RepositoryState,
  policy: Policy,
): Promise<Readonly<Record<string, readonly Obstacle[]>>> {
  const found = rules.map(async (each) => [each.name, await obstaclesOf(api, names, each, pull, state, policy)] as const);
  return Object.fromEntries(await Promise.all(found));
}
