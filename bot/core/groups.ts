/** The merge queue: the check `belay` stands on the commits that it tries, too. */

import type { Draft } from "./draft.ts";
import type { AskedAgain, GroupChanged } from "./event.ts";

const FORGOTTEN_MS = 7 * 24 * 3_600_000;

export function takeGroup(draft: Draft, { action, head, pull }: GroupChanged): void {
  if (action === "destroyed") return draft.dropGroup(head);
  draft.putGroup(head, { pull, at: draft.at });
  draft.add({ kind: "group-check", head, pull });
}

/** GitHub has taken the word of the check away: it is said once more, whatever it was. */
export function takeAgain(draft: Draft, { sha }: AskedAgain): void {
  for (const [pull, { head }] of draft.pulls) if (head === sha) draft.add({ kind: "head-check", pull, again: true });
  const group = draft.groups.get(sha);
  if (group !== undefined) draft.add({ kind: "group-check", head: sha, pull: group.pull, again: true });
}

/** GitHub may not have told that one was destroyed. */
export function forgetGroups(draft: Draft): void {
  for (const [head, { at }] of draft.groups) if (Date.parse(draft.at) - Date.parse(at) > FORGOTTEN_MS) draft.dropGroup(head);
}

/** Another policy may ask for more, or for less, before a merge. */
export function checkOpenPulls(draft: Draft): void {
  for (const [number, { state }] of draft.pulls) if (state === "open") draft.checkHeads(number);
}
