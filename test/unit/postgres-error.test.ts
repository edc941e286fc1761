/** Every way not to get in is one sentence and one hint, and nothing was changed. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { BelayError } from "../../src/domain/error.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, ownCluster, type Cluster, type OwnCluster } from "../support/postgres/cluster.ts";
import { pgbouncer } from "../support/postgres/pgbouncer.ts";
import { serverUser } from "../support/postgres/programs.ts";
import { postgresOptions, postgresTarget } from "../support/postgres/target.ts";

async function refusalOf(address: string): Promise<BelayError> {
  try {
    await using _ = await serverAt(address, { HOME: "/nowhere" }).connect();
  } catch (error) {
    return error as BelayError;
  }
  throw new Error("it got in");
}

/** One sentence, one hint, and never the password. */
function expectRefusal(error: BelayError, code: string): void {
  expect(error).toMatchObject({ kind: "refused", code, hint: expect.stringMatching(/\w/) });
  expect(error.message).not.toMatch(/\n/);
}

/** A server that says no at the first word, and in which way. */
async function saying(sqlstate: string, message: string): Promise<AsyncDisposable & { readonly address: string }> {
  const fields = `SFATAL\0VFATAL\0C${sqlstate}\0M${message}\0\0`;
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(4 + Buffer.byteLength(fields), 1);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.concat([head, Buffer.from(fields)])));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `postgres://u:geheim@127.0.0.1:${port}/d?sslmode=disable`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

test.each([
  ["57P03", "the database system is starting up", "server-starting"],
  ["57P03", "the database system is shutting down", "server-starting"],
  ["53300", "sorry, too many clients already", "too-many-connections"],
  ["28000", 'no pg_hba.conf entry for host "1.2.3.4"', "login-refused"],
  ["XX000", "something nobody thought of", "server-unreachable"],
])("%s %s", async (sqlstate, message, code) => {
  await using server = await saying(sqlstate, message);
  const error = await refusalOf(server.address);
  expectRefusal(error, code);
  expect(error.message).toContain(message);
  expect(error.facts).toMatchObject({ sqlstate });
  expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain("geheim");
});

test("nobody there, no such name, no such socket, no answer", async () => {
  expectRefusal(await refusalOf("postgres://u:p@127.0.0.1:1/d"), "server-unreachable");
  expectRefusal(await refusalOf("postgres://u:p@no.host.invalid/d"), "server-unreachable");
  expectRefusal(await refusalOf("postgres://u:p@/d?host=/nowhere"), "server-unreachable");
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const began = performance.now();
  expectRefusal(
    await refusalOf(`postgres://u:p@127.0.0.1:${(silent.address() as AddressInfo).port}/d?connect_timeout=2`),
    "server-unreachable",
  );
  expect(performance.now() - began).toBeLessThan(10_000);
  silent.close();
});

describe.each([15, 18] as const)("PostgreSQL %s", (version) => {
  let server: Cluster;
  beforeAll(async () => void (server = await cluster(version)));

  test("a wrong password, none, a role that is not, a database that is not", async () => {
    expectRefusal(await refusalOf(server.addressOf("app", "postgres", "wrong")), "login-refused");
    expectRefusal(await refusalOf(`postgres://app@127.0.0.1:${server.port}/postgres`), "login-refused");
    expectRefusal(await refusalOf(server.addressOf("nobody", "postgres")), "login-refused");
    expectRefusal(await refusalOf(server.owner("no_such_database")), "target-missing");
  });

  test("a database that lets this role not in, nobody in, no more in", async () => {
    await using database = await server.createDatabase({ owner: "superuser" });
    const address = database.address("owner");
    server.psql("postgres", `revoke connect on database "${database.name}" from public`);
    expectRefusal(await refusalOf(address), "login-refused");
    server.psql("postgres", `grant connect on database "${database.name}" to public; alter database "${database.name}" connection limit 0`);
    expectRefusal(await refusalOf(address), "too-many-connections");
    server.psql("postgres", `alter database "${database.name}" allow_connections false`);
    expectRefusal(await refusalOf(address), "target-closed");
    server.psql("postgres", `alter database "${database.name}" allow_connections true connection limit -1`);
    await (await serverAt(address, {}).connect())[Symbol.asyncDispose]();
  });

  test("a pool that mixes sessions up is refused; one that keeps them apart is not", async () => {
    await using database = await server.createDatabase();
    const at = (port: number) => database.address("owner").replace(`:${server.port}/`, `:${port}/`);
    await using mixing = await pgbouncer(server, "transaction");
    expectRefusal(await refusalOf(at(mixing.port)), "pooled-connection");
    await using keeping = await pgbouncer(server, "session");
    await using connection = await serverAt(at(keeping.port), {}).connect();
    expect(await connection.rows("select 1")).toEqual([["1"]]);
  });

  test("a standby can be looked at, and is not worked on", async () => {
    await using own = await ownCluster(version);
    await own.stop("fast");
    const signal = join(own.facts.directory, "data", "standby.signal");
    writeFileSync(signal, "");
    await own.start();
    const target = postgresTarget(own.superuser("postgres"));
    const engine = postgresEngine(postgresOptions());
    await using view = await engine.open(target);
    expect((await view.session.query("select 1")).rows).toEqual([[1]]);
    const refused = { kind: "refused", code: "target-read-only", message: expect.stringContaining("standby") };
    await expect(engine.hold(target, 100)).rejects.toMatchObject(refused);
  });
});

