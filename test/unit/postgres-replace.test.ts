import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId, type RunId } from "../../src/domain/run-id.ts";
import { templateClone } from "../../src/engine/postgres/clone.ts";
import { discardCopy, listCopies, openCopy } from "../../src/engine/postgres/copies.ts";
import type { Place } from "../../src/engine/postgres/place.ts";
import { replaceTarget } from "../../src/engine/postgres/replace.ts";
import { planReplacement } from "../../src/engine/postgres/replacement.ts";
import { letInAgain } from "../../src/engine/postgres/sessions.ts";
import type { Copy } from "../../src/engine/engine.ts";
import { cluster, type As, type Cluster, type TestDatabase, type Version } from "../support/postgres/cluster.ts";
import { placeOf } from "../support/postgres/place.ts";

const OWNER = { assertOwner: async () => undefined };

describe.each<[Version, As]>([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
])("a swap on PostgreSQL %i as %s", (version, as) => {
  let server: Cluster;
  let database: TestDatabase;
  let place: Place;
  let run: RunId;

  beforeEach(async () => {
    server = await cluster(version);
    database = await server.createDatabase({ owner: as });
    database.sql("create table person(id int primary key, name text); insert into person values (1, 'Ann')");
    server.psql(
      "postgres",
      `comment on database "${database.name}" is 'the shop''s \\ data'; alter database "${database.name}" set work_mem to '5MB'`,
    );
    place = placeOf(server, database.name, as);
    run = makeRunId(new Date(), randomBytes(10));
  });
  afterEach(async () => database[Symbol.asyncDispose]());

  const clone = async (): Promise<Copy> => {
    await using connection = await place.server.connect();
    return await templateClone(place, connection, run);
  };
  const migrated = async (): Promise<Copy> => {
    const copy = await clone();
    database.sql("update person set name = 'Eve'");
    return copy;
  };
  const name = () => database.sql("select name from person").trim();
  const openDoors = () => server.psql("postgres", `select datallowconn from pg_database where datname = '${database.name}'`).trim();
  const comment = () =>
    server.psql("postgres", `select shobj_description(oid, 'pg_database') from pg_database where datname = '${database.name}'`).trim();

  test("brings the old data back with the database's settings, keeps the failed ones, and may be repeated", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    expect(intent).toMatchObject({ strategy: "swap", way: null, keepAs: `${database.name}_belay_f_${run.slice(-10)}` });
    await replaceTarget(place, intent, OWNER);
    await replaceTarget(place, intent, OWNER);
    expect([name(), openDoors(), comment()]).toEqual(["Ann", "t", "the shop's \\ data"]);
    expect(database.sql("show work_mem").trim()).toBe("5MB");
    expect(server.psql(intent.keepAs, "select name from person").trim()).toBe("Eve");
    const [kept, ...others] = await listCopies(place);
    expect([kept, others]).toMatchObject([{ kind: "failed", place: intent.keepAs, runSuffix: run.slice(-10) }, []]);
    if (kept === undefined) throw new Error("the failed database is kept");
    await discardCopy(place, kept);
    await discardCopy(place, kept);
    expect(await listCopies(place)).toEqual([]);
  });

  test("turns clients away for less than a tenth of a second, and ends only idle sessions of others", async () => {
    const intent = await planReplacement(place, await migrated(), run);
    await using clients = new Clients(database.address(as));
    await clients.running();
    await replaceTarget(place, intent, OWNER);
    await pause(300);
    const { longestGapMs } = await clients.end();
    expect(name()).toBe("Ann");
    expect(longestGapMs).toBeLessThan(100);
  });

  test("a copy that somebody opened is no longer what was proven; one that only Belay read is", async () => {
    const copy = await migrated();
    const intent = await planReplacement(place, copy, run);
    {
      await using inside = await openCopy(place, copy);
      expect(await inside.rows("select name from public.person")).toEqual([["Ann"]]);
    }
    await planReplacement(place, copy, run);
    server.psql("postgres", `alter database "${copy.place}" allow_connections true`);
    for (const act of [() => planReplacement(place, copy, run), () => replaceTarget(place, intent, OWNER), () => openCopy(place, copy)])
      await expect(act()).rejects.toMatchObject({ code: "copy-changed" });
    server.psql("postgres", `alter database "${copy.place}" allow_connections false`);
    await expect(planReplacement(place, copy, run)).rejects.toMatchObject({ code: "copy-changed" });
    expect([name(), openDoors()]).toEqual(["Eve", "t"]);
  });
});

/** Clients of an application: one that connects again and again, and one that stays and comes back when it is ended. */
class Clients implements AsyncDisposable {
  readonly #address: string;
  #ending = false;
  #longestGapMs = 0;
  readonly #loops: Promise<void>[];
  #connected = 0;

  constructor(address: string) {
    this.#address = address;
    this.#loops = [this.#again(0), this.#again(10_000)];
  }

  async running(): Promise<void> {
    while (this.#connected < 5) await pause(5);
  }

  async end(): Promise<{ readonly longestGapMs: number }> {
    this.#ending = true;
    await Promise.all(this.#loops);
    return { longestGapMs: this.#longestGapMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #again(stayMs: number): Promise<void> {
    let refusedSince: number | null = null;
    while (!this.#ending) {
      const began = performance.now();
      const client = new Client({ connectionString: this.#address });
      const lost = new Promise<void>((resolve) => client.on("error", () => resolve()));
      try {
        await client.connect();
        await client.query("select 1");
        this.#connected++;
        if (refusedSince !== null) this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - refusedSince);
        refusedSince = null;
        const until = performance.now() + stayMs;
        while (!this.#ending && performance.now() < until && (await Promise.race([lost.then(() => false), pause(20, true)])));
      } catch {
        refusedSince ??= began;
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}

void letInAgain;
