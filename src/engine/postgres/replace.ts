import { failure } from "../../domain/error.ts";
import type { Store } from "../../store/store.ts";
import type { ReplacementIntent } from "../hold.ts";
import type { Place } from "./place.ts";
import { namesOf } from "./replacement.ts";
import { replaceByRename } from "./swap.ts";
import { replaceSchemas } from "./replace-schemas.ts";

/** Who asks: throws `lock-lost` where the target's state row is another run's by now. */
export interface Owner {
  assertOwner(): Promise<void>;
  /** A statement that fails unless the lock's session still holds the lock: it goes in one message with the effect. */
  readonly guard?: string;
  /** Where a backup lies that is brought back without a copy. */
  readonly store?: Store | undefined;
}

/** Carries out an intent, from wherever an earlier attempt was cut off. */
export async function replaceTarget(place: Place, intent: ReplacementIntent, owner: Owner): Promise<void> {
  const names = namesOf(place, intent);
  if (intent.strategy === "swap") return replaceByRename(place, intent, names, owner);
  if (intent.way === "schemas" && names.schemas !== null) return replaceSchemas(place, intent, names, names.schemas, owner);
  throw failure("intent-unreadable", `PostgreSQL knows no way "${intent.way}" to restore`, {
    hint: "use the version of Belay that made this run",
  });
}
