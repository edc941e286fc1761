/** What every migration tool keeps, on a real database. Instantiate it with a way to make an empty project. */

import { describe, expect, test } from "vitest";

import type { Session } from "../../src/domain/session.ts";
import type { MigrationTool, ToolState } from "../../src/tool/tool.ts";

/** A project of the tool's, with no migrations yet, and a database that has none applied. */
export interface ToolFixture extends AsyncDisposable {
  readonly session: Session;
  /** An instance as a run makes it. */
  tool(): MigrationTool;
  /**
   * Writes the next migration and gives its id. `makes-table`: makes the table `name`, and has a way back where the tool knows any;
   * `one-way`: the same without a way back; `fails`: makes the table `name`, then fails.
   */
  write(kind: "makes-table" | "one-way" | "fails", name: string): string;
  /** Changes the file of a migration so that its checksum is another. */
  change(id: string): void;
  /** The tool keeps no checksums of what it applied, so that a file changed afterwards goes unnoticed. */
  readonly forgetful?: true;
  /** Everything that the database holds, as text. */
  content(): string;
  /** Tables but for those that the tool keeps for itself. */
  tables(): readonly string[];
}

interface Applied {
  readonly done: readonly string[];
  readonly error: unknown;
}

export function toolContract(name: string, makeFixture: () => Promise<ToolFixture>): void {
  describe(`the tool ${name}`, () => {
    test("finds everything pending, in order, in a database that it never saw, and changes nothing by looking", async () => {
      await using fixture = await makeFixture();
      const ids = [fixture.write("makes-table", "a"), fixture.write("makes-table", "b"), fixture.write("one-way", "c")];
      const before = fixture.content();
      const state = await fixture.tool().state(fixture.session);
      expect(state).toMatchObject({ applied: [], withoutFile: [], obstacles: [] });
      expect(pendingIds(state)).toEqual(ids);
      expect(await fixture.tool().state(fixture.session)).toEqual(state);
      expect(fixture.content()).toBe(before);
    });

    test("applies in order, reports each once it is committed, and has nothing pending afterwards", async () => {
      await using fixture = await makeFixture();
      const ids = [fixture.write("makes-table", "a"), fixture.write("makes-table", "b")];
      const seen: string[] = [];
      const { pending } = await fixture.tool().state(fixture.session);
      await apply(fixture, pending, { applied: (id) => seen.push(`${id} ${fixture.tables().join("+")}`) });
      expect(seen).toEqual([`${ids[0]} a`, `${ids[1]} a+b`]);
      expect(await fixture.tool().state(fixture.session)).toMatchObject({ applied: ids, pending: [], obstacles: [] });
    });

    test("tells how long each took, in whole milliseconds", async () => {
      await using fixture = await makeFixture();
      fixture.write("makes-table", "a");
      const durations: number[] = [];
      const { pending } = await fixture.tool().state(fixture.session);
      await apply(fixture, pending, { applied: (_, durationMs) => durations.push(durationMs) });
      expect(durations).toHaveLength(1);
      for (const durationMs of durations) expect(Number.isInteger(durationMs) && durationMs >= 0).toBe(true);
    });

    test("applies exactly what it is asked for", async () => {
      await using fixture = await makeFixture();
      const [first, second] = [fixture.write("makes-table", "a"), fixture.write("makes-table", "b")];
      const { pending } = await fixture.tool().state(fixture.session);
      await apply(fixture, []);
      expect(fixture.tables()).toEqual([]);
      await apply(fixture, pending.slice(0, 1));
      const state = await fixture.tool().state(fixture.session);
      expect([state.applied, pendingIds(state)]).toEqual([[first], [second]]);
    });

    test("stops at the first that fails; those before it stay, and the error names it", async () => {
      await using fixture = await makeFixture();
      const [first, second] = [fixture.write("makes-table", "a"), fixture.write("fails", "b"), fixture.write("makes-table", "c")];
      const { pending } = await fixture.tool().state(fixture.session);
      const { done, error } = await apply(fixture, pending);
      expect(done).toEqual([first]);
      expect(error).toMatchObject({
        name: "BelayError",
        kind: "failed",
        facts: { migration: second },
        message: expect.stringContaining(String(second)),
      });
      expect((await fixture.tool().state(fixture.session)).applied).toEqual([first]);
      if (fixture.tool().abilities.atomicMigrations) expect(fixture.tables()).toEqual(["a"]);
    });

    test("leaves nothing behind when the first migration of all fails", async () => {
      await using fixture = await makeFixture();
      fixture.write("fails", "a");
      const before = fixture.content();
      const { done, error } = await apply(fixture, (await fixture.tool().state(fixture.session)).pending);
      expect([done, error]).toEqual([[], expect.any(Error)]);
      if (fixture.tool().abilities.atomicMigrations) expect(fixture.content()).toBe(before);
    });

    test("refuses a migration that is not what was planned", async () => {
      await using fixture = await makeFixture();
      const id = fixture.write("makes-table", "a");
      const { pending } = await fixture.tool().state(fixture.session);
      fixture.change(id);
      const { done, error } = await apply(fixture, pending);
      expect(done).toEqual([]);
      expect(error).toMatchObject({ kind: "refused", code: "plan-changed", hint: expect.any(String) });
      expect(fixture.tables()).toEqual([]);
    });

    test("names what was changed after it was applied, and what to do", async () => {
      await using fixture = await makeFixture();
      const id = fixture.write("makes-table", "a");
      await apply(fixture, (await fixture.tool().state(fixture.session)).pending);
      fixture.change(id);
      const { obstacles } = await fixture.tool().state(fixture.session);
      if (fixture.forgetful) return expect(obstacles).toEqual([]);
      expect(obstacles).toMatchObject([{ code: "migration-changed", message: expect.stringContaining(id), hint: expect.any(String) }]);
    });

    test("does nothing once it was interrupted or its time is over", async () => {
      await using fixture = await makeFixture();
      fixture.write("makes-table", "a");
      const { pending } = await fixture.tool().state(fixture.session);
      const late = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
      expect(await apply(fixture, pending, { signal: AbortSignal.abort() })).toMatchObject({ done: [], error: { code: "interrupted" } });
      expect(await apply(fixture, pending, { signal: late })).toMatchObject({ done: [], error: { code: "timeout" } });
      expect(fixture.tables()).toEqual([]);
    });

    test("stops between two migrations when it is interrupted", async () => {
      await using fixture = await makeFixture();
      const ids = [fixture.write("makes-table", "a"), fixture.write("makes-table", "b")];
      const { pending } = await fixture.tool().state(fixture.session);
      const stop = new AbortController();
      const { done, error } = await apply(fixture, pending, { signal: stop.signal, applied: () => stop.abort() });
      expect([done, error]).toMatchObject([[ids[0]], { code: "interrupted" }]);
      expect(fixture.tables()).toEqual(["a"]);
    });

    test("has a configuration digest that stays", async () => {
      await using fixture = await makeFixture();
      const digest = await fixture.tool().configDigest();
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(await fixture.tool().configDigest()).toBe(digest);
    });

    test("takes back the last ones, the last first, where it can, and can apply them again", async () => {
      await using fixture = await makeFixture();
      const ids = [fixture.write("makes-table", "a"), fixture.write("makes-table", "b"), fixture.write("makes-table", "c")];
      await apply(fixture, (await fixture.tool().state(fixture.session)).pending);
      const { done, error } = await revert(fixture, ids.slice(1));
      if (!fixture.tool().abilities.revert) return expect([done, error]).toEqual([[], expect.any(Error)]);
      expect([done, error]).toEqual([[ids[2], ids[1]], null]);
      expect(fixture.tables()).toEqual(["a"]);
      const state = await fixture.tool().state(fixture.session);
      expect([state.applied, pendingIds(state), state.pending.map(({ reversible }) => reversible)]).toEqual([
        [ids[0]],
        ids.slice(1),
        [true, true],
      ]);
      expect(await apply(fixture, state.pending)).toEqual({ done: ids.slice(1), error: null });
    });

    test("takes back nothing at all when one of them has no way back, or others came after them", async () => {
      await using fixture = await makeFixture();
      const [first, second] = [fixture.write("one-way", "a"), fixture.write("makes-table", "b")];
      const { pending } = await fixture.tool().state(fixture.session);
      expect(pending.map(({ reversible }) => reversible)).toEqual([false, fixture.tool().abilities.revert]);
      await apply(fixture, pending);
      const before = fixture.content();
      if (fixture.tool().abilities.revert) {
        expect(await revert(fixture, [first, second])).toMatchObject({
          done: [],
          error: { kind: "refused", code: "not-reversible", facts: { migrations: [first] } },
        });
        expect(await revert(fixture, [first])).toMatchObject({ done: [], error: { kind: "refused", code: "not-last-applied" } });
        expect(await revert(fixture, ["none-such"])).toMatchObject({ done: [], error: { kind: "refused", code: "not-last-applied" } });
      }
      expect(fixture.content()).toBe(before);
    });
  });
}

