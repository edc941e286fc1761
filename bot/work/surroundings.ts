/** What an effect is done with, and what it gives. */

import type { Happening } from "../core/event.ts";
import type { RepositoryState } from "../core/state.ts";
import type { Api } from "../github/api.ts";
import type { Names, Policies } from "../github/policy.ts";
import type { BotStore, Memo, OutboxEntry } from "../store/store.ts";
import type { Performance } from "./worker.ts";

export interface Surroundings {
  readonly api: Api;
  readonly names: Names;
  readonly state: RepositoryState;
  readonly store: BotStore;
  readonly entry: OutboxEntry;
  readonly policies: Policies;
  readonly appId: number;
  /** Number of the app's own user, who starts its workflows. */
  readonly botUser: (api: Api) => Promise<number>;
  /** Since when an installation is there; null: GitHub does not tell. */
  readonly installedAt: (installation: number) => Promise<string | null>;
  /** `https://github.com`. */
  readonly serverUrl: string;
  readonly now: () => Date;
}

export function done(happenings: readonly Happening[] = [], memo: Memo | null = null): Performance {
  return { kind: "done", happenings, memo };
}
