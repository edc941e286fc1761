import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Manifest } from "../../src/domain/backup.ts";
import { sameData } from "../../src/domain/data.ts";
import { makeRunId, type RunId } from "../../src/domain/run-id.ts";
import type { StartedProcess } from "../../src/domain/started-process.ts";
import type { EngineName, Target } from "../../src/domain/target.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Copy, Hold } from "../../src/engine/hold.ts";
import type { BackupTaken, Workspace } from "../../src/engine/workspace.ts";
import type { Store } from "../../src/store/store.ts";

/** A real database with tables `person(id, name)` (Ann, Bob) and `pet(id, owner)` that refers to it (one of Ann's). */
export interface EngineFixture extends AsyncDisposable {
  readonly engine: Engine;
  readonly target: Target;
  readonly store: Store;
  /** A target in whose place nothing is yet. */
  readonly empty: Target;
  /** What the application does: a connection of its own, opened and closed. */
  foreign(sql: string): Promise<void>;
  /** Alters the bytes of a copy, or of a file of the store, without changing their length. */
  damageCopy(copy: Copy): Promise<void>;
  damageStored(key: string): Promise<void>;
  /** A statement of this dialect that works for at least ten seconds. */
  readonly slowStatement: string;
  /** A query that gives back its four parameters: a whole number of 64 bits, one of 32, nothing, bytes. */
  readonly valuesBack: string;
  /** How many rows count as gone where one was changed: who counts versions of rows sees the old one go. */
  readonly goneByUpdate: 0 | 1;
  /** As a copy would name the target itself. */
  readonly placeOfTarget: string;
  /** Makes a mark of the target worthless, with the hold's own means or from outside. */
  loseMark(hold: Hold): Promise<void>;
}

const FOLDER = "prod/app/20261121T001400Z-7f3a";
const PEOPLE = "select id, name from person order by id";

