/** What can go wrong with a backup of PostgreSQL before it counts, after it counted, and where it is to be restored. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { canonicalJson } from "../../src/domain/canonical-json.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";

const FILE = "database.dump.zst";

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}

function alter(folder: string, change: (text: string) => string): void {
  const path = join(folder, "manifest.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** A manifest with its digest made anew: only the rows tell. */
function claimMoreRows(folder: string): void {
  alter(folder, (text) => {
    const { digest: _, ...manifest } = JSON.parse(text) as { digest: string; tables: { name: string; rows: number }[] };
    const tables = manifest.tables.map((table) => (table.name === "bookings" ? { ...table, rows: table.rows + 50 } : table));
    const altered = { ...manifest, tables };
    return JSON.stringify({ ...altered, digest: createHash("sha256").update(canonicalJson(altered)).digest("hex") });
  });
}

/** Each does harm to the only backup, and says what has to be named. */
const HARMS: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
  ["cut", (folder) => truncateSync(join(folder, FILE), 1000), /database\.dump\.zst/],
  ["with a flipped bit", (folder) => flipBit(join(folder, FILE)), /database\.dump\.zst.*(SHA-256|checksum)/s], // zstd's own, or ours behind it
  ["whose file is missing", (folder) => rmSync(join(folder, FILE)), /database\.dump\.zst/],
  ["whose manifest was altered", (folder) => alter(folder, (text) => text.replace(/"rows": \d+/, '"rows": 7')), /manifest\.json.*altered/s],
  ["that lost rows before it was hashed", claimMoreRows, /bookings has 200 rows\s+and should\s+have 250/],
];

/** A process of this name that works on this database, as soon as there is one. */
async function processOf(program: string, database: string): Promise<number> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(2)) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const [arguments_, environment] = ["cmdline", "environ"].map((name) => readFileSync(`/proc/${pid}/${name}`, "latin1"));
        if (arguments_?.includes(program) === true && environment?.includes(database) === true) return Number(pid);
      } catch {
        // it has ended
      }
    }
  }
  throw new Error(`no ${program} came`);
}

/** No backup, no copy, the database as it was, the application as before. */
function assertNothingCame(site: PostgresSite): void {
  expect(site.backups()).toEqual([]);
  expect(site.copies()).toEqual([]);
  expect(site.leftBehind()).toEqual([]);
  expect(site.state()).toBe("old");
  expect(site.applicationLog().filter((word) => word !== "stop")).not.toContain("start");
}

describe("a backup of PostgreSQL", { timeout: 120_000 }, () => {
  test.each(HARMS)("%s is refused, naming what is wrong, and nothing is changed", async (_harm, damage, named) => {
    await using site = await PostgresSite.start({ cluster: await cluster(15), backup: "  clone: never\n" });
    expect((await site.run("migrate", "prod")).status).toBe(0);
    const [backup] = site.backups();
    if (backup === undefined) throw new Error("there is no backup");
    damage(backup.folder);
    const ended = await site.run("rollback", "prod", "--accept-loss");
    expect([3, 5], ended.stdout + ended.stderr).toContain(ended.status);
    expect(ended.stdout + ended.stderr).toMatch(named);
    expect(site.state()).toBe("new");
    await site.recover();
    expect(site.state()).toBe("new");
    expect(site.applicationLog().at(-1)).toBe("start");
  });

  test.each([
    ["pg_dump", /Why: +dumping \S+: it was ended by SIGKILL/],
    ["pg_restore", /Why: +restoring into \S+: it was ended by SIGKILL/],
  ])("whose %s is killed does not exist, and no migration ran", async (program, named) => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), bookings: 200_000 });
    const run = site.start(["migrate", "prod"]);
    process.kill(await processOf(program, site.database.name), "SIGKILL");
    const ended = await run.ended;
    expect(ended.status, ended.stdout + ended.stderr).toBe(3);
    expect(ended.stdout + ended.stderr).toMatch(named);
    assertNothingCame(site);
  });

  test("whose pg_dump fails on its way does not exist", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(15) });
    for (const name of ["pg_restore", "psql"]) site.write(`bin/${name}`, `#!/bin/sh\nexec ${site.cluster.bin}/${name} "$@"\n`);
    const real = join(site.cluster.bin, "pg_dump");
    site.write(
      "bin/pg_dump",
      `#!/bin/sh\ncase "$*" in *--version*) exec ${real} --version;; esac\n${real} "$@" | head -c 2000\necho it broke >&2\nexit 1\n`,
    );
    const { status, stdout, stderr } = await site.start(["migrate", "prod"], {
      env: { PATH: `${site.directory}/bin:${process.env["PATH"] ?? ""}` },
    }).ended;
    expect(status, stdout + stderr).toBe(3);
    expect(stdout + stderr).toContain("it broke");
    assertNothingCame(site);
  });

  test("is not tried with client programs older than the server: both versions are named", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18) });
    const { status, stdout, stderr } = await site.start(["migrate", "prod"], { env: { PATH: process.env["PATH"] ?? "" } }).ended;
    expect(status, stdout + stderr).toBe(3);
    expect(stdout + stderr).toMatch(/PostgreSQL 18.*15\.\d+/s);
    expect(stdout + stderr).toContain("postgresql-client-18");
    expect(site.applicationLog()).toEqual([]);
    assertNothingCame(site);
  });
});

