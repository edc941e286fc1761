/** All that the bot keeps of one repository. Immutable: `reduce` makes the next one. */

import type { Person, Request } from "./request.ts";

export interface RepositoryState {
  /** Open ones, and ended ones for as long as somebody may ask for them. */
  readonly requests: ReadonlyMap<string, Request>;
  /** By the name in belay.yml; an environment without anything to keep is not there. */
  readonly environments: ReadonlyMap<string, EnvironmentState>;
  readonly pulls: ReadonlyMap<number, PullState>;
  /** Groups of the merge queue that wait for the check, by the commit that it is on. */
  readonly groups: ReadonlyMap<string, MergeGroup>;
  /** The number of the last request. */
  readonly last: number;
}

export interface EnvironmentState {
  readonly locks: readonly Lock[];
}

/** Several may hold an environment, each for its own reason; a run starts only when all of them let it. */
export type Lock =
  /** Somebody said so. */
  | { readonly kind: "person"; readonly by: Person; readonly why: string; readonly at: string }
  /** It runs code that the default branch does not have. */
  | { readonly kind: "unmerged"; readonly pull: number; readonly request: string; readonly at: string }
  /** Nobody knows how this one ended. */
  | { readonly kind: "in-doubt"; readonly request: string; readonly at: string };

export interface MergeGroup {
  /** The one that would be merged last; null: GitHub did not say. */
  readonly pull: number | null;
  readonly at: string;
}

export interface PullState {
  readonly head: string;
  readonly base: string;
  readonly baseSha: string;
  readonly author: Person | null;
  readonly isFork: boolean;
  readonly state: "open" | "closed" | "merged";
  /** GitHub's own time of the last change, by which a late webhook is known to be late. */
  readonly updatedAt: string;
  /** Everybody whose push moved the head, as the webhooks told. */
  readonly pushers: readonly number[];
}

export const NO_STATE: RepositoryState = { requests: new Map(), environments: new Map(), pulls: new Map(), groups: new Map(), last: 0 };