describe("TLS", () => {
  let own: OwnCluster;
  let folder: string;
  const file = (name: string) => join(folder, name);
  const openssl = (...options: readonly string[]) => execFileSync("openssl", options, { stdio: "ignore", cwd: folder });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "belay-tls-"));
    chmodSync(folder, 0o755);
    for (const name of ["server", "other"])
      openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.crt`,
      );
    const { uid, gid } = serverUser();
    chownSync(file("server.key"), uid, gid);
    chmodSync(file("server.key"), 0o600);
    own = await ownCluster(15, {
      settings: { ssl: "on", ssl_cert_file: `'${file("server.crt")}'`, ssl_key_file: `'${file("server.key")}'` },
    });
  });
  afterAll(async () => {
    await own[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const at = (host: string, query: string) => `${own.superuser("postgres").replace("127.0.0.1", host)}?${query}`;
  const isEncrypted = async (address: string) => {
    await using connection = await serverAt(address, { HOME: folder }).connect();
    return (await connection.rows("select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()"))[0]?.[0] === "t";
  };

  test.each([
    ["disable", "127.0.0.1", false],
    ["allow", "127.0.0.1", false],
    ["prefer", "127.0.0.1", true],
    ["require", "127.0.0.1", true],
    ["verify-ca", "127.0.0.1", true],
    ["verify-full", "localhost", true],
  ])("sslmode=%s to %s: encrypted %s", async (mode, host, encrypted) => {
    expect(await isEncrypted(at(host, `sslmode=${mode}&sslrootcert=${file("server.crt")}`))).toBe(encrypted);
  });

  test("a certificate of another name, of another authority, and none to hold it against are refused", async () => {
    expectRefusal(await refusalOf(at("127.0.0.1", `sslmode=verify-full&sslrootcert=${file("server.crt")}`)), "tls-refused");
    expectRefusal(await refusalOf(at("localhost", `sslmode=verify-full&sslrootcert=${file("other.crt")}`)), "tls-refused");
    expectRefusal(await refusalOf(at("localhost", `sslmode=verify-ca&sslrootcert=${file("other.crt")}`)), "tls-refused");
    expectRefusal(await refusalOf(at("localhost", "sslmode=verify-full")), "tls-refused");
    expectRefusal(await refusalOf(at("localhost", "sslrootcert=system")), "tls-refused");
  });

  test("hostaddr leads there, and the name is the one that is held against the certificate", async () => {
    expect(await isEncrypted(at("localhost", `hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=${file("server.crt")}`))).toBe(true);
    expectRefusal(
      await refusalOf(at("elsewhere.example", `hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=${file("server.crt")}`)),
      "tls-refused",
    );
  });

  test("a key that others may read is not used", async () => {
    chmodSync(file("other.key"), 0o644);
    expectRefusal(
      await refusalOf(at("localhost", `sslmode=require&sslcert=${file("other.crt")}&sslkey=${file("other.key")}`)),
      "tls-refused",
    );
  });
});

test("where sessions only read because a setting says so, the setting is named before another server", async () => {
  const server = await cluster(15);
  await using database = await server.createDatabase();
  server.psql("postgres", `alter database "${database.name}" set default_transaction_read_only to on`);
  await using connection = await serverAt(database.address("owner"), { HOME: "/nowhere" }).connect();
  await expect(connection.run("create table public.person (id int)")).rejects.toMatchObject({
    code: "target-read-only",
    hint: expect.stringMatching(/^set `default_transaction_read_only` off/),
  });
});