describe("an encrypted backup", { timeout: 120_000 }, () => {
  test("whose file was cut, or for which the key is another one, is refused before the server is asked for anything", async () => {
    const [identity, another] = [await generateX25519Identity(), await generateX25519Identity()];
    const recipient = await identityToRecipient(identity);
    const encrypt = `  encrypt: { recipients: [${recipient}], identity: "\${BELAY_AGE_IDENTITY}" }\n`;
    await using site = await PostgresSite.start({ cluster: await cluster(18), backup: `  clone: never\n${encrypt}` });
    const ending = (key: string, ...args: string[]) => site.start(args, { env: { BELAY_AGE_IDENTITY: key } }).ended;
    const migrated = await ending(identity, "migrate", "prod");
    expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
    const [backup] = site.backups();
    if (backup === undefined) throw new Error("there is no backup");
    const file = join(backup.folder, `${FILE}.age`);
    const whole = readFileSync(file);
    const into = `${site.database.name}_into`;
    const refused = async (key: string, named: RegExp) => {
      for (const args of [
        ["rollback", "prod", "--strategy", "restore", "--accept-loss"],
        ["restore", backup.manifest.id, "prod", "--into", site.address.replace(site.database.name, into)],
      ]) {
        const ended = await ending(key, ...args);
        expect([3, 5], ended.stdout + ended.stderr).toContain(ended.status);
        expect(ended.stdout + ended.stderr).toMatch(named);
        expect(ended.stdout + ended.stderr).not.toContain(key);
        await ending(identity, "recover", "prod");
        expect(site.state()).toBe("new");
        expect(site.copies()).toEqual([]);
        expect(site.sql(`select count(*) from pg_database where datname = '${into}'`, "postgres")).toBe("0");
      }
    };
    await refused(another, /key|identity/i);
    for (const length of [whole.length - 1, 1000, 0]) {
      truncateSync(file, length);
      await refused(identity, /database\.dump\.zst/);
      writeFileSync(file, whole);
    }
    const back = await ending(identity, "rollback", "prod", "--strategy", "restore");
    expect(back.status, back.stdout + back.stderr).toBe(0);
    expect(site.state()).toBe("old");
  });
});

