import Database from "better-sqlite3";
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { BelayError } from "../../src/domain/error.ts";
import { makeRunId } from "../../src/domain/run-id.ts";
import type { Copy, Hold, ReplacementIntent } from "../../src/engine/hold.ts";
import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { Application } from "../support/sqlite-process.ts";
import { PEOPLE_AND_PETS, sqliteTarget, temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

const run = makeRunId(new Date(), randomBytes(10));

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, "app.db");
});
afterEach(() => folder[Symbol.dispose]());

function makeDatabase(journalMode: string, setup = PEOPLE_AND_PETS): void {
  withDatabase(file, (db) => {
    db.exec(setup);
    db.pragma(`journal_mode = ${journalMode}`);
  });
}

const target = () => sqliteTarget(file);

/** A run whose migration renamed Ann. */
async function migrate(hold: Hold, statements: readonly string[] = ["update person set name = 'Eve' where id = 1"]): Promise<Copy> {
  await using workspace = await hold.work({ run, recordProcess: async () => undefined });
  const store = directoryStore(join(folder.path, "store"));
  const { clone } = await workspace.backup({ run, into: { store, folder: "b" }, proof: "restore", clone: true, observe: async () => null });
  await workspace.session.execute(statements);
  if (clone === null) throw new Error("a clone was asked for");
  return clone;
}

const names = (path: string) => withDatabase(path, (db) => db.prepare("select name from person order by id").pluck().all());
const OLD = ["Ann", "Bob"];
const FAILED = ["Eve", "Bob"];

/** Which process holds a file open and who may look is the machine's; what follows must hold either way. */
async function planned(hold: Hold, clone: Copy): Promise<ReplacementIntent> {
  const intent = await hold.planReplacement(clone, run);
  expect(names(file)).toEqual(FAILED);
  return intent;
}

describe("by a rename", () => {
  test("the old database is there within the time of a rename, in its journal mode, and the failed one beside it", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const intent = await planned(hold, await migrate(hold));
    expect(intent).toMatchObject({ strategy: "swap", way: null });
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
    expect(names(intent.keepAs)).toEqual(FAILED);
    expect(withDatabase(file, (db) => db.pragma("journal_mode", { simple: true }))).toBe("wal");
    expect(readdirSync(folder.path).filter((name) => /-(wal|shm|journal)$/.test(name) && !name.includes("lock"))).toEqual([]);
  });

  test("owner and mode stay what they were", async () => {
    makeDatabase("wal");
    chmodSync(file, 0o640);
    if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534);
    const { uid, gid, mode } = statSync(file);
    await using hold = await sqliteEngine.hold(target(), 100);
    const intent = await planned(hold, await migrate(hold));
    expect(intent.strategy).toBe("swap");
    await hold.replace(intent);
    expect(statSync(file)).toMatchObject({ uid, gid, mode });
  });

  test("a database that is damaged beyond opening is replaced too, and kept as it is", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold);
    writeFileSync(file, "a migration tool wrote its log here ".repeat(500));
    const intent = await hold.planReplacement(clone, run);
    expect(intent.strategy).toBe("swap");
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
    expect(statSync(intent.keepAs).size).toBe(18_000);
  });

  test("a database that was deleted comes back", async () => {
    makeDatabase("delete");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold);
    renameSync(file, join(folder.path, "moved.db"));
    const intent = await hold.planReplacement(clone, run);
    await hold.replace(intent);
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
    expect(existsSync(clone.place)).toBe(false);
  });

  test("a file that somebody put in the target's place meanwhile is not touched", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const intent = await planned(hold, await migrate(hold));
    renameSync(file, join(folder.path, "moved.db"));
    makeDatabase("wal", "create table person (id, name); insert into person values (1, 'Zoe')");
    await expect(hold.replace(intent)).rejects.toMatchObject({ code: "target-changed" });
    expect(names(file)).toEqual(["Zoe"]);
  });

  test("a file that stands where the failed database is to be kept is not overwritten", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const intent = await planned(hold, await migrate(hold));
    writeFileSync(intent.keepAs, "precious");
    await expect(hold.replace(intent)).rejects.toMatchObject({ code: "aside-name-taken" });
    expect(names(file)).toEqual(FAILED);
    expect(statSync(intent.keepAs).size).toBe(8);
  });

  test("an application that opened the file after the decision keeps it, and the target is what it was", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold);
    const intent = await planned(hold, clone);
    {
      await using application = await Application.start({ act: "open", file });
      await expect(hold.replace(intent)).rejects.toMatchObject({
        code: "target-busy",
        message: expect.stringContaining(`pid ${application.pid} (`),
      });
      expect(await application.do({ act: "query", sql: "select name from person order by id" })).toEqual([["Eve"], ["Bob"]]);
    }
    expect(names(file)).toEqual(FAILED);
    expect(existsSync(clone.place)).toBe(true);
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
  });

  test("a copy that was touched after its proof is refused, even with its size and time of change put back", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold);
    const intent = await planned(hold, clone);
    const { atime, mtime } = statSync(clone.place);
    withDatabase(clone.place, (db) => db.exec("update person set name = 'Amy' where id = 1"));
    utimesSync(clone.place, atime, mtime);
    await expect(hold.replace(intent)).rejects.toMatchObject({ code: "copy-changed" });
    expect(names(file)).toEqual(FAILED);
  });
});

