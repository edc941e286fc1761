/** No password that a statement has in it is seen where the statement fails. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { wordsOf } from "../../src/engine/postgres/program-words.ts";
import { readSchema } from "../../src/engine/postgres/schema.ts";
import { restoreInto } from "../../src/engine/postgres/restore-into.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

const SECRET = "topsecret123";

describe("of what a program says on a bad end", () => {
  test.each<[string, string, string]>([
    [
      "pg_restore",
      `pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3450; 1418 16390 USER MAPPING USER MAPPING bob SERVER far app
pg_restore: error: could not execute query: ERROR:  role "bob" does not exist
Command was: CREATE USER MAPPING FOR bob SERVER far OPTIONS (
    password '${SECRET}'
);

pg_restore: error: another one
`,
      'could not execute query: ERROR:  role "bob" does not exist; another one',
    ],
    [
      "pg_dump",
      `pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.
pg_dump: detail: Error message from server: ERROR:  invalid page in block 0
pg_dump: detail: Command was: COPY public.t (a) TO stdout /* ${SECRET} */;
`,
      'Dumping the contents of table "t" failed: PQgetResult() failed.; Error message from server: ERROR:  invalid page in block 0',
    ],
    [
      "psql",
      `psql:<stdin>:7: ERROR:  42601: syntax error at or near "sub"
LINE 1: CREATE SUBSCRIPTION s CONNECTION 'password=${SECRET}' sub
                                                                ^
LOCATION:  scanner_yyerror, scan.l:1176
`,
      'psql:<stdin>:7: ERROR:  42601: syntax error at or near "sub"',
    ],
    [
      "a COPY",
      `pg_restore: error: COPY failed for table "users": ERROR:  new row for relation "users" violates check constraint "c"
DETAIL:  Failing row contains (1, ${SECRET}).
CONTEXT:  COPY users, line 1: "1	${SECRET}"
`,
      'COPY failed for table "users": ERROR:  new row for relation "users" violates check constraint "c"',
    ],
  ])("%s", (_program, stderr, words) => {
    expect(wordsOf(stderr)).toBe(words);
  });

  test("words of another kind stay, and none are none", () => {
    expect(wordsOf("sh: 1: pg_restore: not found\n")).toBe("sh: 1: pg_restore: not found");
    expect(wordsOf("\n")).toBeUndefined();
  });
});

describe("on a real server", () => {
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), "belay-words-"))));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("a user mapping that cannot be restored keeps its password for itself; a snapshot has digests of what may be one", async () => {
    const server = await cluster(15);
    const role = `mapped_${randomBytes(4).toString("hex")}`;
    await using database = await server.createDatabase();
    database.sql(
      `create role ${role}; create foreign data wrapper nowhere;
       create server far foreign data wrapper nowhere options (host 'example.com', api_key '${SECRET}');
       create user mapping for ${role} server far options (password '${SECRET}')`,
      "superuser",
    );
    const store = directoryStore(directory);
    const manifest = await storedBackup(database.address("superuser"), store, { bin: server.bin, proof: "read" });
    const objects = async () => {
      await using connection = await serverAt(database.address("owner"), {}).connect();
      return (await readSchema(connection, { schemas: null })).objects;
    };
    const before = (await objects()).find(({ kind }) => kind === "foreign server");
    expect(before?.definition).toMatch(/options \(api_key=#[0-9a-f]{5}, host=example\.com\)/);
    database.sql("alter server far options (set api_key 'another')", "superuser");
    expect((await objects()).find(({ kind }) => kind === "foreign server")?.definition).not.toBe(before?.definition);
    database.sql(`drop user mapping for ${role} server far; drop role ${role}`, "superuser");

    await using into = await server.createDatabase({ owner: "superuser" });
    const { target, options } = placeOf(server, into.name, "superuser");
    const failed: unknown = await restoreInto(target, options, store, FOLDER, manifest).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "restore-failed", message: expect.stringContaining(`role "${role}" does not exist`) });
    expect(String(failed)).not.toContain(SECRET);
  });

  test("a row that breaks a rule is not quoted", async () => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql("create table person (name text not null, password text, age int check (age > 0), unique (name))");
    await using connection = await serverAt(database.address("owner"), {}).connect();
    const insert = (values: string) => connection.run(`insert into public.person values (${values})`).catch(String);
    expect(await insert(`null, '${SECRET}', 1`)).toMatch(/violates not-null constraint$/);
    expect(await insert(`'ann', '${SECRET}', -1`)).toMatch(/violates check constraint "person_age_check"$/);
    await insert("'bob', '', 1");
    expect(await insert(`'bob', '${SECRET}', 1`)).toContain("Key (name)=(bob) already exists.");
  });
});
