import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BelayError } from "../../src/domain/error.ts";
import { makeRunId } from "../../src/domain/run-id.ts";
import type { ReplacementIntent } from "../../src/engine/hold.ts";
import { templateClone } from "../../src/engine/postgres/clone.ts";
import { administer, discardCopy, listCopies } from "../../src/engine/postgres/copies.ts";
import type { Place } from "../../src/engine/postgres/place.ts";
import { replaceTarget } from "../../src/engine/postgres/replace.ts";
import { planReplacement } from "../support/postgres/plan-replacement.ts";
import { letInAgain } from "../../src/engine/postgres/sessions.ts";
import {
  cluster,
  ownCluster,
  type As,
  type Cluster,
  type OwnCluster,
  type TestDatabase,
  type Version,
} from "../support/postgres/cluster.ts";
import { intercepted } from "../support/postgres/intercept.ts";
import { placeOf } from "../support/postgres/place.ts";
import type { KilledReplacement } from "../support/postgres/replace-until-killed.ts";

const OWNER = { assertOwner: async () => undefined };
const SCRIPT = join(import.meta.dirname, "../support/postgres/replace-until-killed.ts");

/** Old data in a clone, new ones in the target, and an intent to bring the old ones back. */
async function readyToReplace(place: Place, database: TestDatabase): Promise<ReplacementIntent> {
  for (const copy of await listCopies(place)) await discardCopy(place, copy);
  database.sql("drop table if exists person; create table person(name text); insert into person values ('Ann')");
  const run = makeRunId(new Date(), randomBytes(10));
  await using connection = await place.server.connect();
  const copy = await templateClone(place, connection, run);
  await connection.run("update public.person set name = 'Eve'");
  await connection[Symbol.asyncDispose]();
  return await planReplacement(place, copy, run);
}

/** What `belay recover` does of it. */
async function recover(place: Place, intent: ReplacementIntent): Promise<"replaced" | "copy-changed"> {
  {
    await using connection = await administer(place);
    await letInAgain(connection, place.database);
  }
  try {
    await replaceTarget(place, intent, OWNER);
    return "replaced";
  } catch (error) {
    if (error instanceof BelayError && error.code === "copy-changed") return "copy-changed";
    throw error;
  }
}

async function killed(place: Place, intent: ReplacementIntent, statement: number, when: KilledReplacement["when"]): Promise<boolean> {
  const { server: _, ...plain } = place;
  const told: KilledReplacement = { place: plain, intent, statement, when };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [SCRIPT], { env: { ...process.env, BELAY_TEST_REPLACE: JSON.stringify(told) } }, (error, _out, stderr) => {
      if (error === null) resolve(false);
      else if (error.signal === "SIGKILL") resolve(true);
      else reject(new Error(stderr));
    });
  });
}

function doorOf(server: Cluster, database: string): string {
  return server.psql("postgres", `select datallowconn from pg_database where datname = '${database}'`).trim();
}

describe.each<[Version, As, "swap" | "schemas", KilledReplacement["when"]]>([
  [15, "owner", "swap", "before"],
  [18, "owner", "swap", "during"],
  [18, "superuser", "schemas", "before"],
])("a replacement on PostgreSQL %i as %s, by %s, killed at each of its statements, %s it goes out", (version, as, way, when) => {
  test("old or new, nobody locked out for good, nothing lost", { timeout: 180_000 }, async () => {
    const server = await cluster(version);
    await using database = await server.createDatabase({ owner: as });
    const place = placeOf(server, database.name, as, way === "swap" ? {} : { lockDatabase: database.name });
    const ends: string[] = [];
    for (let statement = 1; ; statement++) {
      const intent = await readyToReplace(place, database);
      expect(intent.way ?? "swap").toBe(way);
      // somebody is connected, so that sessions have to be held off
      await using idle = await place.server.connect();
      const reached = await killed(place, intent, statement, when);
      await idle[Symbol.asyncDispose]();
      const end = await recover(place, intent);
      ends.push(end);
      expect(doorOf(server, database.name)).toBe("t");
      expect(database.sql("select name from person").trim()).toBe(end === "replaced" ? "Ann" : "Eve");
      if (end === "replaced") expect(keptName(server, database, intent)).toBe("Eve");
      if (!reached) break;
    }
    expect(ends.length).toBeGreaterThan(5);
    // only a copy that stood open at that moment is given up
    expect(ends.filter((end) => end === "replaced").length).toBeGreaterThan(2);
  });
});

