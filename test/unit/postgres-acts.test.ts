/** Whatever the server refuses, the error says what Belay was doing. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { failure } from "../../src/domain/error.ts";
import { makeRunId } from "../../src/domain/run-id.ts";
import { acting } from "../../src/engine/postgres/acting.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const RUN = makeRunId(new Date(), new Uint8Array(10));

describe("on a server that refuses", { timeout: 60_000 }, () => {
  let server: Cluster;
  let database: TestDatabase;

  beforeEach(async () => {
    server = await cluster(15);
    database = await server.createDatabase({ owner: "owner" });
    database.sql("create table person (id int primary key)");
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const holdIt = () => {
    const { target, options } = placeOf(server, database.name, "owner");
    return postgresEngine(options).hold(target, 1_000);
  };

  test("a table that may not be read is named with what it was to be read for", async () => {
    await using hold = await holdIt();
    await using workspace = await hold.work({ run: RUN, recordProcess: async () => undefined });
    server.psql(database.name, "create table secret (id int); revoke all on secret from public");
    await expect(workspace.mark(RUN)).rejects.toMatchObject({
      code: "sql-failed",
      message: `counting the rows of ${hold.target.name}: permission denied for table secret`,
      facts: { sqlstate: "42501" },
    });
  });

  test("a tool's own mistake is told in the server's words alone, also where it is made during the backup", async () => {
    await using hold = await holdIt();
    await using workspace = await hold.work({ run: RUN, recordProcess: async () => undefined });
    const asked = workspace.backup({
      run: RUN,
      into: null,
      proof: "restore",
      clone: true,
      observe: (session) => session.query("selec 1"),
    });
    await expect(asked).rejects.toMatchObject({ message: expect.stringMatching(/^syntax error at or near "selec"/) });
    await expect(workspace.session.query("selec 1")).rejects.toMatchObject({ message: expect.stringMatching(/^syntax error/) });
  });

  test("what says itself what it is about, stays as it is", async () => {
    const said = failure("backup-damaged", "the file is damaged");
    await expect(acting("looking", () => Promise.reject(said))).rejects.toBe(said);
  });
});
