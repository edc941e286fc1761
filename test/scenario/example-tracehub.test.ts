/** examples/tracehub, line by line: four Alembic revisions on PostgreSQL, and everything that their runbook fears. */

import { describe, expect, test } from "vitest";

import { TOKEN, Tracehub } from "../support/tracehub.ts";

const ALL = ["003", "004", "005", "006"];
const VERSIONS = "backend/alembic/versions";
const DATA = `${VERSIONS}/20260106_0005_migrate_data_to_vibotaj_org.py`;
const ORGANIZATIONS = "/api/v1/organizations";

describe("examples/tracehub", { timeout: 180_000 }, () => {
  test("migrates a database of a real size: each revision has its time, every check holds, and the token stands nowhere", async () => {
    await using tracehub = await Tracehub.start(12_000);
    expect(await tracehub.api(ORGANIZATIONS)).toBe(500);
    expect(await tracehub.pending()).toEqual(ALL);
    const { status, stdout, stderr } = await tracehub.run("migrate", "--json");
    const result = JSON.parse(stdout);
    const [target] = result.targets;
    expect({ status, reasons: result.reasons, proven: target.data?.proven }).toEqual({ status: 0, reasons: [], proven: true });
    expect(
      target.data?.tables.filter(({ record }: { record?: true }) => record === true).map(({ name }: { name: string }) => name),
    ).toEqual(["alembic_version"]);
    expect(target.applied.map(({ id }: { id: string }) => id)).toEqual(ALL);
    for (const { durationMs } of target.applied) expect(durationMs).toBeGreaterThan(0);
    expect(target.checks.filter(({ passed }: { passed: boolean }) => !passed)).toEqual([]);
    expect(target.checks.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        "rows without an organisation",
        "foreign keys to organizations",
        "indexes with organization_id",
        "owners of shipments",
      ]),
    );
    expect(await tracehub.api(ORGANIZATIONS)).toEqual([{ name: "VIBOTAJ", shipments: 12_000 }]);
    expect(result.checklist).toContain("Create a shipment");
    expect(stdout + stderr).not.toContain(TOKEN);
    expect(tracehub.filesWith(TOKEN)).toEqual([]);
    expect((await tracehub.json("migrate")).result.outcome).toBe("up-to-date");

    // restore_from_backup.sh
    const back = await tracehub.json("rollback", "prod");
    expect([back.status, back.result.targets[0]?.rollback?.matches]).toEqual([0, true]);
    expect(await tracehub.pending()).toEqual(ALL);
    expect(await tracehub.api("/api/v1/shipments")).toEqual({ total: 12_000 });
  });

  test("005 leaves NULLs: undone, and the report names the table and how many rows", async () => {
    await using tracehub = await Tracehub.start();
    const before = tracehub.dump();
    tracehub.change(
      DATA,
      '    for table in OWNED:\n        connection.execute(text(f"update',
      '    for table in OWNED[:1] + OWNED[2:]:\n        connection.execute(text(f"update',
    );
    const { status, result } = await tracehub.json("migrate");
    expect([status, result.outcome, result.targets[0]?.applied]).toMatchObject([4, "undone", [{ id: "003" }, { id: "004" }]]);
    expect(result.reasons[0]?.message).toContain("applying 005");
    expect(result.reasons[0]?.message).toContain("organization_id is NULL in shipments: 600 rows");
    expect(tracehub.dump()).toBe(before);
    expect(await tracehub.api("/api/v1/shipments")).toEqual({ total: 600 });
    expect((await tracehub.json("migrate")).result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
  });

  test("006 fails on a foreign key as 005 was incomplete: undone to 005; back to 004, mended, and on to the end", async () => {
    await using tracehub = await Tracehub.start();
    const mended = tracehub.read(DATA);
    const broken = 'connection.execute(text("update documents set organization_id = 999 where id > 1700"))';
    tracehub.change(DATA, "    missing = {}\n", `    ${broken}\n    missing = {}\n`);
    tracehub.change("belay.yml", / {8}- name: rows without[^]*?(?= {8}- \{ name: no shipment)/, ""); // what holds at the end does not after 005
    tracehub.change("belay.yml", "body: { matches: VIBOTAJ }", "body: { matches: name }");
    expect((await tracehub.json("migrate", "--to", "005")).status).toBe(0);
    const halfway = tracehub.dump();
    const failed = await tracehub.json("migrate");
    expect([failed.status, failed.result.outcome]).toEqual([4, "undone"]);
    expect(failed.result.reasons[0]?.message).toMatch(
      /applying 006[^]*Key \(organization_id\)=\(999\) is not present in table "organizations"/,
    );
    expect(tracehub.dump()).toBe(halfway);

    const down = await tracehub.json("rollback", "prod", "--strategy", "downgrade", "--to", "004", "--accept-loss");
    expect([down.status, down.result.reasons]).toEqual([0, []]);
    expect(await tracehub.pending()).toEqual(["005", "006"]);
    tracehub.write(DATA, mended);
    const again = await tracehub.json("migrate");
    expect([again.status, again.result.reasons]).toEqual([0, []]);
    expect(tracehub.sql("select count(*) from documents where organization_id = 999")).toBe("0");
    expect(await tracehub.api(ORGANIZATIONS)).toEqual([{ name: "VIBOTAJ", shipments: 600 }]);
  });

  test("alembic's own way down to 002, and the full restore, both end where the database was", async () => {
    await using tracehub = await Tracehub.start();
    const before = tracehub.dump();
    expect((await tracehub.json("migrate")).status).toBe(0);
    const down = await tracehub.json("rollback", "prod", "--strategy", "downgrade", "--to", "002", "--accept-loss");
    expect([down.status, down.result.reasons]).toEqual([0, []]);
    expect(down.result.targets[0]?.rollback).toMatchObject({ strategy: "downgrade", matches: true });
    expect(contentOf(tracehub.dump())).toEqual(contentOf(before));

    expect((await tracehub.json("migrate", "--again", "once more, for the restore")).status).toBe(0);
    const restored = await tracehub.json("rollback", "prod", "--strategy", "restore");
    expect([restored.status, restored.result.targets[0]?.rollback]).toMatchObject([0, { strategy: "restore", matches: true }]);
    expect(contentOf(tracehub.dump())).toEqual(contentOf(before));
  });

  test("a database without its address for Alembic: the variable is named", async () => {
    await using tracehub = await Tracehub.start();
    tracehub.change("backend/alembic/env.py", 'os.environ["DATABASE_URL"]', 'os.environ["TRACEHUB_DB"]');
    const { status, result } = await tracehub.json("migrate");
    expect(status).not.toBe(0);
    expect(result.reasons[0]).toMatchObject({ code: "variable-missing", message: expect.stringContaining("KeyError: 'TRACEHUB_DB'") });
    expect(await tracehub.pending()).toEqual(ALL);
  });
});

/** Rows in any order, as those that were updated lie elsewhere; and no sequences, which are not taken back by a way down. */
function contentOf(dump: string): readonly string[] {
  return dump
    .split("\n")
    .filter((line) => !line.startsWith("SELECT pg_catalog.setval"))
    .toSorted();
}
