/** What few databases have, and every copy of theirs has to have: a locale of ICU, settings of a role in the database, publications of tables. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import { takeBackup } from "../../src/engine/postgres/backup.ts";
import { discardCopy, openCopy } from "../../src/engine/postgres/copies.ts";
import { replaceTarget } from "../../src/engine/postgres/replace.ts";
import { planReplacement } from "../support/postgres/plan-replacement.ts";
import { restoreAside } from "../../src/engine/postgres/restore-aside.ts";
import { templateClone } from "../../src/engine/postgres/clone.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { backupSource, RUN } from "../support/postgres/backup-source.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

const PUBLISHED = "public|person|{id}|(id > 0)";

let directory: string;
let store: Store;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-particulars-"));
  store = directoryStore(directory);
});
afterEach(() => store.remove("prod"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each([15, 18] as const)("a database that sorts as ICU does is copied and restored as one, on %i", async (version) => {
  const server = await cluster(version);
  const name = `icu_${randomBytes(4).toString("hex")}`;
  server.psql(
    "postgres",
    `create database ${name} owner app template template0 encoding 'UTF8' locale_provider icu icu_locale 'de-u-kn-true' locale 'C'`,
  );
  try {
    server.psql(
      name,
      "set role app; create schema own; create table own.word (word text primary key); insert into own.word values ('a10'), ('a9'), ('ä1')",
    );
    const manifest = await storedBackup(server.owner(name), store, { bin: server.bin, proof: "restore" });
    await using made = await backupSource(server.owner(name), { bin: server.bin });
    const copy = await restoreAside(made.place, store, FOLDER, manifest, RUN);
    await using inside = await openCopy(made.place, copy);
    expect((await inside.rows("select word from own.word order by word")).flat()).toEqual(["ä1", "a9", "a10"]);
    const facts = `select datlocprovider, datcollate, ${version >= 17 ? "datlocale" : "daticulocale"} from pg_database where datname = `;
    expect(server.psql("postgres", `${facts} '${copy.place}'`)).toBe(server.psql("postgres", `${facts} '${name}'`));
  } finally {
    server.psql(
      "postgres",
      `select format('drop database %I with (force)', datname) from pg_database where starts_with(datname, '${name}') \\gexec`,
    );
  }
});

test.each(["superuser", "owner"] as const)(
  "settings of a role in the database stay with a superuser's copy, and are told of with an owner's: %s",
  async (as) => {
    const server = await cluster(15);
    await using database = await server.createDatabase();
    database.sql("create table person (id int primary key)");
    server.psql(
      "postgres",
      `alter role app in database ${database.name} set work_mem to '7MB'; alter role postgres in database ${database.name} set work_mem to '9MB'`,
    );
    await using made = await backupSource(database.address(as), { bin: server.bin });
    const into = { store, folder: FOLDER };
    const { clone, lacks } = await takeBackup(made.source, { run: RUN, into, proof: "restore", clone: true, observe: async () => null });
    const kept = server.psql(
      "postgres",
      `select pg_get_userbyid(setrole), setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase where datname = '${clone?.place}' order by 1`,
    );
    if (as === "superuser") {
      expect(kept).toBe("app|{work_mem=7MB}\npostgres|{work_mem=9MB}");
      expect(lacks).toEqual([]);
    } else {
      expect(kept).toBe("app|{work_mem=7MB}");
      expect(lacks).toEqual([expect.stringContaining("work_mem of the role postgres")]);
    }
  },
);

test.each([15, 18] as const)(
  "a publication of tables goes on with the tables that take their place, where schemas do, on %i",
  async (version) => {
    const server = await cluster(version);
    await using database = await server.createDatabase();
    database.sql(
      "create table public.person (id int primary key, name text); insert into public.person values (1, 'Ann'); create table public.other (id int)",
    );
    server.psql("postgres", `grant create on database ${database.name} to app`);
    database.sql("create publication people for table public.person (id) where (id > 0)");
    const place = placeOf(server, database.name, "owner", { lockDatabase: database.name });
    const run = makeRunId(new Date(), randomBytes(10));
    await using connection = await place.server.connect();
    const copy = await templateClone(place, connection, run);
    await connection[Symbol.asyncDispose]();
    database.sql("update public.person set name = 'Eve'");
    await replaceTarget(place, await planReplacement(place, copy, run), { assertOwner: async () => undefined });
    expect(database.sql("select name from public.person")).toBe("Ann");
    expect(database.sql("select schemaname, tablename, attnames, rowfilter from pg_publication_tables")).toBe(PUBLISHED);
    await discardCopy(place, copy);
  },
);