/** What `Engine`, `Hold` and `Workspace` promise, on the real thing. */
export function engineContract(name: string, create: () => Promise<EngineFixture>): void {
  describe(`${name} keeps the contract of an engine`, () => {
    let fixture: EngineFixture;
    let engine: Engine;
    let target: Target;
    let run: RunId;

    beforeEach(async () => {
      fixture = await create();
      ({ engine, target } = fixture);
      run = makeRunId(new Date(), randomBytes(10));
    });
    afterEach(async () => fixture[Symbol.asyncDispose]());

    const recorded: StartedProcess[] = [];
    const open = (hold: Hold) => hold.work({ run, recordProcess: async (started) => void recorded.push(started) });

    const backUp = (workspace: Workspace, clone = true) =>
      workspace.backup({
        run,
        into: { store: fixture.store, folder: FOLDER },
        proof: "restore",
        clone,
        observe: async (session) => (await session.query(PEOPLE)).rows,
      });

    async function people(): Promise<unknown> {
      await using view = await engine.open(target);
      return (await view.session.query(PEOPLE)).rows;
    }

    /** A run up to a migration that went wrong: backed up, then changed. */
    async function migrated(hold: Hold): Promise<BackupTaken<unknown> & { readonly clone: Copy }> {
      await using workspace = await open(hold);
      const taken = await backUp(workspace);
      await workspace.session.transaction(() =>
        workspace.session.execute([
          "alter table person add column age integer",
          "update person set name = 'Eve' where id = 1",
          "delete from pet",
        ]),
      );
      if (taken.clone === null) throw new Error("a clone was asked for");
      return { ...taken, clone: taken.clone };
    }

    test("a view reads and cannot write", async () => {
      await using view = await engine.open(target);
      expect((await view.session.query(PEOPLE)).rows).toEqual([
        [1, "Ann"],
        [2, "Bob"],
      ]);
      await expect(view.session.query("insert into person values (3, 'Cid')")).rejects.toThrow();
      await expect(view.session.execute(["delete from person"])).rejects.toThrow();
      expect(view.engineVersion).toMatch(/\d+\.\d+/);
    });

    test("a target that is not there is refused as missing, by looking and by working", async () => {
      await expect(engine.open(fixture.empty)).rejects.toMatchObject({ kind: "refused", code: "target-missing" });
      await using hold = await engine.hold(fixture.empty, 100);
      await expect(open(hold)).rejects.toMatchObject({ kind: "refused", code: "target-missing" });
    });

    test("only one has the lock; whoever probes sees it and refuses nobody", async () => {
      const hold = await engine.hold(target, 100);
      expect(await engine.probe(target)).toMatchObject({ held: true });
      await expect(engine.hold(target, 100)).rejects.toMatchObject({ kind: "refused", code: "locked" });
      await hold[Symbol.asyncDispose]();
      expect(await engine.probe(target)).toMatchObject({ held: false });
      await using _ = await engine.hold(target, 100);
    });

    test("a lock that becomes free within the waiting time is taken", async () => {
      const first = await engine.hold(target, 100);
      setTimeout(() => void first[Symbol.asyncDispose](), 200);
      await using second = await engine.hold(target, 5_000);
      expect(second.target).toBe(target);
    });

    test("taking and giving back the lock leaves a target without a run without a state", async () => {
      await (await engine.hold(target, 100))[Symbol.asyncDispose]();
      expect(await engine.readState(target)).toBeUndefined();
    });

    test("a former owner can write nothing more once somebody else took the lock", async () => {
      const first = await engine.hold(target, 100);
      await first.writeState({ run, phase: "migrating", store: "/store" });
      await first.assertOwner();
      await first[Symbol.asyncDispose]();

      await using second = await engine.hold(target, 100);
      expect(second.fence).toBe(first.fence + 1);
      expect(second.state).toMatchObject({ run, phase: "migrating", store: "/store" });
      await expect(first.assertOwner()).rejects.toMatchObject({ code: "lock-lost" });
      await expect(first.writeState({ run, phase: "verified", store: "/store" })).rejects.toMatchObject({ code: "lock-lost" });
      expect(await engine.readState(target)).toMatchObject({ phase: "migrating", fence: second.fence });
    });

    test("the process that works is recorded before it works, and gone afterwards", async () => {
      recorded.length = 0;
      await using hold = await engine.hold(target, 100);
      await (await open(hold))[Symbol.asyncDispose]();
      for (const { pid } of recorded) expect(() => process.kill(pid, 0)).toThrow();
      const unrecorded = async () => {
        await using workspace = await hold.work({ run, recordProcess: () => Promise.reject(new Error("journal full")) });
        await backUp(workspace); // an engine that needs no process before starts one here
      };
      await expect(unrecorded()).rejects.toThrow("journal full");
      expect(await fixture.store.list(FOLDER)).toEqual([]);
    });

    test("a transaction is all or nothing", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const work = workspace.session.transaction(async () => {
        await workspace.session.execute(["insert into person values (3, 'Cid')", "create table later (id integer)"]);
        throw new Error("changed my mind");
      });
      await expect(work).rejects.toThrow("changed my mind");
      expect((await workspace.session.query(PEOPLE)).rows).toHaveLength(2);
      await expect(workspace.session.query("select * from later")).rejects.toThrow();
    });

    test("a failing statement is told by its place and the database's own words", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const work = workspace.session.transaction(() =>
        workspace.session.execute(["insert into person values (3, 'Cid')", "insert into nobody values (1)"]),
      );
      await expect(work).rejects.toMatchObject({ name: "BelayError", message: expect.stringContaining("nobody"), facts: { statement: 1 } });
      expect((await workspace.session.query(PEOPLE)).rows).toHaveLength(2);
    });

    test("a reference that leads nowhere fails the transaction at its commit, and what dangled before does not", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const { session } = workspace;
      await expect(session.transaction(() => session.execute(["delete from person where id = 1"]))).rejects.toMatchObject({
        code: "foreign-key-violation",
        message: expect.stringContaining("pet"),
      });
      expect((await session.query(PEOPLE)).rows).toHaveLength(2);
      await session.transaction(() => session.execute(["update person set name = 'Bea' where id = 2"]));
    });

    test("whole numbers beyond 2^53 and bytes come back as they went in", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const { rows } = await workspace.session.query(fixture.valuesBack, [9_007_199_254_740_993n, 42, null, new Uint8Array([0, 255])]);
      const [huge, plain, nothing, bytes] = rows[0] ?? [];
      expect([huge, plain, nothing]).toEqual([9_007_199_254_740_993n, 42, null]);
      expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from([0, 255]));
    });

    test("an aborted statement ends at once and leaves nothing", async () => {
      await using hold = await engine.hold(target, 100);
      const abort = new AbortController();
      const workspace = await hold.work({ run, recordProcess: async () => undefined, signal: abort.signal });
      setTimeout(() => abort.abort(), 300);
      const began = performance.now();
      const work = workspace.session.transaction(() => workspace.session.execute(["delete from pet", fixture.slowStatement]));
      await expect(work).rejects.toMatchObject({ code: "interrupted" });
      expect(performance.now() - began).toBeLessThan(5_000);
      await workspace[Symbol.asyncDispose]();
      await using again = await open(hold);
      expect((await again.session.query("select count(*) from pet")).rows).toEqual([[1]]);
    });

    test("a backup is what was observed, and is proven by restoring it", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const taken = await backUp(workspace);
      expect(taken).toMatchObject({
        observed: [
          [1, "Ann"],
          [2, "Bob"],
        ],
        proof: "restored",
        lacks: [],
      });
      expect(taken.tables.map(({ name: table, rows }) => [table, rows])).toEqual(
        expect.arrayContaining([
          ["person", 2],
          ["pet", 1],
        ]),
      );
      expect((await fixture.store.list(FOLDER)).map(({ key }) => key)).toEqual(taken.files.map((file) => `${FOLDER}/${file.name}`));
    });

    test("a backup that fails leaves nothing behind, in the store or beside the target", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const observe = () => Promise.reject(new Error("a check failed"));
      await expect(
        workspace.backup({ run, into: { store: fixture.store, folder: FOLDER }, proof: "restore", clone: true, observe }),
      ).rejects.toThrow("a check failed");
      expect(await fixture.store.list(FOLDER)).toEqual([]);
      expect(await hold.copies()).toEqual([]);
      await workspace.session.execute(["insert into person values (3, 'Cid')"]);
    });

    test("a clone alone is made from the snapshot, compared with it, and can take the target's place; the store gets nothing", async () => {
      await using hold = await engine.hold(target, 100);
      const before = await people();
      const taken = await (async () => {
        await using workspace = await open(hold);
        const made = await workspace.backup({ run, into: null, proof: "restore", clone: true, observe: async () => "seen" });
        await workspace.session.execute(["delete from pet", "delete from person"]);
        return made;
      })();
      expect(taken).toMatchObject({ observed: "seen", files: [], proof: "restored", lacks: [] });
      expect(await fixture.store.list(FOLDER)).toEqual([]);
      if (taken.clone === null) throw new Error("a clone was asked for");
      await hold.replace(await hold.planReplacement(taken.clone, run));
      expect(await people()).toEqual(before);
    });

    test("a clone alone that fails leaves nothing behind", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const observe = () => Promise.reject(new Error("a check failed"));
      await expect(workspace.backup({ run, into: null, proof: "restore", clone: true, observe })).rejects.toThrow("a check failed");
      expect(await hold.copies()).toEqual([]);
    });

    test("without a clone the proof leaves nothing beside the target", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      expect(await backUp(workspace, false)).toMatchObject({ proof: "restored", clone: null });
      expect(await hold.copies()).toEqual([]);
    });

    test("what the workspace wrote is no disturbance; what anybody else wrote is", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      await backUp(workspace);
      await workspace.session.transaction(() => workspace.session.execute(["insert into person values (3, 'Cid')"]));
      expect(await workspace.disturbance()).toBeNull();
      await fixture.foreign("insert into person values (4, 'Dan')");
      expect(await workspace.disturbance()).toEqual(expect.any(String));
    });

    test("the comparison says which rows a migration touched", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const { clone } = await backUp(workspace);
      if (clone === null) throw new Error("a clone was asked for");
      expect(sameData(await workspace.compare({ copy: clone }))).toBe(true);
      await workspace.session.execute(["update person set name = 'Eve' where id = 1", "insert into person values (3, 'Cid')"]);
      const { tables } = await workspace.compare({ copy: clone });
      expect(tables.find((table) => table.name === "person")).toMatchObject({ added: 1, removed: 0, changed: 1, columnsChanged: ["name"] });
      expect(tables.find((table) => table.name === "pet")).toMatchObject({ added: 0, removed: 0, changed: 0 });
    });

    test("a replacement brings the old data back, keeps the failed ones, and may be repeated", async () => {
      await using hold = await engine.hold(target, 100);
      const { clone } = await migrated(hold);
      const before = await hold.compareWith({ copy: clone });
      expect(before.sameSchema || sameData(before.data)).toBe(false);
      const intent = await hold.planReplacement(clone, run);
      expect(intent.keepAs).toContain("_belay_f_");
      await hold.replace(intent);
      expect(await people()).toEqual([
        [1, "Ann"],
        [2, "Bob"],
      ]);
      expect((await hold.copies()).filter(({ kind }) => kind === "failed").map(({ place }) => place)).toEqual([intent.keepAs]);
      await hold.replace(intent);
      expect(await people()).toEqual([
        [1, "Ann"],
        [2, "Bob"],
      ]);
    });

    test("after a replacement the target equals the backup", async () => {
      await using hold = await engine.hold(target, 100);
      const taken = await migrated(hold);
      await hold.replace(await hold.planReplacement(taken.clone, run));
      const { data, sameSchema } = await hold.compareWith({
        backup: { store: fixture.store, folder: FOLDER, manifest: manifestOf(taken, run, engine.name) },
      });
      expect([sameData(data), sameSchema]).toEqual([true, true]);
    });

    test("a copy that was changed after its proof takes nobody's place", async () => {
      await using hold = await engine.hold(target, 100);
      const { clone } = await migrated(hold);
      const intent = await hold.planReplacement(clone, run);
      await fixture.damageCopy(clone);
      await expect(hold.planReplacement(clone, run)).rejects.toMatchObject({ code: "copy-changed" });
      await expect(hold.replace(intent)).rejects.toMatchObject({ code: "copy-changed" });
      await expect(hold.compareWith({ copy: clone })).rejects.toMatchObject({ code: "copy-changed" });
      expect(await people()).toEqual([
        [1, "Eve"],
        [2, "Bob"],
      ]);
    });

    test("a backup brought back beside the target can take its place", async () => {
      await using hold = await engine.hold(target, 100);
      const taken = await migrated(hold);
      await hold.discard(taken.clone);
      const copy = await hold.restoreAside(fixture.store, FOLDER, manifestOf(taken, run, engine.name), run);
      await hold.replace(await hold.planReplacement(copy, run));
      expect(await people()).toEqual([
        [1, "Ann"],
        [2, "Bob"],
      ]);
    });

    test("a damaged backup is refused by the name of its file and leaves nothing", async () => {
      await using hold = await engine.hold(target, 100);
      const taken = await migrated(hold);
      const [file] = taken.files;
      if (file === undefined) throw new Error("a backup has a file");
      await fixture.damageStored(`${FOLDER}/${file.name}`);
      const manifest = manifestOf(taken, run, engine.name);
      const before = await hold.copies();
      await expect(hold.restoreAside(fixture.store, FOLDER, manifest, run)).rejects.toMatchObject({
        code: "backup-damaged",
        message: expect.stringContaining(file.name),
      });
      await expect(engine.restoreInto(fixture.empty, fixture.store, FOLDER, manifest)).rejects.toMatchObject({ code: "backup-damaged" });
      await expect(hold.compareWith({ backup: { store: fixture.store, folder: FOLDER, manifest } })).rejects.toMatchObject({
        code: "backup-damaged",
      });
      expect(await hold.copies()).toEqual(before);
      await expect(engine.open(fixture.empty)).rejects.toMatchObject({ code: "target-missing" });
    });

    test("a backup with other rows than its manifest says is refused", async () => {
      await using hold = await engine.hold(target, 100);
      const taken = await migrated(hold);
      const manifest = manifestOf(taken, run, engine.name);
      const tables = manifest.tables.map((table) => (table.name === "person" ? { ...table, rows: 3 } : table));
      await expect(hold.restoreAside(fixture.store, FOLDER, { ...manifest, tables }, run)).rejects.toMatchObject({
        code: "backup-damaged",
        message: expect.stringContaining("person"),
      });
    });

    test("a backup restores into an empty place and into no other", async () => {
      await using hold = await engine.hold(target, 100);
      const taken = await migrated(hold);
      const manifest = manifestOf(taken, run, engine.name);
      await engine.restoreInto(fixture.empty, fixture.store, FOLDER, manifest);
      await using view = await engine.open(fixture.empty);
      expect((await view.session.query(PEOPLE)).rows).toEqual([
        [1, "Ann"],
        [2, "Bob"],
      ]);
      await expect(engine.restoreInto(target, fixture.store, FOLDER, manifest)).rejects.toMatchObject({
        kind: "refused",
        code: "restore-target-not-empty",
      });
      expect(await people()).toEqual([
        [1, "Eve"],
        [2, "Bob"],
      ]);
    });

    test("later writes are counted exactly, table by table", async () => {
      await using hold = await engine.hold(target, 100);
      const workspace = await open(hold);
      const mark = await workspace.mark(run);
      await workspace[Symbol.asyncDispose]();
      expect(await hold.laterWrites(mark)).toEqual([]);
      await fixture.foreign("insert into person values (3, 'Cid')");
      await fixture.foreign("update person set name = 'Eve' where id = 1");
      await fixture.foreign("delete from pet");
      const writes = [
        { table: "person", written: 2, gone: fixture.goneByUpdate },
        { table: "pet", written: 0, gone: 1 },
      ];
      expect(await hold.laterWrites(mark)).toEqual(writes);
      expect(await engine.laterWrites(target, mark), "and without the lock").toEqual(writes);
    });

    test("later writes are unknown, not none, when the mark is not what it was", async () => {
      await using hold = await engine.hold(target, 100);
      const workspace = await open(hold);
      const mark = await workspace.mark(run);
      await workspace[Symbol.asyncDispose]();
      await fixture.loseMark(hold);
      await fixture.foreign("insert into person values (3, 'Cid')"); // without its mark an engine may still tell that nobody wrote at all
      expect(await hold.laterWrites(mark)).toBeNull();
      expect(await hold.laterWrites(null)).toBeNull();
      expect(await engine.laterWrites(target, mark)).toBeNull();
    });

    test("copies are listed and dropped; the target never is", async () => {
      await using hold = await engine.hold(target, 100);
      const { clone } = await migrated(hold);
      expect(await hold.copies()).toMatchObject([{ kind: "clone", place: clone.place, runSuffix: run.slice(-10) }]);
      await expect(hold.discard({ ...clone, place: fixture.placeOfTarget })).rejects.toMatchObject({ code: "not-a-copy" });
      await hold.discard(clone);
      await hold.discard(clone);
      expect(await hold.copies()).toEqual([]);
      expect(await people()).toHaveLength(2);
    });

    test("a target that is open for work is not replaced", async () => {
      await using hold = await engine.hold(target, 100);
      await using workspace = await open(hold);
      const { clone } = await backUp(workspace);
      if (clone === null) throw new Error("a clone was asked for");
      await expect(hold.planReplacement(clone, run)).rejects.toMatchObject({ code: "workspace-open" });
      await expect(open(hold)).rejects.toMatchObject({ code: "workspace-open" });
    });

    test("preflight lets a sound target pass and refuses one that has no room for its copies", async () => {
      await engine.preflight(target, { copies: 3, proof: "restore" });
      await expect(engine.preflight(target, { copies: 1e12, proof: "restore" })).rejects.toMatchObject({
        kind: "refused",
        code: "no-space",
      });
    });
  });
}

export function manifestOf(taken: BackupTaken<unknown>, run: RunId, engine: EngineName = "sqlite"): Manifest {
  return {
    formatVersion: 1,
    id: "20261121T001400Z-7f3a",
    run,
    environment: "prod",
    target: "app",
    engine,
    engineVersion: taken.engineVersion,
    toolVersions: taken.toolVersions,
    takenAt: "2026-11-21T00:14:00Z",
    source: taken.identity.lasting,
    files: taken.files,
    tables: taken.tables,
    schemaDigest: "",
    sequences: taken.sequences,
    compression: "none",
    encryption: "none",
    proof: taken.proof,
    lacks: taken.lacks,
    restore: taken.restore,
    engineFacts: taken.engineFacts,
  };
}
