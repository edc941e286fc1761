import Database from "better-sqlite3";
import { mkdtempSync, openSync, readSync, rmSync, writeSync, closeSync, fstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Target } from "../../src/domain/target.ts";
import { sqliteEngine } from "../../src/engine/sqlite/engine.ts";
import { directoryStore } from "../../src/store/directory.ts";
import type { EngineFixture } from "../contract/engine.ts";

export const PEOPLE_AND_PETS = `
  create table person (id integer primary key, name text);
  create table pet (id integer primary key, owner integer references person (id));
  insert into person values (1, 'Ann'), (2, 'Bob');
  insert into pet values (1, 1);
`;

export function sqliteTarget(address: string): Target {
  return { name: "app", engine: "sqlite", address, configured: address };
}

/** A folder of its own that goes when the test ends. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "belay-sqlite-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes or changes a database through a connection of its own. */
export function withDatabase<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Turns every bit of a byte in the middle of a file. */
export function damageFile(file: string): void {
  const descriptor = openSync(file, "r+");
  const middle = Math.floor(fstatSync(descriptor).size / 2);
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, middle);
  writeSync(descriptor, Buffer.from([byte.readUInt8(0) ^ 0xff]), 0, 1, middle);
  closeSync(descriptor);
}

export async function sqliteFixture(journalMode: "wal" | "delete"): Promise<EngineFixture & { readonly folder: string }> {
  const folder = temporaryFolder();
  const target = sqliteTarget(join(folder.path, "app.db"));
  withDatabase(target.address, (db) => {
    db.pragma(`journal_mode = ${journalMode}`);
    db.exec(PEOPLE_AND_PETS);
  });
  const storeFolder = join(folder.path, "store");
  return {
    engine: sqliteEngine,
    target,
    folder: folder.path,
    store: directoryStore(storeFolder),
    empty: sqliteTarget(join(folder.path, "new.db")),
    foreign: async (sql) => void withDatabase(target.address, (db) => db.exec(sql)),
    damageCopy: async ({ place }) => damageFile(place),
    damageStored: async (key) => damageFile(join(storeFolder, key)),
    valuesBack: "select ?, ?, ?, ?",
    goneByUpdate: 0,
    placeOfTarget: target.address,
    loseMark: async (hold) => {
      for (const copy of await hold.copies()) await hold.discard(copy);
    },
    slowStatement:
      "create table slow as with recursive n (i) as (select 1 union all select i + 1 from n limit 500000000) select max(i) from n",
    [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
  };
}
