import { failure } from "../../domain/error.ts";
import type { Asking, Files } from "./definition.ts";
import type { Driven } from "./driven.ts";

/** Asks the tool itself what is applied, before it changes anything. Throws `wrong-database` where that is not what the target has. */
export async function assertSameDatabase(
  { tool, place, program }: Driven,
  asking: Asking,
  files: Files,
  applied: readonly string[],
): Promise<void> {
  const seen = await tool.seen?.(asking, files);
  if (seen === undefined || seen === null || sorted(seen) === sorted(applied)) return;
  throw failure(
    "wrong-database",
    `${tool.title} works on another database: there ${listed(seen)}, in ${place.target.name} ${listed(applied)}`,
    { hint: hintFor(program.run !== null) },
  );
}

/** How a tool comes to the right database. */
export function hintFor(elsewhere: boolean): string {
  const variables =
    "let its own configuration read the address from the variable that Belay sets (migrate.url-variable, migrate.variables)";
  return elsewhere ? `${variables}, and let migrate.run pass that on: docker run -e DATABASE_URL …` : variables;
}

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return "nothing is applied";
  return ids.length > 3 ? `${ids.length} are applied, the last of them ${ids.at(-1)}` : `${ids.join(", ")} applied`;
}

function sorted(ids: readonly string[]): string {
  return JSON.stringify(ids.toSorted());
}
