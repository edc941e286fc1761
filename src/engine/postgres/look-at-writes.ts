import type { JsonValue } from "../../domain/canonical-json.ts";
import type { LaterWrites } from "../../domain/result.ts";
import type { Target } from "../../domain/target.ts";
import { writesSince } from "./later-writes.ts";
import type { PostgresOptions } from "./options.ts";
import { serverAt } from "./server.ts";

/** What was written since a mark, without the lock. */
export async function lookAtWrites(target: Target, options: PostgresOptions, mark: JsonValue): Promise<readonly LaterWrites[] | null> {
  await using connection = await serverAt(target.address, options.variables).connect();
  return await writesSince(connection, mark);
}
