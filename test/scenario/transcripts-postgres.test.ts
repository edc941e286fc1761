/** What the built program prints on PostgreSQL, where it differs from SQLite, as whole conversations. `UPDATE_GOLDEN=1` writes them. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { expectGolden } from "../golden/golden.ts";
import { PostgresProduction } from "../support/production-postgres.ts";
import { readable } from "../support/varying.ts";
import { APPLICATION, CLI } from "../support/workplace.ts";

let production: PostgresProduction;
let told: string;

beforeEach(async () => {
  told = "";
  production = await PostgresProduction.start({ version: 15, as: "owner", held: false }, 50);
  production.migration("0001_role.up.sql", "alter table users add column role text;");
  production.migration("0001_role.down.sql", "alter table users drop column role;");
  configure();
});

afterEach(() => production[Symbol.asyncDispose]());

function configure(more = ""): void {
  const checks = "checks: { after: [{ name: no user lost, sql: select count(*) from users, expect: unchanged }] }\n";
  production.configure(`${production.target}migrate: sql\n${APPLICATION}${checks}${more}`);
}

/** Types a command, and writes down what came of it. */
async function type(command: string, status: number): Promise<void> {
  const { stdout, stderr, status: ended } = await production.run(...command.split(" "));
  told += `$ belay ${command}\n${stdout}${stderr === "" ? "" : `[standard error]\n${stderr}`}[exit ${ended}]\n\n`;
  expect(stdout + stderr).not.toContain(new URL(production.address).password);
  expect(ended, told).toBe(status);
}

function expectConversation(name: string): void {
  const { address, cluster, directory } = production;
  const constant = production
    .stable(
      told.replaceAll(production.fresh().url, "$FRESH_URL").replaceAll(address, "$DATABASE_URL").replaceAll(new URL(address).password, "…"),
    )
    .replaceAll(directory, "/srv/app")
    .replaceAll(CLI, "belay")
    .replaceAll(`:${cluster.port}`, ":5432");
  expectGolden(`conversation-postgres-${name}.txt`, readable(constant));
}

const newest = async (): Promise<string> => (await production.json("backups", "prod")).result.backups?.[0]?.id ?? "";

describe("a conversation with the built program about PostgreSQL", { timeout: 60_000 }, () => {
  it("about a first migration", async () => {
    await type("status prod", 0);
    await type("plan prod", 0);
    await type("migrate prod", 0);
    await type("status prod", 0);
    await type("verify prod", 0);
    expectConversation("first-migration");
  });

  it("about a migration that loses rows", async () => {
    production.migration("0002_bad.up.sql", "delete from payments where booking_id < 20;");
    configure("data: additive\n");
    await type("migrate prod", 4);
    await type("runs prod", 0);
    expectConversation("lost-rows");
  });

  it("about a migration that does not run", async () => {
    production.migration("0002_bad.up.sql", "create table note (id integer);\ncreate index concurrently notes on note (id);");
    await type("plan prod", 0);
    await type("migrate prod", 3);
    production.migration("0002_bad.up.sql", "-- belay: no-transaction\ncreate unique index concurrently one_user on bookings (user_id);");
    await type("migrate prod", 4);
    expectConversation("broken-migration");
  });

  it("about going back", async () => {
    configure("rollback: { hooks: { calm: { sql: \"update setting set value = 'calm' where key = 'ORG_NAME'\" } } }\n");
    production.migration("0002_plan.up.sql", "create table plan (id integer primary key); insert into plan values (1), (2);");
    production.migration("0002_plan.down.sql", "drop table plan;");
    await type("migrate prod", 0);
    production.sql("insert into users (email, role) values ('d', 'admin')");
    await type("rollback prod", 3);
    await type("rollback prod --hook calm", 0);
    await type("rollback prod --strategy downgrade --to 0001_role", 3);
    await type("rollback prod --strategy downgrade --to 0001_role --accept-loss", 0);
    await type("status prod", 0);
    await type("rollback prod --strategy restore --accept-loss", 0);
    await type("status prod", 0);
    await type("recover prod", 0);
    expectConversation("going-back");
  });

  it("about backups", async () => {
    await type("backups prod", 0);
    await type("backup prod", 0);
    const [id, { url }] = [await newest(), production.fresh()];
    await type(`restore ${id} prod --into ${url}`, 0);
    await type(`restore ${id} prod --into ${url}`, 3);
    await type(`restore ${id} prod --into ${url} --replace`, 0);
    await type(`restore ${id} prod --into ${production.address}`, 3);
    await type(`restore ${id} prod --into ${production.address} --replace`, 3);
    await type(`rollback prod --backup ${id}`, 3);
    await type(`rollback prod --backup ${id} --accept-loss`, 0);
    await type("prune prod", 0);
    expectConversation("backups");
  });
});
