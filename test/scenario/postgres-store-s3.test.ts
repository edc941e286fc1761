/** Whole runs on PostgreSQL whose backups and journals lie in S3, encrypted; the backup comes back with Debian's `age`, too. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { PostgresSite } from "../support/postgres/faults-site.ts";
import { cluster } from "../support/postgres/cluster.ts";
import { startFront, type Front } from "../support/s3/front.ts";
import { BUCKET, CREDENTIALS, startS3Server, type S3Server } from "../support/s3/server.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
/** The first time that it is run it ends Belay, its parent. */
const KILL_ONCE = "test -e killed || { touch killed; kill -9 $PPID; }";

let server: S3Server;
let front: Front;
beforeAll(async () => {
  server = await startS3Server();
  front = await startFront(server);
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

let count = 0;
async function startSite(checks = ""): Promise<{ readonly site: PostgresSite; readonly prefix: string }> {
  const prefix = `teams/${++count}`;
  const site = await PostgresSite.start({ cluster: await cluster(15), as: "owner" });
  site.configure(`target: { url: "\${DATABASE_URL}", name: app }
migrate: sql
app: { stop: echo stop >> app.log, start: echo start >> app.log, previous: echo previous >> app.log }
${checks}backup:
  store: { url: "s3://${BUCKET}/${prefix}", endpoint: "\${S3_ENDPOINT}" }
  encrypt: { recipients: [${recipient}], identity: "\${BELAY_AGE_IDENTITY}" }
`);
  return { site, prefix };
}

async function belay(site: PostgresSite, ...args: string[]) {
  const env = { ...CREDENTIALS, S3_ENDPOINT: front.endpoint, BELAY_AGE_IDENTITY: `# created by a test\n${identity}\n` };
  const { status, signal, stdout, stderr } = await site.start([...args, "--json"], { env }).ended;
  const result = stdout === "" ? null : JSON.parse(stdout);
  return { status, signal, result, said: stdout + stderr };
}

/** Only the backup leads back. */
function loseClone(site: PostgresSite): void {
  for (const name of site.copies()) if (name.includes("_belay_c_")) site.cluster.psql("postgres", `drop database "${name}"`);
}

function objects(prefix: string): readonly string[] {
  const all = readdirSync(join(server.directory, BUCKET), { recursive: true, encoding: "utf8" });
  const ending = "._S3rver_object";
  return all.filter((name) => name.startsWith(`${prefix}/`) && name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}

describe("a run on PostgreSQL whose store is in S3, encrypted", { timeout: 120_000 }, () => {
  test("is taken back from the backup, which also comes back elsewhere, and by age and pg_restore alone", async () => {
    const { site, prefix } = await startSite();
    await using _ = site;
    const migrated = await belay(site, "migrate", "prod");
    expect([migrated.status, migrated.result?.targets[0]?.backup?.proof], migrated.said).toEqual([0, "restored"]);
    expect(site.state()).toBe("new");
    const id = String(migrated.result?.targets[0]?.backup?.id);
    loseClone(site);
    const back = await belay(site, "rollback", "prod");
    expect(back.status, back.said).toBe(0);
    expect(back.result?.targets[0]?.rollback).toMatchObject({ strategy: "restore", matches: true });
    expect(site.state()).toBe("old");

    const fresh = `${site.database.name}_fresh`;
    const byHand = mkdtempSync(join(tmpdir(), "belay-by-age-"));
    try {
      const restored = await belay(site, "restore", id, "prod", "--into", site.cluster.owner(fresh));
      expect(restored.status, restored.said).toBe(0);
      expect(site.dump(fresh)).toBe(site.old);
      const stored = objects(prefix).find((name) => name.endsWith("database.dump.zst.age")) ?? "";
      const encrypted = readFileSync(join(server.directory, BUCKET, `${stored}._S3rver_object`));
      expect(encrypted.includes("user1@example.org")).toBe(false);
      writeFileSync(join(byHand, "key"), identity);
      const dump = execFileSync("sh", ["-c", "age --decrypt --identity key | zstd --decompress --stdout"], {
        cwd: byHand,
        input: encrypted,
      });
      const rows = execFileSync(join(site.cluster.bin, "pg_restore"), ["--data-only", "--table=users", "--file=-"], { input: dump });
      expect(rows.toString()).toContain("user1@example.org");
    } finally {
      rmSync(byHand, { recursive: true });
      site.cluster.psql("postgres", `drop database if exists "${fresh}"`);
    }
    const everything = [
      migrated.said,
      back.said,
      ...objects(prefix).map((name) => readFileSync(join(server.directory, BUCKET, `${name}._S3rver_object`), "latin1")),
    ];
    expect(everything.join("\n")).not.toContain(identity);
  });

  test("that is killed is recovered from its backup, and may be run again", async () => {
    const { site } = await startSite(`checks:\n  after:\n    - { command: '${KILL_ONCE}' }\n`);
    await using _ = site;
    const killed = await belay(site, "migrate", "prod");
    expect(killed.signal, killed.said).toBe("SIGKILL");
    loseClone(site);
    const recovered = await belay(site, "recover", "prod");
    expect(recovered.status, recovered.said).toBe(4);
    expect(recovered.result?.targets[0]?.rollback).toMatchObject({ strategy: "restore", matches: true });
    expect(site.state()).toBe("old");
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    const again = await belay(site, "migrate", "prod", "--again", "the machine was killed");
    expect(again.status, again.said).toBe(0);
    expect(site.state()).toBe("new");
  });
});