describe("in place, where a rename would split the application from its database", () => {
  const cases: readonly (readonly [string, string, () => Promise<AsyncDisposable | void>])[] = [
    ["an idle connection in WAL mode", "wal", () => Application.start({ act: "read", file })],
    ["a connection that has not read yet", "wal", () => Application.start({ act: "open", file })],
    ["an idle connection in rollback mode", "delete", () => Application.start({ act: "read", file })],
    [
      "a symbolic link",
      "wal",
      async () => {
        renameSync(file, join(folder.path, "real.db"));
        symlinkSync(join(folder.path, "real.db"), file);
      },
    ],
    ["a second name of the file", "wal", async () => linkSync(file, join(folder.path, "hard.db"))],
  ];

  test.each(cases)("%s", async (_, mode, arrange) => {
    makeDatabase(mode);
    await using arranged = (await arrange()) ?? null;
    await using hold = await sqliteEngine.hold(target(), 100);
    const inode = statSync(file).ino;
    const intent = await planned(hold, await migrate(hold));
    expect(intent).toMatchObject({ strategy: "restore", way: "in-place", why: expect.stringMatching(/open|link/) });
    await hold.replace(intent);
    expect(statSync(file).ino).toBe(inode);
    expect(names(file)).toEqual(OLD);
    expect(names(intent.keepAs)).toEqual(FAILED);
    if (arranged instanceof Application)
      expect(await arranged.do({ act: "query", sql: "select name from person order by id" })).toEqual([["Ann"], ["Bob"]]);
  });

  test("a reader in the middle of a transaction in WAL mode keeps its moment, then sees the restored data", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold);
    await using reader = await Application.start({ act: "reading", file });
    const intent = await planned(hold, clone);
    await hold.replace(intent);
    expect(await reader.do({ act: "query", sql: "select name from person order by id" })).toEqual([["Eve"], ["Bob"]]);
    expect(names(file)).toEqual(OLD);
  });

  test("a migration that changed the page size is undone, in WAL mode too", async () => {
    makeDatabase("wal");
    await using hold = await sqliteEngine.hold(target(), 100);
    const clone = await migrate(hold, [
      "update person set name = 'Eve' where id = 1",
      "pragma journal_mode = delete",
      "pragma page_size = 8192",
      "vacuum",
      "pragma journal_mode = wal",
    ]);
    linkSync(file, join(folder.path, "hard.db"));
    const intent = await planned(hold, clone);
    expect(intent.way).toBe("in-place");
    await hold.replace(intent);
    expect(withDatabase(file, (db) => [db.pragma("page_size", { simple: true }), db.pragma("journal_mode", { simple: true })])).toEqual([
      4096,
      "wal",
    ]);
    expect(names(file)).toEqual(OLD);
  });

  test("what was written between two attempts is kept under a name of its own", async () => {
    makeDatabase("delete");
    linkSync(file, join(folder.path, "hard.db"));
    await using hold = await sqliteEngine.hold(target(), 100);
    const intent = await planned(hold, await migrate(hold));
    await hold.replace(intent);
    withDatabase(file, (db) => db.exec("update person set name = 'Zoe' where id = 1"));
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
    const kept = (await hold.copies()).filter(({ kind }) => kind === "failed").map(({ place }) => names(place));
    expect(kept).toEqual([FAILED, ["Zoe", "Bob"]]);
  });

  test("nobody takes a run over while its replacement is being written", async () => {
    makeDatabase("delete");
    await using hold = await sqliteEngine.hold(target(), 100);
    await hold.writeState({ run, phase: "rolling-back", store: "/store" });
    const state = new Database(`${file}.belay`);
    state.exec("begin");
    state.prepare("select * from state").get(); // as the process does that writes the target
    await hold[Symbol.asyncDispose]();
    await expect(sqliteEngine.hold(target(), 200)).rejects.toMatchObject({ code: "locked" });
    state.close();
    await using _ = await sqliteEngine.hold(target(), 200);
  });
});

