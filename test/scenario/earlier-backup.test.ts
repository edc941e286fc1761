/** A run whose durable backup is older than its downtime: by `backup.when: before`, or by `--backup ID`. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import type { Manifest } from "../../src/domain/backup.ts";
import type { Production } from "../support/production.ts";
import { EACH_SURROUNDING } from "../support/productions.ts";
import { bookingDatabase, Project } from "../support/project.ts";
import type { Workplace } from "../support/workplace.ts";

/** The application's last writes come after the backup and before it is stopped. */
const LAST_WRITE = "insert into setting values ('written', 'before the stop') on conflict do nothing";
const APP = `app:
  prepare: echo prepare >> app.log
  stop: ./sql "${LAST_WRITE}" && echo stop >> app.log
  start: echo start >> app.log
  previous: echo previous >> app.log
`;
const SETTINGS = "select count(*) from setting";
const FAILING = "checks: { after: [{ name: never, sql: select 1, expect: 0 }] }\n";
/** The clone is gone or changed when the verification fails. */
const losing = (harm: string) => `checks: { after: [{ name: never, command: "${harm}; false" }] }\n`;

function configure(project: Workplace & { readonly target: string }, more = "", backup = "backup: { when: before }\n"): void {
  project.configure(`${project.target}migrate: sql\n${APP}${backup}${more}`);
  project.migration("0001_visit.sql", "create table visit (at text);\nalter table users add column role text;\n");
}

const steps = ({ targets }: Result) => targets[0]?.steps.map(({ name, outcome }) => [name, outcome]);
const done = (...names: string[]) => names.map((name) => [name, "done"]);
const settingsIn = (project: { sql(script: string, database: string): string }, database: string) =>
  Number(project.sql(SETTINGS, database));

/** What a backup brings back when it is restored into an empty place. */
async function settingsBackedUp(production: Production, { targets }: Result): Promise<number> {
  const { url, database } = production.fresh();
  const { status, stderr } = await production.run("restore", targets[0]?.backup?.id ?? "", "prod", "--into", url);
  expect(status, stderr).toBe(0);
  return settingsIn(production, database);
}

describe.each(EACH_SURROUNDING)("a database %s with `backup.when: before`", { timeout: 60_000 }, (_name, start) => {
  test("is backed up and proven before the downtime, and its before-state is the clone that is made after the stop", async () => {
    await using production = await start();
    configure(production, "data: { may-change: [visit] }\n");
    const { status, result } = await production.json("migrate");
    expect(result.reasons).toEqual([]);
    expect(status).toBe(0);
    expect(steps(result)).toEqual(done("backup", "prepare", "stop", "clone", "migrate", "verify", "start", "settle"));
    expect(result.targets[0]?.backup?.proof).toBe("restored");
    expect(await settingsBackedUp(production, result)).toBe(2);
    const table = result.targets[0]?.data?.tables.find(({ name }) => name === "setting");
    expect(table).toMatchObject({ rowsBefore: 3, rowsAfter: 3, added: 0, removed: 0, changed: 0 });
    expect(result.targets[0]).toMatchObject({ undisturbed: true, data: { proven: true } });
  });

  test("goes back to what it was when the application had stopped, not to the backup", async () => {
    await using production = await start();
    configure(production, FAILING);
    const { status, result } = await production.json("migrate");
    expect([status, result.targets[0]?.rollback?.matches]).toEqual([4, true]);
    production.sql("delete from setting where key = 'written'");
    expect(await production.state()).toEqual(production.oldState);
  });

  test("goes back so by `belay rollback`, too", async () => {
    await using production = await start();
    configure(production);
    expect((await production.run("migrate")).status).toBe(0);
    production.configure(`${production.target}migrate: sql\n`);
    const { status, result } = await production.json("rollback");
    expect([status, result.targets[0]?.rollback?.matches]).toEqual([0, true]);
    production.sql("delete from setting where key = 'written'");
    expect(await production.state()).toEqual(production.oldState);
  });
});

class Site extends Project {
  readonly target = "target: sqlite:app.db\n";

