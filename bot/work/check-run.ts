/** One check run: made, or found again by its external id, and brought up to date. */

import { orNone } from "../github/api.ts";
import type { Memo } from "../store/store.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Wanted {
  readonly name: string;
  readonly sha: string;
  readonly externalId: string;
  /** null: it goes on. */
  readonly conclusion: "success" | "failure" | "neutral" | "cancelled" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
}

/** What GitHub takes for the text of a check run, in characters. */
export const LONGEST_SUMMARY = 65_535;

export function numberOf(memo: Memo | null, key: string): number | null {
  const value = memo?.[key];
  return typeof value === "number" ? value : null;
}

/** Found again by its external id among all check runs of ours on that commit. */
export async function put(wanted: Wanted, known: number | null, around: Surroundings): Promise<number> {
  const { api, names } = around;
  const { conclusion, title, summary, actions, externalId, name, sha } = wanted;
  const output = { title, summary };
  const status = conclusion === null ? ({ status: "in_progress" } as const) : ({ status: "completed", conclusion } as const);
  const id = known ?? (await find(wanted, around));
  if (id === null) {
    const made = await api("post", "/repos/{owner}/{repo}/check-runs", {
      ...names,
      name,
      head_sha: sha,
      external_id: externalId,
      output,
      actions: [...actions],
      ...status,
    });
    return Number(made.id);
  }
  await api("patch", "/repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...names,
    check_run_id: id,
    output,
    actions: [...actions],
    ...status,
  });
  return id;
}

async function find({ name, sha, externalId }: Wanted, { api, names, appId }: Surroundings): Promise<number | null> {
  const found = await orNone(
    api.list("/repos/{owner}/{repo}/commits/{ref}/check-runs", { ...names, ref: sha, check_name: name, app_id: appId, filter: "all" }),
  );
  const own = found?.find((run) => run.external_id === externalId && (run.app?.id ?? appId) === appId);
  return own === undefined ? null : Number(own.id);
}
