/** Databases of which a restore for the proof is for people to decide. */

import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { cluster } from "../support/postgres/cluster.ts";
import { PostgresSite } from "../support/postgres/faults-site.ts";

/** What the server takes for a table of 20 GB, and the disk for nothing. */
function grow({ cluster: server, database }: PostgresSite): void {
  const oid = server.psql("postgres", `select oid from pg_database where datname = '${database.name}'`);
  const folder = join(server.facts.directory, "data", "base", oid);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "999999"), "");
  truncateSync(join(folder, "999999"), 20 * 1000 ** 3);
}

test(
  "a backup of more than 10 GB is refused where nobody chose its proof, as a plan is; chosen, it is taken",
  { timeout: 60_000 },
  async () => {
    await using site = await PostgresSite.start({ cluster: await cluster(15) });
    grow(site);
    const { status, result, stderr } = await site.json("backup", "prod");
    expect([status, result.reasons[0]?.code], stderr).toEqual([3, "proof-choice-needed"]);
    expect(site.backups()).toEqual([]);
    site.write("belay.yml", site.read("belay.yml").replace(/^( *)store: /m, "$1proof: read\n$1store: "));
    const chosen = await site.run("backup", "prod");
    expect(chosen.status, chosen.stdout + chosen.stderr).toBe(0);
  },
);