  constructor(more = "", backup?: string) {
    super();
    this.write("sql", '#!/bin/sh\nexec sqlite3 app.db "$1"\n');
    bookingDatabase(this, 200);
    configure(this, more, backup);
  }

  clones(): string[] {
    return this.files().filter((name) => name.includes("_belay_c_"));
  }
}

describe("a clone that is lost after the migration", { timeout: 60_000 }, () => {
  test.each([
    ["is gone", "rm app.db_belay_c_*"],
    ["was changed", "for each in app.db_belay_c_*; do echo more >> $each; done"],
  ])("and %s is not replaced by the older backup: a person decides", async (_how, harm) => {
    using site = new Site(losing(harm));
    const { status, result } = await site.json("migrate");
    expect(status).toBe(5);
    expect(result.reasons.map(({ code }) => code)).toEqual(["check-failed", "before-state-lost"]);
    const id = result.targets[0]?.backup?.id ?? "";
    expect(result.reasons[1]?.message).toContain(`backup ${id}, taken at`);
    expect(result.reasons[1]?.hint).toContain(`\`belay rollback prod --backup ${id} --accept-loss\``);
    expect(result.reasons[1]?.hint).toContain("`belay verify prod`");
    expect(site.sql("select count(*) from pragma_table_info('users') where name = 'role'").trim()).toBe("1");
    expect(site.applicationLog()).toEqual(["prepare", "stop", "previous"]);

    const again = await site.json("rollback", "prod", "--accept-loss");
    expect([again.status, again.result.reasons.map(({ code }) => code)]).toEqual([3, ["before-state-lost"]]);
    const chosen = await site.json("rollback", "prod", "--backup", id, "--accept-loss");
    expect(chosen.status).toBe(0);
    expect(settingsIn(site, site.database)).toBe(2);
  });

  test("keeps a later `belay rollback` from going back further than it says", async () => {
    using site = new Site();
    expect((await site.run("migrate")).status).toBe(0);
    for (const clone of site.clones()) rmSync(join(site.directory, clone));
    const { status, result } = await site.json("rollback");
    expect([status, result.reasons.map(({ code }) => code)]).toEqual([3, ["before-state-lost"]]);
    expect(site.applicationLog()).toEqual(["prepare", "stop", "start"]);
  });

  test("does not stand in for the backup where `--strategy restore` asks for that", async () => {
    using site = new Site();
    expect((await site.run("migrate")).status).toBe(0);
    const { status, result } = await site.json("rollback", "prod", "--strategy", "restore");
    expect([status, result.reasons.map(({ code }) => code)]).toEqual([3, ["strategy-impossible"]]);
  });
});