function keptName(server: Cluster, { name, sql }: TestDatabase, { keepAs }: ReplacementIntent): string {
  const schema = keepAs.startsWith(`${name}/`) ? keepAs.slice(name.length + 1) : null;
  return (schema === null ? server.psql(keepAs, "select name from person") : sql(`select name from "${schema}".person`)).trim();
}

describe("a server that dies in the middle of a swap", () => {
  let server: OwnCluster;
  beforeAll(async () => {
    server = await ownCluster(18);
  }, 60_000);
  afterAll(async () => server[Symbol.asyncDispose]());

  test.each([
    ["before sessions are held off", /^alter database .* allow_connections false; comment/s, "before"],
    ["when sessions are held off", /^set statement_timeout/, "before"],
    ["at the renames", / rename to /, "before"],
    ["while it renames", / rename to /, "during"],
  ] as const)("%s: when it is back, everybody may enter, and it is old or new", { timeout: 60_000 }, async (_, statement, when) => {
    const database = await server.createDatabase();
    const place = placeOf(server, database.name, "owner");
    const intent = await readyToReplace(place, database);
    await using idle = await place.server.connect();
    let died = false;
    const die = async (sql: string) => {
      if (died || !statement.test(sql)) return;
      died = true;
      await server.stop("immediate");
    };
    const end = await replaceTarget(intercepted(place, { [when]: die }), intent, OWNER).then(
      () => "replaced",
      (error: unknown) => (error instanceof BelayError ? error.code : String(error)),
    );
    // what is under way may be through before the server dies
    expect(when === "during" ? ["replaced", "replacement-in-doubt"] : ["replacement-in-doubt"]).toContain(end);
    expect(died).toBe(true);
    await idle[Symbol.asyncDispose]();
    await server.start();
    expect(await recover(place, intent)).toBe("replaced");
    expect([database.sql("select name from person").trim(), doorOf(server, database.name)]).toEqual(["Ann", "t"]);
    expect(server.psql(intent.keepAs, "select name from person").trim()).toBe("Eve");
  });
});

test(
  "Belay killed while the rows of the copy are poured in: nothing of them stays, and the next attempt brings all",
  { timeout: 90_000 },
  async () => {
    const server = await cluster(18);
    await using database = await server.createDatabase();
    const place = placeOf(server, database.name, "owner", { lockDatabase: database.name });
    await readyToReplace(place, database);
    for (const copy of await listCopies(place)) await discardCopy(place, copy);
    database.sql("create table many as select g, repeat(md5(g::text), 4) as text from generate_series(1, 400000) g");
    const run = makeRunId(new Date(), randomBytes(10));
    const connection = await place.server.connect();
    const copy = await templateClone(place, connection, run);
    await connection[Symbol.asyncDispose]();
    database.sql("drop table many");
    const intent = await planReplacement(place, copy, run);
    const { server: _, ...plain } = place;
    const told: KilledReplacement = { place: plain, intent, statement: 1_000, when: "before" };
    const child = spawn(process.execPath, [SCRIPT], { env: { ...process.env, BELAY_TEST_REPLACE: JSON.stringify(told) }, stdio: "ignore" });
    const ended = once(child, "exit");
    const sessions = (condition: string) =>
      server
        .psql(
          "postgres",
          `select count(*) from pg_stat_activity where datname = '${database.name}' and application_name = 'belay-${run}' and ${condition}`,
        )
        .trim();
    await expect.poll(() => sessions("query ~* '^copy .* from stdin'"), { timeout: 30_000, interval: 5 }).toBe("1");
    child.kill("SIGKILL");
    await ended;
    await expect.poll(() => sessions("true"), { timeout: 10_000 }).toBe("0");
    expect(database.sql("select to_regclass('many') is null, count(*) from pg_namespace where nspname ~ '_belay_f_'").trim()).toBe("t|0");
    expect(await recover(place, intent)).toBe("replaced");
    expect(database.sql("select count(*) from many").trim()).toBe("400000");
  },
);
