/** `belay init` and `belay doctor` on PostgreSQL: what is written works, and every part that can fail there is made to fail. */

import { describe, expect, test } from "vitest";

import type { PartResult } from "../../src/domain/result.ts";
import type { PostgresProduction } from "../support/production-postgres.ts";
import { EACH_POSTGRES } from "../support/productions.ts";

type Start = (typeof EACH_POSTGRES)[number][1];

async function site(start: Start, more = ""): Promise<PostgresProduction> {
  const production = await start(50);
  production.configure(`${production.target}migrate: sql\n${more}`);
  production.migration("0001_name.sql", "alter table users add column name text;");
  return production;
}

async function part(production: PostgresProduction, name: string, env: Record<string, string> = {}): Promise<PartResult | undefined> {
  const { stdout } = await production.start(["doctor", "--json"], { env }).ended;
  const { parts } = JSON.parse(stdout) as { readonly parts: readonly PartResult[] };
  return parts.find((each) => each.name === name);
}

describe.each(EACH_POSTGRES)("a database %s", { timeout: 60_000 }, (_name, start) => {
  test("gets a belay.yml from its URL, which doctor finds healthy and migrate runs", async () => {
    await using production = await start(50);
    production.migration("0001_name.sql", "alter table users add column name text;");
    const { status, result } = await production.json("init");
    expect([status, result.outcome]).toEqual([0, "written"]);
    expect(production.read("belay.yml")).toContain("    target: '${DATABASE_URL}' ");
    expect(production.read("belay.yml")).not.toContain(new URL(production.address).password);
    const before = [production.files(), production.dump(), production.beside()];
    const { result: looked } = await production.json("doctor");
    expect([looked.outcome, looked.reasons]).toEqual(["healthy", []]);
    expect(looked.parts?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["database", "rights, room", "store", "lock", "migrations", "rollback"]),
    );
    expect([production.files(), production.dump(), production.beside()], "nothing is left behind").toEqual(before);
    expect((await production.json("migrate")).result.outcome).toBe("migrated");
    expect(await part(production, "newest backup")).toMatchObject({
      outcome: "done",
      detail: expect.stringContaining("every byte as it was written"),
    });
  });

  test("that cannot be reached, or entered, is a part that failed, with what to do", async () => {
    await using production = await site(start);
    const url = new URL(production.address);
    url.password = "hunter2";
    const found = await part(production, "database", { DATABASE_URL: url.href });
    expect(found).toMatchObject({ outcome: "failed", detail: expect.stringContaining("password authentication failed") });
    expect(found?.hint).toContain("~/.pgpass");
    url.port = "1";
    expect(await part(production, "database", { DATABASE_URL: url.href })).toMatchObject({
      outcome: "failed",
      detail: expect.stringContaining("cannot be reached"),
    });
  });

  test("in which a run did not come to its end is told to need `belay recover`, typed as it stands", async () => {
    await using production = await site(start, 'app: { stop: kill -9 $PPID, start: "true" }\n');
    expect((await production.run("migrate")).signal).toBe("SIGKILL");
    expect(await part(production, "lock")).toMatchObject({ outcome: "failed", hint: "finish or undo it: `belay recover prod`" });
    expect((await production.run("recover", "prod")).status).toBe(4);
    expect(await part(production, "lock")).toMatchObject({ outcome: "done" });
  });
});
