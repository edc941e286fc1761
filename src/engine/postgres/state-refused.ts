/** Why the state row cannot be read or written, for whoever can do something about it. */

import { refusal } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { sqlstateOf } from "./postgres-error.ts";

const DENIED = "42501";
/** No such column, not that type, no such kind of relation: somebody else's table. */
const FOREIGN = /^(42703|42804|42809|42P10|22P02|23502)$/;

/** The schema or the table cannot be made. */
export function cannotMakeState(error: unknown, { database, server }: Connection): unknown {
  if (sqlstateOf(error) !== DENIED) return error;
  const { user } = server.settings;
  return refusal("rights-missing", `the role ${user} may not make the schema belay in ${database}, in which runs keep their state`, {
    hint: `make it once, as the owner of the database: create schema belay authorization ${quoteIdentifier(user)}`,
    cause: error,
  });
}

/** The table is there. */
export function cannotUseState(error: unknown, { database, server }: Connection): unknown {
  const sqlstate = sqlstateOf(error) ?? "";
  const { user } = server.settings;
  if (sqlstate === DENIED) {
    const role = quoteIdentifier(user);
    return refusal("rights-missing", `the role ${user} may not use the table belay.state of ${database}, which another role made`, {
      hint: `to look: grant usage on schema belay to ${role}; grant select on belay.state to ${role}; to run: the role that ran before`,
      cause: error,
    });
  }
  if (!FOREIGN.test(sqlstate)) return error;
  return refusal("state-foreign", `the table belay.state of ${database} is not Belay's, which would keep the state of its runs there`, {
    hint: "rename the schema belay, or that table: Belay then makes its own",
    cause: error,
  });
}