function pendingIds({ pending }: ToolState): readonly string[] {
  return pending.map(({ id }) => id);
}

interface ApplyOptions {
  readonly signal?: AbortSignal;
  readonly applied?: (id: string, durationMs: number) => void;
}

/** Applies, and keeps what was told on the way and what was thrown. */
export async function apply(
  fixture: Pick<ToolFixture, "session" | "tool">,
  migrations: ToolState["pending"],
  options: ApplyOptions = {},
): Promise<Applied> {
  const done: string[] = [];
  const applied = ({ id, durationMs }: { readonly id: string; readonly durationMs: number }) => {
    done.push(id);
    options.applied?.(id, durationMs);
  };
  const signal = options.signal ?? new AbortController().signal;
  const work = () => fixture.tool().apply({ ...request(fixture, signal), migrations, run: "01JD0000000000000000000000", applied });
  return { done, error: await thrownBy(work) };
}

export async function revert(
  fixture: Pick<ToolFixture, "session" | "tool">,
  ids: readonly string[],
  signal = new AbortController().signal,
): Promise<Applied> {
  const done: string[] = [];
  const reverted = ({ id }: { readonly id: string }) => void done.push(id);
  return {
    done,
    error: await thrownBy(() => fixture.tool().revert({ ...request(fixture, signal), run: "01JD0000000000000000000000", ids, reverted })),
  };
}

function request({ session }: Pick<ToolFixture, "session">, signal: AbortSignal) {
  return { session, signal, output: () => {}, recordProcess: async () => {} };
}

async function thrownBy(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
}
