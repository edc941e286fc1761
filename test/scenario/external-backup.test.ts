/** A run whose durable backup is made by the team's own program (`backup.external`): the proof is theirs, the way back is still a clone. */

import { describe, expect, test } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import type { Production } from "../support/production.ts";
import { EACH_VERSION, type Start } from "../support/productions.ts";
import { APPLICATION } from "../support/workplace.ts";

/** A program that keeps copies elsewhere and knows which it has, as a provider's snapshots do. */
const COPIES = {
  sqlite: 'sqlite3 "$BELAY_DATABASE_PATH" ".backup snapshots/$BELAY_BACKUP.db"',
  postgres: 'pg_dump --format=custom --file="snapshots/$BELAY_BACKUP.db" "$BELAY_DATABASE_URL"',
};
const program = (copy: string) => `#!/bin/sh
set -e
mkdir -p snapshots
case "$1" in
  create) ${copy}; echo "$BELAY_TARGET" > snapshots/$BELAY_BACKUP.of ;;
  check) test -s "snapshots/$BELAY_BACKUP.db" || { echo "no snapshot $BELAY_BACKUP"; exit 1; } ;;
esac
`;
const BACKUP = "backup:\n  external: { create: ./snapshot create, check: ./snapshot check }\n";
const FAILING = "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n";

async function site(start: Start, more = "", backup = BACKUP): Promise<Production> {
  const made = await start(200);
  made.write("snapshot", program(COPIES[made.engine]));
  made.configure(`${made.target}migrate: sql\n${APPLICATION}${backup}${more}`);
  made.migration("0001_visit.sql", "create table visit (at text);\nupdate users set display_name = 'nobody';\n");
  return made;
}

const idOf = ({ targets }: Result) => targets[0]?.backup?.id ?? "";

describe.each(EACH_VERSION)("a run with `backup.external` on a database %s", { timeout: 60_000 }, (_name, start) => {
  test("relies on that backup before anything is stopped, says whose proof it is, and makes a clone of its own", async () => {
    await using at = await site(start);
    const { status, result } = await at.json("migrate");
    expect([status, result.outcome]).toEqual([0, "migrated"]);
    const names = result.targets[0]?.steps.map(({ name }) => name);
    expect(names).toEqual(["backup", "stop", "clone", "migrate", "verify", "start", "settle"]);
    expect(result.targets[0]?.backup).toMatchObject({ proof: "external", sizeBytes: 0 });
    expect(at.files("snapshots")).toEqual([`${idOf(result)}.db`, `${idOf(result)}.of`]);
    expect(at.read(`snapshots/${idOf(result)}.of`)).toBe("app\n");
    const { stdout } = await at.run("backups");
    expect(stdout).toContain("made and checked by your own commands, not by Belay");
  });

  test.each([
    ["create", "backup: { external: { create: 'false', check: ./snapshot check } }\n", "backup.external.create"],
    ["check", "backup: { external: { check: ./snapshot check } }\n", "backup.external.check"],
  ])("is refused, with nothing stopped or changed, where `%s` fails", async (_which, backup, place) => {
    await using at = await site(start, "", backup);
    const { status, result } = await at.json("migrate");
    expect(status).toBe(3);
    expect(result.reasons[0]).toMatchObject({ code: "backup-failed", hint: expect.stringContaining(place) });
    expect(at.applicationLog()).toEqual([]);
    expect(await at.state()).toEqual(at.oldState);
    expect((await at.json("backups")).result.backups).toEqual([]);
  });

  test("goes back by the clone when the verification fails", async () => {
    await using at = await site(start, FAILING);
    const { status, result } = await at.json("migrate");
    expect(status).toBe(4);
    expect(result.targets[0]?.rollback).toMatchObject({ strategy: "swap", matches: true });
    expect(await at.state()).toEqual(at.oldState);
  });

  test("goes back by the clone when somebody asks for it, and says what to do once the clone is gone", async () => {
    await using at = await site(start);
    await at.run("migrate");
    const after = at.dump();
    at.loseClones();
    const lost = await at.json("rollback");
    expect(lost.status).toBe(3);
    expect(lost.result.reasons[0]).toMatchObject({
      code: "before-state-lost",
      message: expect.stringContaining("your own backup"),
      hint: expect.stringContaining("with the program that made it"),
    });
    expect(at.dump()).toBe(after);
  });

  test("can be taken back within the time that the clone is kept", async () => {
    await using at = await site(start);
    await at.run("migrate");
    const { status, result } = await at.json("rollback");
    expect([status, result.targets[0]?.rollback?.matches]).toEqual([0, true]);
    expect(await at.state()).toEqual(at.oldState);
  });

  test("its record is refused wherever a backup of Belay's is needed", async () => {
    await using at = await site(start);
    const { result } = await at.json("migrate");
    for (const command of [
      ["rollback", "--backup", idOf(result), "--accept-loss"],
      ["restore", idOf(result), "--into", at.fresh().url],
      ["migrate", "--backup", idOf(result), "--again", "try"],
    ]) {
      at.migration("0002_more.sql", "create table more (a);\n");
      const refused = await at.json(...command);
      expect([refused.status, refused.result.reasons[0]?.code]).toEqual([3, "backup-external"]);
    }
    expect(at.isThere(at.fresh().database)).toBe(false);
  });

  test("with keys that say how Belay's own backup is made is refused, each by its line", async () => {
    await using at = await site(start, "", "backup:\n  when: before\n  proof: read\n  clone: never\n  external: { check: 'true' }\n");
    const { status, stderr } = await at.run("plan");
    expect(status).toBe(2);
    for (const key of ["when says", "proof says", "an external backup needs the copy"]) expect(stderr).toContain(key);
  });
});
