/** `tenants` as written → TenantsConfig, and what does not go with it. */

import type { Target } from "../domain/target.ts";
import { commandOf } from "./checks.ts";
import type { MigrateConfig, TenantAct, TenantsConfig } from "./config.ts";
import type { Problem } from "./problem.ts";
import type { WrittenTenantAct, WrittenTenants } from "./schema-tenants.ts";
import { TELL_TENANTS } from "./schema-migrate.ts";
import { placeOf, type Path, type Tree } from "./tree.ts";

/** A tool whose settings tell its tenants has them without a word in belay.yml, where there can be any. */
export function tenantsOf(written: WrittenTenants | undefined, tool: string | null, targets: readonly Target[]): TenantsConfig | null {
  if (written === undefined && (!tellsTenants(tool) || targets.some(({ engine }) => engine === "sqlite"))) return null;
  const { sql, names, shared = null, create, remove } = written ?? {};
  return {
    list: sql !== undefined ? { sql } : names === undefined && tellsTenants(tool) ? { told: "by the tool" } : { names: names ?? [] },
    shared,
    new: create === undefined || remove === undefined ? null : { create: actOf(create), remove: actOf(remove) },
  };
}

function tellsTenants(tool: string | null): boolean {
  return TELL_TENANTS.some((name) => name === tool);
}

function actOf(written: WrittenTenantAct): TenantAct {
  return typeof written === "object" && "sql" in written ? { sql: written.sql } : commandOf(written);
}

export function tenantsProblems(
  tenants: TenantsConfig | null,
  targets: readonly Target[],
  { tool, options }: Pick<MigrateConfig, "tool" | "options">,
  block: Tree,
): readonly Problem[] {
  if (tenants === null) {
    if (options["shared-directory"] === undefined) return [];
    return [
      problem(block, ["migrate", "shared-directory"], "no-tenants", "shared-directory is for tenants, and there are none", "leave it out"),
    ];
  }
  return [
    ...("names" in tenants.list && tenants.list.names.length === 0
      ? [
          problem(
            block,
            ["tenants"],
            "missing-key",
            `which schemas are tenants?${tool === null ? "" : ` ${tool} does not tell`}`,
            "add sql: select … or names: [a, b]",
          ),
        ]
      : []),
    ...(targets.some(({ engine }) => engine === "sqlite")
      ? [problem(block, ["tenants"], "no-schemas", "a SQLite database has no schemas, and so no tenants", "leave tenants out")]
      : []),
    ...(targets.some(({ schemas }) => schemas !== undefined)
      ? [problem(block, ["tenants"], "schemas-and-tenants", "schemas and tenants exclude each other", "leave schemas of the target out")]
      : []),
    ...(options["shared-directory"] !== undefined && tenants.shared === null
      ? [
          problem(
            block,
            ["migrate", "shared-directory"],
            "no-shared-schema",
            "shared-directory is for the schema that tenants share, and none is named",
            "add tenants: { shared: public }",
          ),
        ]
      : []),
  ];
}

function problem(block: Tree, path: Path, code: string, message: string, hint: string): Problem {
  return { ...placeOf(block, path), code, message, hint };
}
