import type { StateRow } from "../../domain/state.ts";
import type { Target } from "../../domain/target.ts";
import type { PostgresOptions } from "./options.ts";
import { serverAt } from "./server.ts";
import { readState } from "./state.ts";

/** The state row, without the lock. */
export async function lookAtState(target: Target, options: PostgresOptions): Promise<StateRow | undefined> {
  await using connection = await serverAt(target.address, options.variables).connect();
  return (await readState(connection))?.row;
}
