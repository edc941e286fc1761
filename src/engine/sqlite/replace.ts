import { failure } from "../../domain/error.ts";
import type { ReplacementIntent } from "../hold.ts";
import type { OwnerFence } from "./host-api.ts";
import { replaceInPlace } from "./in-place.ts";
import type { Place } from "./place.ts";
import { namesOf } from "./replacement.ts";
import { replaceByRename } from "./swap.ts";

/** Carries out an intent, from wherever an earlier attempt was cut off. */
export async function replaceTarget(place: Place, intent: ReplacementIntent, owner: OwnerFence): Promise<void> {
  const names = namesOf(place, intent);
  if (intent.strategy === "swap") return replaceByRename(place, intent, names);
  if (intent.way === "in-place") return replaceInPlace(place, intent, names, owner);
  throw failure("intent-unreadable", `SQLite knows no way "${intent.way}" to restore`, {
    hint: "use the version of Belay that made this run",
  });
}