describe("a restore", { timeout: 120_000 }, () => {
  test("into a database that is not empty, or is the target itself by whatever address, is refused", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(15) });
    expect((await site.run("backup", "prod")).status).toBe(0);
    const id = site.backups()[0]?.manifest.id ?? "";
    const localhost = site.address.replace("127.0.0.1", "localhost");
    for (const into of [site.address, localhost, `${localhost}?application_name=other`]) {
      const refused = await site.run("restore", id, "prod", "--into", into);
      expect([2, 3], refused.stdout + refused.stderr).toContain(refused.status);
      const replaced = await site.run("restore", id, "prod", "--into", into, "--replace");
      expect([2, 3], replaced.stdout + replaced.stderr).toContain(replaced.status);
    }
    await using other = await site.cluster.createDatabase();
    other.sql("create table precious (x int); insert into precious values (1)");
    const refused = await site.run("restore", id, "prod", "--into", other.address("owner"));
    expect(refused.status, refused.stdout + refused.stderr).toBe(3);
    expect(other.sql("select count(*) from precious")).toBe("1");
    expect(site.state()).toBe("old");
  });
});

describe("a run on PostgreSQL", { timeout: 120_000 }, () => {
  test("of a database whose name has 63 bytes, and another whose first bytes are the same, touches only its own", async () => {
    const server = await cluster(18);
    const long = "n".repeat(62);
    await using twin = await server.createDatabase({ name: `${long}b` });
    twin.sql("create table precious (x int)");
    await using site = await PostgresSite.start({ cluster: server, name: `${long}a` });
    expect((await site.run("migrate", "prod")).status).toBe(0);
    expect((await site.run("rollback", "prod")).status).toBe(0);
    expect(await site.settle()).toBe("old");
    expect((await site.run("prune", "prod")).status).toBe(0);
    expect(twin.sql("select count(*) from precious")).toBe("0");
  });

  test("of tables with row-level security forced sees every row or refuses; never fewer", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(15) });
    site.database.sql(
      "alter table users enable row level security; alter table users force row level security; create policy p on users using (id < 9)",
    );
    const { status, result, stderr } = await site.json("migrate", "prod");
    expect(status, stderr).toBe(3);
    expect(result.reasons[0]?.message).toMatch(/row-level security/);
    expect(result.reasons[0]?.hint).toBeTypeOf("string");
    expect(site.sql("select count(*) from users")).toBe("20");
  });

  test("is not disturbed by time-outs that its role or database has", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18), bookings: 20_000 });
    const name = site.database.name;
    for (const setting of [
      "statement_timeout = '100ms'",
      "idle_in_transaction_session_timeout = '100ms'",
      "row_security = off",
      "search_path = pg_catalog",
    ])
      site.sql(`alter role app in database ${name} set ${setting}`, "postgres");
    site.sql(`alter role app in database ${name} reset search_path`, "postgres");
    const ended = await site.run("migrate", "prod");
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
  });

  test("of a non-transactional migration that fails half-way names the invalid index and is undone", async () => {
    await using site = await PostgresSite.start({
      cluster: await cluster(15),
      failing: true,
      migrations: {
        "001_unique.sql":
          "-- belay: no-transaction\ninsert into setting values ('HALF', 'way');\ncreate unique index concurrently bookings_price on bookings (user_id);\n",
      },
    });
    const ended = await site.run("migrate", "prod");
    expect(ended.status, ended.stdout + ended.stderr).toBe(4);
    expect(ended.stdout + ended.stderr).toMatch(/bookings_price/);
    expect(site.state()).toBe("old");
  });

  test("whose command tool migrates another database than it was told is found out", async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(18) });
    await using other = await site.cluster.createDatabase();
    site.write("apply", `#!/bin/sh\nexec psql -X -q -v ON_ERROR_STOP=1 -c 'create table wrong (x int)' '${other.address("owner")}'\n`);
    site.configure(`target: { url: "\${DATABASE_URL}", name: app }
migrate:
  migrations: [{ id: wrong, pending: "test -e applied && echo applied || echo pending", pending-when: pending, applied-when: applied, apply: "./apply && touch applied" }]
backup: { store: store }
app: { stop: echo stop >> app.log, start: echo start >> app.log, previous: echo previous >> app.log }
`);
    const { status, result, stderr } = await site.json("migrate", "prod");
    expect([status, result.reasons[0]?.code], stderr).toEqual([4, "wrong-database"]);
    expect(site.state()).toBe("old");
  });
});
