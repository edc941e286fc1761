import type { Target } from "../../domain/target.ts";
import type { Server } from "./connection.ts";
import type { PostgresOptions } from "./options.ts";

/** A target as this engine knows it: its database, and the database that Belay's own lock and renames go through. */
export interface Place {
  readonly target: Target;
  readonly server: Server;
  readonly database: string;
  /** Never the target where renames are to work (`canRename`), never template1. */
  readonly lockDatabase: string;
  /** False where the lock lives in the target itself: nothing can be renamed from inside it. */
  readonly canRename: boolean;
  readonly options: PostgresOptions;
}
