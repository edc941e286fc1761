import type { Target } from "../../domain/target.ts";
import type { Place } from "./place.ts";
import type { Scope } from "./scope.ts";

/** The schemas that belong to a target: `target.schemas`, else all of the database's own. */
export function scopeOf({ schemas }: Target): Scope {
  return { schemas: schemas ?? null };
}

/**
 * What going back may replace, and so what counts as written: a copy that takes the database's name takes the schemas with it, too, that are
 * not the target's. A tenant's go back as schemas, and so do those of a database that cannot be renamed.
 */
export function replacedScope({ target, canRename }: Pick<Place, "target" | "canRename">): Scope {
  return canRename && target.tenant === undefined ? { schemas: null } : scopeOf(target);
}
