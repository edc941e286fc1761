/** That there would be no way back is known, and said, before there is anything to bring back. */

import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { inspect } from "../../src/engine/postgres/inspect.ts";
import { preflight } from "../../src/engine/postgres/preflight.ts";
import { cluster, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const NEEDS = { copies: 1, proof: "read" } as const;

describe.each<[Version]>([[15], [18]])("where neither database nor schemas can be replaced, on PostgreSQL %i", (version) => {
  let server: Cluster;
  let database: TestDatabase;

  beforeEach(async () => {
    server = await cluster(version);
    database = await server.createDatabase();
    // what leads out of public binds nobody: it goes with public; what leads into it from a schema that stays does
    database.sql(`create schema auth; create table public.profile (id int primary key);
      create table auth.users (id int primary key, profile int references public.profile);
      create table public.note (by int references auth.users); create view public.people as select * from auth.users`);
  });
  afterEach(() => database[Symbol.asyncDispose]());

  /** One schema of the database is the target. */
  const place = (lockDatabase: string) => {
    const whole = placeOf(server, database.name, "owner", { lockDatabase });
    return { ...whole, target: { ...whole.target, schemas: ["public"] } };
  };

  test("a foreign key of a schema that stays, and the lock in the target itself", async () => {
    const inside = place(database.name);
    await expect(preflight(inside, NEEDS)).rejects.toMatchObject({
      kind: "refused",
      code: "no-way-back",
      message: expect.stringMatching(/lock\.database names another.*users_profile_fkey/s),
      hint: expect.stringContaining("app: online"),
    });
    expect((await inspect(inside)).noWayBack).toContain("users_profile_fkey");
    expect((await preflight(inside, { ...NEEDS, staysInPlace: true })).costs).toEqual([
      expect.stringMatching(/^no copy could take the database's place: .*users_profile_fkey.*only the migration tool takes back$/s),
    ]);
    database.sql("alter table auth.users drop constraint users_profile_fkey");
    expect((await preflight(inside, NEEDS)).costs).toEqual([expect.stringContaining("a rollback restores schemas")]);
    expect((await inspect(inside)).noWayBack).toBeNull();
  });

  test("an extension in public, and the lock in the target itself", async () => {
    server.psql(database.name, "create extension hstore schema public");
    const whole = placeOf(server, database.name, "owner", { lockDatabase: database.name });
    await expect(preflight(whole, NEEDS)).rejects.toMatchObject({
      code: "no-way-back",
      message: expect.stringContaining("the extension hstore lies in the schema public"),
    });
    expect((await inspect(placeOf(server, database.name, "owner"))).noWayBack).toBeNull();
  });

  test("a session that may go in time refuses nothing, and is told of", async () => {
    await using _ = await placeOf(server, database.name, "superuser").server.connect({ application: "pgAdmin" });
    expect((await preflight(place("postgres"), NEEDS)).costs).toEqual([
      expect.stringMatching(/^as things are .*pgAdmin.*users_profile_fkey/s),
    ]);
    expect((await inspect(place("postgres"))).noWayBack).toBeNull();
  });

  test("who only reads is told of it: whoever migrates may well have a way", async () => {
    const reader = `reader_${randomBytes(4).toString("hex")}`;
    server.psql("postgres", `create role ${reader} login password '${server.password}' in role pg_read_all_data`);
    try {
      const reading = placeOf(server, database.name, "owner", { role: reader });
      expect((await preflight(reading, NEEDS)).costs).toEqual([
        expect.stringMatching(new RegExp(`the rights of the role ${reader}, to which none of the tables belongs`)),
        expect.stringContaining("no copy could take the database's place"),
      ]);
      expect((await inspect(reading)).noWayBack).toBeNull();
    } finally {
      server.psql("postgres", `drop role ${reader}`);
    }
  });
});
