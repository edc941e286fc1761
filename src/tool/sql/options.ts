import type { JsonValue } from "../../domain/canonical-json.ts";
import { LAYOUTS } from "./layout.ts";

/** An option of `migrate:` that a tool takes, as documentation and schema show it. */
export interface ToolOption {
  readonly name: string;
  readonly type: "string";
  /** null: there is none. */
  readonly default: JsonValue;
  /** The values that are allowed; null: any. */
  readonly values: readonly string[] | null;
  readonly description: string;
}

/** What `tool: sql` can be told in belay.yml. */
export const SQL_TOOL_OPTIONS: readonly ToolOption[] = [
  {
    name: "directory",
    type: "string",
    default: "migrations",
    values: null,
    description: "where the SQL files lie, relative to the directory of belay.yml",
  },
  {
    name: "layout",
    type: "string",
    default: null,
    values: LAYOUTS,
    description:
      "how the files make up migrations: flat (001_x.sql), pairs (x.up.sql with x.down.sql) or directories (x/up.sql with x/down.sql, x/migration.sql); told from the files where absent",
  },
  {
    name: "baseline",
    type: "string",
    default: null,
    values: null,
    description: "the last migration that a database already has which Belay never migrated: those up to it count as applied",
  },
];
