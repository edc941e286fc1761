/** The servers that the tests stand on. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { cluster, ownCluster } from "../support/postgres/cluster.ts";
import { postmasterPid, type ServerFacts } from "../support/postgres/server.ts";

describe.each([15, 18] as const)("PostgreSQL %i", (version) => {
  it("is one server for all who ask", async () => {
    const [first, second] = await Promise.all([cluster(version), cluster(version)]);
    expect(second.facts).toEqual(first.facts);
    expect(first.psql("postgres", "show server_version_num")).toMatch(new RegExp(`^${version}\\d{4}$`));
  });

  it("gives a database to an ordinary role that can create more, and takes the copies of it away again", async () => {
    const server = await cluster(version);
    const database = await server.createDatabase();
    expect(database.sql("select current_user, rolsuper, rolcreatedb from pg_roles where rolname = current_user")).toBe("app|f|t");
    database.sql(`create database "${database.name}_belay_c_0123456789"`);
    await database[Symbol.asyncDispose]();
    expect(server.psql("postgres", `select count(*) from pg_database where datname like '${database.name}%'`)).toBe("0");
  });

  it("wants a password, and lets nobody in without", async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: "superuser" });
    const { facts } = server;
    const wrong = Object.assign(Object.create(Object.getPrototypeOf(server) as object) as typeof server, {
      facts: { ...facts, password: "wrong" },
    });
    expect(() => wrong.psql(database.name, "select 1")).toThrow(/password authentication failed/);
  });

  it("stops, is killed and starts again where it was", async () => {
    await using own = await ownCluster(version, { settings: { max_connections: "17" } });
    expect(own.psql("postgres", "show max_connections")).toBe("17");
    expect(own.psql("postgres", "show fsync")).toBe("on");
    for (const mode of ["fast", "immediate", "kill"] as const) {
      await own.stop(mode);
      expect(() => own.psql("postgres", "select 1")).toThrow(/refused/);
      await own.start();
      expect(own.psql("postgres", "select 1")).toBe("1");
    }
  });
});

it("is gone when the process that asked for it was killed", async () => {
  const script = `
    const { ownCluster } = await import(${JSON.stringify(join(import.meta.dirname, "../support/postgres/cluster.ts"))});
    const own = await ownCluster(15);
    console.log(JSON.stringify(own.facts));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [told] = (await once(child.stdout, "data")) as [Buffer];
  const facts = JSON.parse(told.toString()) as ServerFacts;
  const pid = postmasterPid(facts) ?? 0;
  expect(pid).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await expect.poll(() => existsSync(facts.directory), { timeout: 10_000 }).toBe(false);
  await sleep(10);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});
