/** What was set on a database may be a secret: its backup has it, and the manifest, which nobody encrypts, has not. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import { readDatabaseSettings } from "../../src/engine/postgres/database-settings.ts";
import { restoreInto } from "../../src/engine/postgres/restore-into.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { encryptedStore } from "../../src/store/age/encrypted.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { Store } from "../../src/store/store.ts";
import { cluster, type Cluster } from "../support/postgres/cluster.ts";
import { FOLDER, storedBackup } from "../support/postgres/stored-backup.ts";

const SECRET = "top'secret\\with :words";
const SETTINGS = `create table person (id int primary key); insert into person values (1);
  do $do$ begin
    execute format('alter database %I set app.jwt_secret to %L', current_database(), $x$${SECRET}$x$);
    execute format('alter database %I set search_path to app, "Mixed Case", public', current_database());
    execute format('alter role current_user in database %I set app.role to %L', current_database(), 'for one role');
  end $do$`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "belay-settings-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const variablesOf = async (address: string) => {
  await using connection = await serverAt(address, {}).connect();
  return (await readDatabaseSettings(connection)).variables;
};

async function restored(server: Cluster, store: Store, manifest: Manifest) {
  const name = `${manifest.engineFacts["database"] as string}_back`;
  const address = server.superuser(name);
  const options = {
    variables: { PATH: `${server.bin}:/usr/bin:/bin` },
    scratch: null,
    mayLack: [],
    lockDatabase: null,
    lockTimeoutMs: 5_000,
  };
  try {
    await restoreInto({ name, engine: "postgres", address, configured: `postgres://…/${name}` }, options, store, FOLDER, manifest);
    return await variablesOf(address);
  } finally {
    server.psql("postgres", `drop database if exists ${name}`);
  }
}

describe.each([15, 18] as const)("a database with settings of its own on PostgreSQL %i", (version) => {
  test("comes back with them, and its manifest does not hold them", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: "superuser" });
    database.sql(SETTINGS);
    const store = directoryStore(directory);
    const manifest = await storedBackup(database.address("superuser"), store, { bin: server.bin });
    expect(manifest.files.map(({ name }) => name)).toEqual(["database.dump.zst", "settings.sql"]);
    expect(JSON.stringify(manifest)).not.toContain("secret");
    const variables = await variablesOf(database.address("superuser"));
    expect(variables).toContainEqual({ role: null, name: "app.jwt_secret", value: SECRET });
    expect(await restored(server, store, manifest)).toEqual(variables);
  });

  test("comes back with them by the manifest's own commands", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: "superuser" });
    database.sql(SETTINGS);
    const manifest = await storedBackup(database.address("superuser"), directoryStore(directory), { bin: server.bin });
    const name = `${database.name}_restored`;
    const env = {
      PATH: `${server.bin}:/usr/bin:/bin`,
      PGHOST: "127.0.0.1",
      PGPORT: String(server.port),
      PGUSER: server.role("superuser"),
      PGPASSWORD: server.password,
    };
    try {
      execFileSync("sh", ["-e", "-c", manifest.restore.join("\n")], { cwd: join(directory, FOLDER), env, stdio: "pipe" });
      expect(await variablesOf(server.superuser(name))).toEqual(await variablesOf(database.address("superuser")));
    } finally {
      server.psql("postgres", `drop database if exists ${name}`);
    }
  });

  test("has them encrypted where the store encrypts, and refuses them where they were altered", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: "superuser" });
    database.sql(SETTINGS);
    const identity = await generateIdentity();
    const store = encryptedStore(directoryStore(directory), {
      recipients: [await identityToRecipient(identity)],
      identities: async () => [identity],
    });
    const manifest = await storedBackup(database.address("superuser"), store, { bin: server.bin });
    const folder = join(directory, FOLDER);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file)).includes("secret")).toBe(false);
    expect(await restored(server, store, manifest)).toEqual(await variablesOf(database.address("superuser")));
    const files = manifest.files.map((file) => (file.name === "settings.sql.age" ? { ...file, sha256: "0".repeat(64) } : file));
    await expect(restored(server, store, { ...manifest, files })).rejects.toMatchObject({ code: "backup-damaged" });
  });
});
