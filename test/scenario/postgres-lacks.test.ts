/** What a copy could not be given is missing after a rollback, and nobody is told that all is as it was. */

import { describe, expect, test } from "vitest";

import { PostgresProduction } from "../support/production-postgres.ts";
import { APPLICATION } from "../support/project.ts";

describe.each([[15], [18]] as const)("an ordinary owner on PostgreSQL %i", { timeout: 60_000 }, (version) => {
  const TRIGGER = `create function public.ddl() returns event_trigger language plpgsql as 'begin end';
    create event trigger audit_ddl on ddl_command_end execute function public.ddl()`;
  const start = async (more = "") => {
    const production = await PostgresProduction.start({ version, as: "owner", held: false }, 50);
    production.cluster.psql(production.database.name, TRIGGER);
    production.cluster.psql(production.database.name, `alter function public.ddl() owner to ${production.cluster.role("owner")}`);
    production.configure(`${production.target}migrate: sql\nbackup: { proof: restore, may-lack: [event-triggers] }\n${more}${APPLICATION}`);
    production.migration("0001_visit.sql", "create table visit (at text);\n");
    return production;
  };
  const triggers = ({ cluster, database }: PostgresProduction) => cluster.psql(database.name, "select evtname from pg_event_trigger");
  const lacking = expect.stringMatching(/event trigger audit_ddl .*cannot be restored/);

  test.each([["swap"], ["restore"]])("is told by `belay rollback --strategy %s` what has not come back", async (strategy) => {
    await using production = await start();
    expect((await production.json("migrate")).status).toBe(0);
    expect(triggers(production)).toBe("audit_ddl");
    const { status, result } = await production.json("rollback", "--strategy", strategy);
    expect([status, result.outcome, triggers(production)]).toEqual([0, "rolled-back", ""]);
    const [target] = result.targets;
    expect(target?.rollback).toMatchObject({ strategy, matches: false, lacks: [lacking] });
    expect(target?.notes).toEqual([lacking]);
    expect(target?.steps.find(({ name }) => name === "rollback")?.detail).toBe(
      `${strategy === "swap" ? strategy : "restore, database"}, all but 1 thing is back`,
    );
  });

  test("is told by a run that goes back what has not come back with it", async () => {
    await using production = await start('checks: { after: [{ name: never, sql: "select 1", expect: 2 }] }\n');
    const failed = await production.run("migrate");
    expect([failed.status, triggers(production)]).toEqual([4, ""]);
    const said = failed.stdout.replaceAll(/\s+/g, " ");
    expect(said).toContain("as it was, but for 1 thing that no copy could be given (see the notes)");
    expect(said).toContain("event trigger audit_ddl is in the backup, and cannot be restored by this role");
    expect(said).not.toContain("exactly as");
  });

  test("keeps it where the migration's own transaction was rolled back", async () => {
    await using production = await start();
    production.migration("0001_visit.sql", "create table visit (at text); select 1 / 0;\n");
    const { status, result } = await production.json("migrate");
    expect([status, result.targets[0]?.rollback]).toMatchObject([4, { strategy: "transaction", matches: true }]);
    expect(triggers(production)).toBe("audit_ddl");
  });

  test("keeps what stays with the database where its schemas are filled, and is told nothing of it", async () => {
    await using production = await PostgresProduction.start({ version, as: "owner", held: false }, 50);
    const { cluster, database } = production;
    cluster.psql(database.name, "create publication everything for all tables");
    production.configure(
      `${production.target}migrate: sql\nlock: { database: "${database.name}" }\nbackup: { proof: restore, may-lack: [publications] }\n${APPLICATION}`,
    );
    production.migration("0001_visit.sql", "create table visit (at text);\n");
    expect((await production.json("migrate")).status).toBe(0);
    const { status, result } = await production.json("rollback");
    expect([status, result.targets[0]?.rollback]).toMatchObject([0, { strategy: "restore", way: "schemas", matches: true }]);
    expect(result.targets[0]?.notes ?? []).toEqual([]);
    expect(cluster.psql(database.name, "select pubname from pg_publication")).toBe("everything");
  });
});
