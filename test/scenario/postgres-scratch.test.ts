/** A run that proves its backups on a server of their own, and dies in the middle of that. */

import { setTimeout as pause } from "node:timers/promises";

import { expect, test } from "vitest";

import { copyRecord, noteOn } from "../../src/engine/postgres/database-record.ts";
import { cluster, ownCluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";
import { programFolder } from "../support/postgres/program-folder.ts";

test(
  "a scratch database that a killed run left on another server is found by recover; another target's stays",
  { timeout: 120_000 },
  async () => {
    await using elsewhere = await ownCluster(15);
    await using site = await PostgresSite.start({
      cluster: await cluster(15),
      backup: `  scratch: ${elsewhere.owner("postgres")}\n  proof: restore\n`,
    });
    const there = () => elsewhere.psql("postgres", "select datname from pg_database where datname ~ '_belay_'");
    // of one of the same name on another server
    const foreign = `${site.database.name}_belay_s_00000000AB`;
    elsewhere.psql("postgres", `create database "${foreign}" owner app`);
    elsewhere.psql(
      "postgres",
      noteOn(foreign, copyRecord(`7/postgres ${site.database.name}`, "scratch", "01JD0000000000000000000AB", null)),
    );
    using programs = programFolder(site.cluster.bin, { pg_restore: "exec sleep 100" });
    const run = site.start(["migrate", "prod"], { env: { PATH: `${programs.path}:${process.env["PATH"] ?? ""}` } });
    while (there().split("\n").length < 2) await pause(20);
    await pause(300);
    run.kill("SIGKILL");
    await run.ended;
    expect(there().split("\n")).toHaveLength(2);
    const recovered = await site.run("recover", "prod");
    expect(recovered.status, recovered.stdout + recovered.stderr).toBe(4);
    expect(there()).toBe(foreign);
    const good = await site.run("migrate", "prod", "--again", "the machine died");
    expect(good.status, good.stdout + good.stderr).toBe(0);
    expect(there()).toBe(foreign);
  },
);
