/** Who may approve, and who asked for it: what every kind of approval is held against. Pure. */

import type { Approver } from "../domain/approval.ts";
import type { Reason } from "../domain/error.ts";

/** Somebody whose own approval may not count, and what they did. */
export interface Requester {
  /** null where only the login is known. */
  readonly id: number | null;
  readonly login: string;
  /** `started this workflow`. */
  readonly did: string;
}

/** Logins by team (`org/team`), all lower case; null: the token may not look. */
export type Memberships = ReadonlyMap<string, ReadonlySet<string> | null>;

export interface ApprovalRules {
  /** Users and org/team; empty: whoever GitHub lets approve. */
  readonly from: readonly string[];
  readonly required: number;
  readonly allowSelfApproval: boolean;
}

export function usersIn(from: readonly string[]): readonly string[] {
  return from.filter((each) => !each.includes("/")).map((each) => each.toLowerCase());
}

export function teamsIn(from: readonly string[]): readonly string[] {
  return from.filter((each) => each.includes("/")).map((each) => each.toLowerCase());
}

interface Considered {
  readonly counted: readonly Approver[];
  readonly reasons: readonly Reason[];
}

interface Consideration extends ApprovalRules {
  readonly memberships: Memberships;
  readonly requesters: readonly Requester[];
  /** `of prod in this run`: what was approved, for messages. */
  readonly what: string;
  /** What to do where an approval is missing. */
  readonly hint: string;
}

/** Each person counts once. Reasons are there where fewer than `required` are left. */
export function consider(given: readonly Approver[], rules: Consideration): Considered {
  const people = [...new Map(given.map((approver) => [approver.id, approver])).values()];
  const allowed = people.filter(({ login }) => isAllowed(login, rules) === true);
  const unknown = people.filter(({ login }) => isAllowed(login, rules) === null);
  const counted = allowed.filter((approver) => requesterOf(approver, rules) === null);
  if (counted.length >= rules.required) return { counted, reasons: [] };
  const { what, hint, required } = rules;
  if (unknown.length > 0) return { counted, reasons: [teamsUnreadable(rules)] };
  const whyNot = [
    ...people.filter((each) => !allowed.includes(each)).map(({ login }) => `${login} does not stand in approvals.from of belay.yml`),
    ...allowed.flatMap((each) => {
      const requester = requesterOf(each, rules);
      return requester === null ? [] : [`${each.login} ${requester.did}, and a self-approval does not count`];
    }),
  ];
  const enough = required === 1 ? "nobody has approved" : `${counted.length} of ${required} have approved`;
  const code = people.length === 0 || counted.length > 0 ? "approval-missing" : "approval-not-counted";
  return { counted, reasons: [{ code, message: `${enough} ${what}${whyNot.map((why) => `; ${why}`).join("")}`, hint }] };
}

/** null: it depends on a team that the token may not look into. */
function isAllowed(login: string, { from, memberships }: Consideration): boolean | null {
  const person = login.toLowerCase();
  if (from.length === 0 || usersIn(from).includes(person)) return true;
  const teams = teamsIn(from).map((team) => memberships.get(team) ?? null);
  if (teams.some((members) => members?.has(person))) return true;
  return teams.includes(null) ? null : false;
}

function requesterOf({ id, login }: Approver, { allowSelfApproval, requesters }: Consideration): Requester | null {
  if (allowSelfApproval) return null;
  return requesters.find((each) => (each.id === null ? each.login.toLowerCase() === login.toLowerCase() : each.id === id)) ?? null;
}

function teamsUnreadable({ from, memberships }: Consideration): Reason {
  const teams = teamsIn(from).filter((team) => (memberships.get(team) ?? null) === null);
  return {
    code: "teams-unreadable",
    message: `who is in ${teams.join(", ")} (approvals.from of belay.yml) cannot be read with this token`,
    hint: "name people in `from`, or give `github-token` a token that may read members; with `by: environment` it is enough that the environment lists just who stands in `from`",
  };
}