describe("`migrate --backup`", { timeout: 60_000 }, () => {
  const STOPPED = "";

  async function takeBackup(site: Site): Promise<string> {
    const { status, result } = await site.json("backup");
    expect(status).toBe(0);
    return result.targets[0]?.backup?.id ?? "";
  }

  const folderOf = (site: Site, id: string) => join(site.directory, "belay-backups/prod/app", id);

  test("relies on the backup that it names, and takes no other", async () => {
    using site = new Site(FAILING, STOPPED);
    const before = site.dump();
    const id = await takeBackup(site);
    const { status, result } = await site.json("migrate", "prod", "--backup", id.slice(0, -2));
    expect(status).toBe(4);
    expect(steps(result)?.slice(0, 5)).toEqual(done("backup", "prepare", "stop", "clone", "migrate"));
    expect(result.targets[0]?.steps[0]?.detail).toMatch(
      new RegExp(`^${id}, already taken, its files are intact: .*, restored and compared$`),
    );
    expect(result.targets[0]?.backup?.id).toBe(id);
    expect((await site.json("backups")).result.backups?.map((each) => each.id)).toEqual([id]);
    expect(settingsIn(site, site.database)).toBe(3);
    site.sql("delete from setting where key = 'written'");
    expect(site.dump()).toBe(before);
  });

  type Harm = (site: Site, id: string) => string | undefined;
  const manifest = (site: Site, id: string) => join(folderOf(site, id), "manifest.json");

  test.each<readonly [string, string, Harm]>([
    ["that is not there", "backup-unknown", () => "20200101T000000Z-0000"],
    [
      "of which a bit is not what it was",
      "backup-damaged",
      (site, id) => {
        const file = join(folderOf(site, id), "database.sqlite");
        const bytes = readFileSync(file);
        bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
        writeFileSync(file, bytes);
        return undefined;
      },
    ],
    [
      "whose manifest was altered",
      "backup-damaged",
      (site, id) => {
        const written = JSON.parse(readFileSync(manifest(site, id), "utf8")) as Manifest;
        writeFileSync(manifest(site, id), JSON.stringify({ ...written, tables: [] }));
        return undefined;
      },
    ],
    [
      "of another database",
      "backup-of-another-database",
      (site) => {
        site.sql("create table other (x)", join(site.directory, "other.db"));
        configure(site, "", "");
        site.configure(`target: { url: "sqlite:other.db", name: app }\nmigrate: sql\nbackup: { store: belay-backups }\n${APP}`);
        return undefined;
      },
    ],
    [
      "where `clone: never` leaves no way back",
      "clone-needed",
      (site) => {
        configure(site, "", "backup: { clone: never }\n");
        return undefined;
      },
    ],
  ])("refuses one %s, before anything is touched", async (_what, code, harm) => {
    using site = new Site("", "backup: { store: belay-backups }\n");
    const id = await takeBackup(site);
    const asked = harm(site, id) ?? id;
    const { status, result } = await site.json("migrate", "prod", "--backup", asked);
    expect([status, result.reasons.map((reason) => reason.code)]).toEqual([3, [code]]);
    expect(result.reasons[0]?.hint).toBeTypeOf("string");
    expect(site.applicationLog()).toEqual([]);
  });
});

describe("a run with an earlier backup that is killed", { timeout: 120_000 }, () => {
  const role = (site: Site) => site.sql("select count(*) from pragma_table_info('users') where name = 'role'").trim();

  test.each([
    ["while it prepares", "prepare: echo prepare >> app.log && kill -9 $PPID; sleep 1", ["prepare"]],
    ["while it stops the application", "stop: echo stop >> app.log && kill -9 $PPID; sleep 1", ["prepare", "stop", "previous"]],
  ])("%s is undone, and its backup stays", async (_when, command, log) => {
    using site = new Site();
    const app = APP.split("\n").map((line) => (line.trim().startsWith(`${command.slice(0, 4)}`) ? `  ${command}` : line));
    site.configure(`target: sqlite:app.db\nmigrate: sql\n${app.join("\n")}backup: { when: before }\n`);
    expect((await site.run("migrate")).signal).toBe("SIGKILL");
    expect((await site.run("recover")).status).toBe(4);
    expect([role(site), site.clones(), site.applicationLog()]).toEqual(["0", [], log]);
    expect((await site.json("backups")).result.backups?.length).toBe(1);
  });

  test("after the migration goes back to the clone", async () => {
    using site = new Site('checks: { after: [{ name: killer, command: "kill -9 $PPID; sleep 1" }] }\n');
    expect((await site.run("migrate")).signal).toBe("SIGKILL");
    const { status, result } = await site.json("recover");
    expect([status, role(site), settingsIn(site, site.database)]).toEqual([4, "0", 3]);
    expect(result.targets[0]?.rollback?.matches).toBe(true);
  });

  test("after the migration, its clone lost with it, is not taken back to the older backup by `recover`", async () => {
    using site = new Site('checks: { after: [{ name: killer, command: "rm app.db_belay_c_*; kill -9 $PPID; sleep 1" }] }\n');
    expect((await site.run("migrate")).signal).toBe("SIGKILL");
    const { status, result } = await site.json("recover");
    expect([status, result.reasons.map(({ code }) => code)]).toEqual([5, ["before-state-lost"]]);
    expect([role(site), settingsIn(site, site.database)]).toEqual(["1", 3]);
    const id = result.targets[0]?.backup?.id ?? "";
    expect((await site.run("rollback", "prod", "--backup", id, "--accept-loss")).status).toBe(0);
    expect([role(site), settingsIn(site, site.database)]).toEqual(["0", 2]);
  });
});
