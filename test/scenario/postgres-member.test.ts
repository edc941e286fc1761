/** A role of the owner's that deploys, and is not the owner: a whole run that fails comes back by a swap. */

import { randomBytes } from "node:crypto";

import { expect, test } from "vitest";

import { bookingTables } from "../support/postgres/booking.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { dumpOf } from "../support/postgres/dump.ts";
import { APPLICATION, Workplace } from "../support/workplace.ts";

class Deployed extends Workplace {
  override readonly variables: Readonly<Record<string, string>>;

  constructor(address: string, programs: string) {
    super();
    this.variables = { DATABASE_URL: address, PATH: `${programs}:${process.env["PATH"] ?? ""}` };
  }
}

test.each([15, 18] as const)("on PostgreSQL %i", { timeout: 60_000 }, async (version) => {
  const server = await cluster(version);
  const role = `deploy_${randomBytes(4).toString("hex")}`;
  server.psql("postgres", `create role ${role} login createdb password '${server.password}' in role app`);
  try {
    await using database = await server.createDatabase();
    database.sql(bookingTables(50));
    using deployed = new Deployed(server.addressOf(role, database.name), server.bin);
    deployed.migration("0001_role.sql", "alter table users add column role text;\n");
    const never = 'checks: { after: [{ name: never, sql: "select 1", expect: 2 }] }\n';
    deployed.configure(
      `target: { url: "\${DATABASE_URL}", name: app }\nmigrate: sql\nbackup: { store: belay-backups }\n${never}${APPLICATION}`,
    );
    const before = dumpOf(server, database.name);
    const { status, result } = await deployed.json("migrate");
    expect([status, result.outcome, result.reasons.map(({ code }) => code)]).toEqual([4, "undone", ["check-failed"]]);
    expect(result.targets[0]).toMatchObject({ backup: { proof: "restored" }, rollback: { strategy: "swap", matches: true } });
    expect(dumpOf(server, database.name)).toBe(before);
    expect(server.psql("postgres", `select pg_get_userbyid(datdba) from pg_database where datname = '${database.name}'`)).toBe("app");
  } finally {
    server.psql("postgres", `drop owned by ${role}; drop role ${role}`);
  }
});
