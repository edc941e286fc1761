import { expect, it } from "vitest";

import { readSequences } from "../../src/engine/postgres/sequences.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster } from "../support/postgres/cluster.ts";

it.each([15, 18] as const)("sequences of PostgreSQL %s say what they gave out last, or will give out first", async (version) => {
  const server = await cluster(version);
  await using database = await server.createDatabase();
  database.sql(`
    create table t (id serial primary key); insert into t select from generate_series(1, 7);
    create sequence fresh start 5; create sequence "we ird.""x"; create sequence back increment by -1; select nextval('back'), nextval('back');
    create sequence put; select setval('put', 9223372036854775807, false); create schema audit; create sequence audit.n; select nextval('audit.n');
    create schema belay; create sequence belay.own; create schema more; do $$ begin for i in 1..450 loop execute format('create sequence more.s%s start %s', i, i); end loop; end $$`);
  await using connection = await serverAt(database.address("owner"), {}).connect();
  expect(await readSequences(connection, { schemas: ["public", "audit"] })).toEqual({
    t_id_seq: "7",
    fresh: "5 next",
    '"we ird.""x"': "1 next",
    back: "-2",
    put: "9223372036854775807 next",
    "audit.n": "1",
  });
  const all = await readSequences(connection, { schemas: null });
  expect(Object.keys(all)).toHaveLength(456);
  expect([all["more.s1"], all["more.s201"], all["more.s450"]]).toEqual(["1 next", "201 next", "450 next"]);
});