test.runIf(process.platform === "linux")("an access list stays what it was", async () => {
  makeDatabase("wal");
  const list = Buffer.from("0200000001000600ffffffff02000400feff000004000400ffffffff10000600ffffffff20000000ffffffff", "hex"); // user::rw- user:65534:r-- group::r-- mask::rw- other::---
  const [set, get] = process.arch === "arm64" ? [5, 8] : [188, 191];
  const perl = (code: string) =>
    execFileSync("perl", ["-e", `my ($file, $name) = ("${file}", "system.posix_acl_access"); ${code}`], { encoding: "utf8" });
  const readList = () =>
    perl(
      `my $list = "\\0" x 200; my $size = syscall(${get}, $file, $name, $list, 200); print unpack("H*", substr($list, 0, $size < 0 ? 0 : $size));`,
    );
  perl(`my $list = pack("H*", "${list.toString("hex")}"); syscall(${set}, $file, $name, $list, ${list.length}, 0) == 0 or die $!;`);
  const before = readList();
  expect(before).toBe(list.toString("hex"));

  await using hold = await sqliteEngine.hold(target(), 100);
  const intent = await planned(hold, await migrate(hold));
  expect(intent.strategy).toBe("swap");
  await hold.replace(intent);
  expect(names(file)).toEqual(OLD);
  expect(readList()).toBe(before);
  expect(statSync(file).mode & 0o777).toBe(0o660);
});

