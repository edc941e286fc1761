/** What would make a proof by restore fail is known before anything is stopped for it. */

import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { preflight } from "../../src/engine/postgres/preflight.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const TWO = { copies: 2, proof: "restore" } as const;

let server: Cluster;
let database: TestDatabase;
beforeEach(async () => {
  server = await cluster(15);
  database = await server.createDatabase();
  database.sql("create table public.person (name text, at timestamp)");
});
afterEach(() => database[Symbol.asyncDispose]());

describe("on backup.scratch", () => {
  const provenAt = (scratch: string, path?: string) => {
    const place = placeOf(server, database.name, "owner");
    const variables = path === undefined ? place.options.variables : { ...place.options.variables, PATH: path };
    return preflight({ ...place, options: { ...place.options, scratch, variables } }, TWO);
  };

  test("programs that are older than that server are refused by name", async () => {
    const newer = await cluster(18);
    // where no programs of 18 are installed, those of 15 are the newest
    const proving = provenAt(newer.owner("postgres"), `${server.bin}:/usr/bin:/bin`);
    await expect(proving).rejects.toMatchObject({
      kind: "refused",
      code: "client-too-old",
      message: expect.stringMatching(/^backups cannot be proven on backup\.scratch: the server is PostgreSQL 18/),
    });
    await provenAt(newer.owner("postgres"), `${newer.bin}:${server.bin}:/usr/bin:/bin`);
  });

  test("a role that GRANTs, policies or user mappings name has to be there", async () => {
    const newer = await cluster(18);
    const role = `only_here_${randomBytes(4).toString("hex")}`;
    server.psql(
      database.name,
      `create role ${role}; create foreign data wrapper nowhere; create server far foreign data wrapper nowhere; alter server far owner to app;
       create user mapping for ${role} server far`,
    );
    try {
      const proving = () => provenAt(newer.superuser("postgres"), `${newer.bin}:${server.bin}:/usr/bin:/bin`);
      const refused = {
        code: "cannot-restore",
        message: expect.stringContaining(`has no role ${role}`),
        hint: expect.stringContaining("create role"),
      };
      await expect(proving()).rejects.toMatchObject(refused);
      server.psql(database.name, `drop user mapping for ${role} server far`);
      await proving();
      server.psql(database.name, `grant select on person to ${role}`);
      await expect(proving()).rejects.toMatchObject(refused);
    } finally {
      server.psql(database.name, `drop owned by ${role}`);
      server.psql("postgres", `drop role ${role}`);
    }
  });

  test("a role has to create databases there", async () => {
    const role = `poor_${randomBytes(4).toString("hex")}`;
    server.psql("postgres", `create role ${role} login password '${server.password}' in role app`);
    try {
      await expect(provenAt(server.addressOf(role, "postgres"))).rejects.toMatchObject({
        code: "rights-missing",
        message: expect.stringContaining(`the role ${role} of backup.scratch may not create databases there`),
      });
    } finally {
      server.psql("postgres", `drop role ${role}`);
    }
  });
});

describe.each([15, 18] as const)("an extension that may be lacking on %i", (version) => {
  test("is named with what uses it, where something does", async () => {
    const other = await cluster(version);
    await using made = await other.createDatabase();
    made.sql("create table public.person (name text, at timestamp)");
    other.psql(made.name, "create extension moddatetime schema public; create extension pg_stat_statements schema public");
    const place = placeOf(other, made.name, "owner");
    const lacking = { ...place, options: { ...place.options, mayLack: ["extensions"] } };
    await expect(preflight(place, TWO)).rejects.toMatchObject({ code: "cannot-restore" });
    expect((await preflight(lacking, TWO)).remarks.join()).toContain("extension moddatetime");
    made.sql("create trigger touched before update on public.person for each row execute function public.moddatetime(at)");
    await expect(preflight(lacking, TWO)).rejects.toMatchObject({
      kind: "refused",
      code: "cannot-restore",
      message: expect.stringMatching(/without the extension moddatetime: it is used by trigger touched on table public\.person/),
    });
    await preflight(lacking, { ...TWO, proof: "read" });
  });
});
