/** A repository's state as rows, one for each request, environment and pull request, so that a step writes only what it changed. */

import { NO_STATE, type RepositoryState } from "../core/state.ts";

export interface EntityRow {
  readonly kind: "request" | "environment" | "pull" | "group" | "last";
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

export function stateOf(rows: readonly EntityRow[]): RepositoryState {
  const of = <Value>(kind: EntityRow["kind"]) =>
    rows.filter((row) => row.kind === kind).map(({ id, body }) => [id, JSON.parse(body) as Value] as const);
  const byName = <Value>(kind: EntityRow["kind"]) => new Map(of<Value>(kind));
  const requests = byName<ReturnType<RepositoryState["requests"]["get"]> & object>("request");
  return {
    // In the order in which they came: names grow.
    requests: new Map([...requests].toSorted(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))),
    environments: byName("environment"),
    pulls: new Map(of<ReturnType<RepositoryState["pulls"]["get"]> & object>("pull").map(([id, pull]) => [Number(id), pull] as const)),
    groups: byName("group"),
    last: of<number>("last")[0]?.[1] ?? NO_STATE.last,
  };
}

export interface Difference {
  readonly put: readonly EntityRow[];
  readonly gone: readonly Pick<EntityRow, "kind" | "id">[];
}

/** What one state has that another has not. Values are immutable, so the same object is the same value. */
export function differenceBetween(before: RepositoryState, after: RepositoryState): Difference {
  const parts = [
    compared("request", before.requests, after.requests),
    compared("environment", before.environments, after.environments),
    compared("pull", before.pulls, after.pulls),
    compared("group", before.groups, after.groups),
  ];
  const last: EntityRow[] = before.last === after.last ? [] : [{ kind: "last", id: "", body: JSON.stringify(after.last) }];
  return { put: [...parts.flatMap(({ put }) => put), ...last], gone: parts.flatMap(({ gone }) => gone) };
}

function compared(
  kind: EntityRow["kind"],
  before: ReadonlyMap<string | number, unknown>,
  after: ReadonlyMap<string | number, unknown>,
): Difference {
  if (before === after) return { put: [], gone: [] };
  const put = [...after].filter(([id, value]) => before.get(id) !== value);
  return {
    put: put.map(([id, value]) => ({ kind, id: String(id), body: JSON.stringify(value) })),
    gone: [...before.keys()].filter((id) => !after.has(id)).map((id) => ({ kind, id: String(id) })),
  };
}