/** Belay dies during a replacement, and the next one finishes it. */
describe("killed while it replaces", () => {
  const script = fileURLToPath(new URL("../support/sqlite-replace.ts", import.meta.url));

  interface Death {
    readonly at?: number;
    readonly killAfterMs?: number;
    /** A file to which somebody writes its pid who opens the target between the last look and the rename, and keeps it. */
    readonly intruder?: string;
  }

  /** The changes it made in all, or null when it died on the way. */
  async function replaceElsewhere(intent: ReplacementIntent, { at, killAfterMs, intruder }: Death): Promise<number | null> {
    const child = spawn(process.execPath, [script, JSON.stringify({ target: target(), intent, at, intruder })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    let output = "";
    child.stdout.on("data", (text: Buffer) => {
      output += text.toString();
      if (killAfterMs !== undefined && text.toString().includes("ready")) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    });
    await closed;
    const [, changes] = /changes (\d+)/.exec(output) ?? [];
    if (changes === undefined && child.signalCode !== "SIGKILL") throw new Error(`the replacement ended by itself with ${child.exitCode}`);
    return changes === undefined ? null : Number(changes);
  }

  async function arrange(mode: string, inPlace: boolean): Promise<ReplacementIntent> {
    makeDatabase(
      mode,
      `${PEOPLE_AND_PETS}; create table bulk (x); insert into bulk with recursive n (i) as (select 1 union all select i + 1 from n limit ${inPlace ? 4000 : 50}) select randomblob(1000) from n`,
    );
    await using hold = await sqliteEngine.hold(target(), 100);
    await hold.writeState({ run, phase: "rolling-back", store: "/store" });
    const clone = await migrate(hold);
    if (inPlace) linkSync(file, join(folder.path, "hard.db"));
    return await planned(hold, clone);
  }

  /** At every moment the name leads to a whole database; afterwards the old one is there and the failed one is kept. */
  async function finish(intent: ReplacementIntent): Promise<void> {
    expect([OLD, FAILED]).toContainEqual(await peek());
    await using hold = await sqliteEngine.hold(target(), 10_000);
    await hold.replace(intent);
    expect(names(file)).toEqual(OLD);
    expect(names(intent.keepAs)).toEqual(FAILED);
    expect(withDatabase(file, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
    const left = readdirSync(folder.path).filter((name) => name.includes("_belay_") && !name.includes("_c_"));
    expect(left).toEqual([basename(intent.keepAs)]);
  }

  async function peek(): Promise<unknown> {
    await using view = await sqliteEngine.open(target());
    return (await view.session.query("select name from person order by id")).rows.map(([name]) => name);
  }

  async function startAgain(): Promise<void> {
    folder[Symbol.dispose]();
    folder = temporaryFolder();
    file = join(folder.path, "app.db");
  }

  test("before and after every change of a swap: the name always leads to a whole database, and the next attempt ends it", async () => {
    let points = 0;
    for (let at = 1; ; at++) {
      const intent = await arrange("wal", false);
      expect(intent.strategy).toBe("swap");
      const changes = await replaceElsewhere(intent, { at });
      if (changes !== null) {
        expect(points).toBe(changes);
        break;
      }
      points++;
      await finish(intent);
      await startAgain();
    }
    expect(points).toBeGreaterThanOrEqual(8);
  }, 120_000);

  test("before and after every change while it gives way to an application that came in between: nobody is split from the database, nothing is lost", async () => {
    let points = 0;
    for (let at = 1; ; at++) {
      const intent = await arrange("wal", false);
      const intruder = join(folder.path, "intruder.pid");
      const changes = await replaceElsewhere(intent, { at, intruder });
      if (existsSync(intruder)) process.kill(Number(readFileSync(intruder, "utf8")), "SIGKILL");
      expect([OLD, FAILED]).toContainEqual(await peek());
      if (changes !== null) {
        expect(names(file)).toEqual(FAILED);
        expect(existsSync(intent.keepAs)).toBe(false);
        expect(names(intent.from.place)).toEqual(OLD);
        break;
      }
      points++;
      await using hold = await sqliteEngine.hold(target(), 10_000);
      const ended = await hold.replace(intent).then(
        () => "replaced",
        (error: unknown) => (error instanceof BelayError ? error.code : error),
      );
      // giving way touches the copy's names, so it no longer counts as proven: the backup takes its place
      expect(["replaced", "copy-changed"]).toContain(ended);
      expect(names(file)).toEqual(ended === "replaced" ? OLD : FAILED);
      if (ended === "replaced") expect(names(intent.keepAs)).toEqual(FAILED);
      await hold[Symbol.asyncDispose]();
      await startAgain();
    }
    expect(points).toBeGreaterThanOrEqual(10);
  }, 120_000);

  test.each(["wal", "delete"])(
    "at any time of a restore in place (%s)",
    async (mode) => {
      for (let round = 0; round < 7; round++) {
        const intent = await arrange(mode, true);
        expect(intent.way).toBe("in-place");
        await replaceElsewhere(intent, { killAfterMs: 80 * round });
        await finish(intent);
        await startAgain();
      }
    },
    120_000,
  );
});
