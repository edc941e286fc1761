import type { Target } from "../../domain/target.ts";
import type { Scope } from "./scope.ts";

/** The schemas that belong to a target: `target.schemas`, else all of the database's own. */
export function scopeOf({ schemas }: Target): Scope {
  return { schemas: schemas ?? null };
}
