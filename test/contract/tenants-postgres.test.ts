/** One tenant of a database as an engine has it: its lock is the database's, and what is compared, marked and put back is its own. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeRunId } from "../../src/domain/run-id.ts";
import { sameData } from "../../src/domain/data.ts";
import type { Target } from "../../src/domain/target.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { tenantOf } from "../../src/run/tenants.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { cluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { schemaDump } from "../support/postgres/schema-dump.ts";
import { postgresOptions, postgresTarget } from "../support/postgres/target.ts";
import { tenantTables } from "../support/postgres/tenants.ts";

describe.each([
  [15, "owner"],
  [18, "superuser"],
] as const)("a tenant on PostgreSQL %s as %s", { timeout: 60_000 }, (version, as: As) => {
  let server: Cluster;
  let database: TestDatabase;
  let open: AsyncDisposableStack;
  let folder: string;
  let whole: Target;
  const run = makeRunId(new Date(), new Uint8Array(10));

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    folder = mkdtempSync(join(tmpdir(), "belay-tenants-"));
    open.defer(() => rmSync(folder, { recursive: true }));
    server = await cluster(version);
    database = open.use(await server.createDatabase({ owner: as }));
    database.sql(`create table plans (id int primary key, name text); insert into plans values (1, 'a'), (2, 'b'), (3, 'c');
      create table tenants (schema_name text primary key); ${tenantTables("one", 20)} ${tenantTables('t"wo', 20)}`);
    whole = postgresTarget(database.address(as));
  });
  afterEach(async () => open.disposeAsync());

  async function working() {
    const engine = postgresEngine(postgresOptions({ variables: { PATH: server.bin, HOME: "/nowhere" } }));
    const hold = open.use(await engine.hold(whole, 500));
    await hold.writeState({ run, phase: "backing-up", store: "/store" });
    const [one, two] = ["one", 't"wo'].map((schema) => tenantOf({ shared: "public" }, whole, schema, 2));
    if (one === undefined || two === undefined) throw new Error("two tenants");
    const workspace = open.use(await hold.work({ run, recordProcess: async () => undefined }));
    const parts = { one: workspace.tenant(one), two: workspace.tenant(two) };
    const into = { store: directoryStore(folder), folder: "prod/app/20261121T001400Z-7f3a" };
    const { clone, observed } = await workspace.backup({
      run,
      into,
      proof: "restore",
      clone: true,
      observe: async (_session, tenant) => (await tenant(two).session.query("select current_schema(), count(*) from invoices")).rows,
    });
    if (clone === null) throw new Error("a clone was asked for");
    return { hold, workspace, one, two, parts, clone, observed };
  }

  test("is seen on the backup's snapshot by its own names, and only its own changes are its own", async () => {
    const { parts, clone, observed } = await working();
    expect(observed.map((row) => row.map(String))).toEqual([['t"wo', "20"]]);
    await parts.two.session.transact(["update invoices set cents = 0 where id = 3"]);
    expect((await parts.one.session.query("select sum(cents)::int from invoices")).rows).toEqual([[1470]]);
    expect([await parts.one.written(), await parts.two.written()]).toEqual([false, true]);
    expect([sameData(await parts.one.compare({ copy: clone })), sameData(await parts.two.compare({ copy: clone }))]).toEqual([true, false]);
    expect((await parts.two.compare({ copy: clone })).tables.map(({ changed }) => changed)).toEqual([0, 1]);
    expect([await parts.one.disturbance(), await parts.two.disturbance()]).toEqual([null, null]);
  });

  test("is not told from another by what that one set, in a transaction or outside", async () => {
    const { parts } = await working();
    await parts.one.session.execute(["set search_path = public", "set statement_timeout = 1"]);
    expect((await parts.two.session.query("select current_schema(), current_setting('statement_timeout')")).rows).toEqual([['t"wo', "0"]]);
    await parts.one.session.transaction(async () => parts.one.session.execute(["insert into customers values (77, 1, 'x')"]));
    expect((await parts.two.session.query("select count(*)::int from customers where id = 77")).rows).toEqual([[0]]);
  });

  test("is put back alone from the database's one copy, which serves the next one, too", async () => {
    const { hold, workspace, one, two, parts, clone } = await working();
    const before = ["one", 't"wo'].map((schema) => schemaDump(server, database.name, schema));
    for (const part of [parts.one, parts.two])
      await part.session.transact(["drop table invoices", "update customers set name = 'Mallory'"]);
    await workspace[Symbol.asyncDispose]();
    for (const [index, tenant] of [two, one].entries()) {
      const part = hold.tenant(tenant);
      expect(part.database).toBe(hold);
      const intent = await part.planReplacement(clone, run);
      expect([intent.strategy, intent.way]).toEqual(["restore", "schemas"]);
      await part.replace(intent);
      await part.replace(intent); // as a recovery would, which does not know how far it came
      expect(sameData((await part.compareWith({ copy: clone })).data)).toBe(true);
      const now = ["one", 't"wo'].map((schema) => schemaDump(server, database.name, schema));
      expect(now.map((dump, at) => dump === before[at])).toEqual(index === 0 ? [false, true] : [true, true]);
    }
    // what is kept aside holds nobody back
    expect(() => database.sql("delete from plans where id = 3", as)).toThrow(/customers_plan_fkey/);
    database.sql(`truncate one.customers, "t""wo".customers cascade; delete from plans`, as);
  });
});
