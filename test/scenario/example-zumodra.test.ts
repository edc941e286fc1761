/** examples/zumodra, line by line: ten tenants of one database, of which one lacks a table, and the gate in front of their container. */

import { describe, expect, test } from "vitest";

import { Example } from "../support/example.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { psql } from "../support/postgres/psql.ts";
import { schemaDump } from "../support/postgres/schema-dump.ts";
import { CLI } from "../support/workplace.ts";

const TENANTS = ["acme", "borealis", "cedar", "demo", "ember", "fjord", "granite", "harbour", "iris", "juniper"];

class Zumodra extends Example implements AsyncDisposable {
  readonly server: Cluster;
  readonly database: TestDatabase;
  override readonly variables: Readonly<Record<string, string>>;

  private constructor(server: Cluster, database: TestDatabase) {
    super("zumodra");
    this.server = server;
    this.database = database;
    const path = `${server.bin}:${process.env["PATH"] ?? ""}`;
    this.variables = { DATABASE_URL: database.address("owner"), PATH: path, BELAY: `${process.execPath} ${CLI}` };
    // Debian's Python has Django
    this.write(".venv/bin/python", '#!/bin/sh\nexec /usr/bin/python3 "$@"\n');
    this.do("./make_database");
  }

  static async start(): Promise<Zumodra> {
    const server = await cluster(15);
    return new Zumodra(server, await server.createDatabase());
  }

  sql(script: string): string {
    return psql(this.server.bin, this.database.address("owner"), script);
  }

  dump(schema: string): string {
    return schemaDump(this.server, this.database.name, schema);
  }

  async page(tenant: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.read("web.port")}/${tenant}/invoices`);
    await answer.text();
    return answer.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.do("./web", "stop");
    this[Symbol.dispose]();
    await this.database[Symbol.asyncDispose]();
  }
}

describe("zumodra", { timeout: 300_000 }, () => {
  test("the container is kept from starting, a guarded run brings the one tenant up to date, and then its page answers", async () => {
    await using site = await Zumodra.start();
    expect(site.sql("select count(*) from acme.crm_customer")).toBe("1200");

    const gate = await site.run("gate", "prod");
    expect(gate.status).toBe(6);
    expect(gate.stdout + gate.stderr).toMatch(/FATAL/);
    expect(gate.stdout + gate.stderr).toMatch(/demo.*missing finance\.0001_initial/);
    expect(() => site.do("./web", "start")).toThrow();

    // the container whose entrypoint is the gate starts inside the run
    const { status, result, stderr } = await site.json("migrate");
    expect(status, stderr + JSON.stringify(result.reasons)).toBe(0);
    expect(result.targets.filter(({ outcome }) => outcome === "migrated").map(({ name }) => name)).toEqual(["zumodra/demo"]);
    expect(result.targets.find(({ name }) => name === "zumodra/demo")?.data?.proven).toBe(true);
    expect(await Promise.all(TENANTS.map((tenant) => site.page(tenant)))).toEqual(TENANTS.map(() => 200));
    expect((await site.run("gate", "prod")).status).toBe(0);
    // the project's own word for it: ten of ten
    expect(site.do("/usr/bin/python3", "manage.py", "verify_tenant_migrations").match(/up to date/g)).toHaveLength(10);

    const verified = await site.json("verify");
    expect(
      verified.result.targets.slice(1).map(({ outcome }) => outcome),
      JSON.stringify(verified.result.reasons),
    ).toEqual(TENANTS.map(() => "verified"));

    // a migration that was applied without its file is named
    site.sql("insert into iris.django_migrations (app, name, applied) values ('finance', '0009_lost', now())");
    const lost = await site.json("plan");
    expect(JSON.stringify(lost.result)).toContain("finance.0009_lost");
    expect(JSON.stringify(lost.result.reasons)).toContain("migration-missing");
  });

  test("a tenant whose migration fails goes back alone; a new one that fails is removed again", async () => {
    await using site = await Zumodra.start();
    site.write(
      "finance/migrations/0002_unique.py",
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("finance", "0001_initial")]\n    operations = [migrations.RunSQL("create unique index one_invoice on finance_invoice (customer_id)", "drop index one_invoice")]\n`,
    );
    site.sql("insert into cedar.finance_invoice (customer_id, cents) values (7, 1)");
    const before = site.dump("cedar");
    const { status, result, stderr } = await site.json("migrate", "--target", "cedar", "--target", "demo", "--target", "iris");
    expect(
      result.targets.map(({ name, outcome }) => [name, outcome]),
      stderr + JSON.stringify(result.reasons),
    ).toEqual([
      ["zumodra/cedar", "undone"],
      ["zumodra/demo", "migrated"],
      ["zumodra/iris", "migrated"],
    ]);
    expect(status).toBe(4);
    expect(result.reasons[0]?.message).toMatch(/zumodra\/cedar: .*finance\.0002_unique/s);
    expect(site.dump("cedar")).toBe(before);

    site.write(
      "finance/migrations/0003_broken.py",
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("finance", "0002_unique")]\n    operations = [migrations.RunSQL("select * from nowhere", "")]\n`,
    );
    const made = await site.json("migrate", "--new", "kestrel");
    expect([made.status, made.result.targets.map(({ name, outcome }) => [name, outcome])]).toEqual([4, [["zumodra/kestrel", "undone"]]]);
    expect(site.sql("select count(*) from pg_namespace where nspname = 'kestrel'")).toBe("0");
    expect(site.sql("select count(*) from tenants_tenant")).toBe("10");
  });
});
