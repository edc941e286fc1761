/** `tenants` as belay.yml writes it: which schemas of the database are tenants, and how one comes and goes. */

import * as z from "zod/mini";
import { isFilled, isTenant, rules } from "./rule.ts";
import { command, described, needed, once, text } from "./schema-values.ts";

const act = once(() =>
  z.union([
    z.strictObject({
      sql: needed(text(isFilled), "Statements, run in one transaction; current_setting('belay.schema') is the name of the schema."),
    }),
    command(),
  ]),
);

const tenantKeys = {
  sql: described(
    text(isFilled),
    "A query whose first column names the schemas of the tenants; by default django-tenants tells them, from its models.",
  ),
  names: described(z.array(text(isTenant)).check(z.minLength(1)), "The schemas of the tenants, in the place of sql."),
  shared: described(text(isTenant), "The schema that all tenants build on: it is migrated first, and its failure undoes all."),
  create: described(
    act(),
    "Makes a new tenant (`belay migrate --new NAME`): a command, which is told its name as BELAY_SCHEMA, or SQL. Needs remove.",
  ),
  remove: described(act(), "Removes a new tenant again whose migration failed. Needs create."),
};

const whole = rules<{ readonly [key in keyof typeof tenantKeys]?: unknown }>((written) => [
  ...(written.sql !== undefined && written.names !== undefined
    ? [flaw("sql-and-names", "sql and names exclude each other", "leave one of the two out", ["names"])]
    : []),
  ...(written.create !== undefined && written.remove === undefined
    ? [flaw("missing-key", "create needs remove, for a tenant that fails to migrate", "add remove", ["create"])]
    : []),
  ...(written.remove !== undefined && written.create === undefined
    ? [flaw("missing-key", "remove is for tenants that create made", "add create, or leave remove out", ["remove"])]
    : []),
]);

function flaw(code: string, message: string, hint: string, path: readonly string[]) {
  return { code, message, hint, path: [...path] };
}

export const tenants = once(() => z.strictObject(tenantKeys).check(whole));

export type WrittenTenants = z.infer<ReturnType<typeof tenants>>;
export type WrittenTenantAct = z.infer<ReturnType<typeof act>>;
