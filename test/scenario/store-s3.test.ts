/** Whole runs whose backups and journals lie in S3, encrypted, on a machine that keeps nothing. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { bookingDatabase, Project, type Ended } from "../support/project.ts";
import { startFront, type Front } from "../support/s3/front.ts";
import { BUCKET, CREDENTIALS, startS3Server, type S3Server } from "../support/s3/server.ts";

const ROLE = "alter table users add column role text;\nupdate users set role = 'guest';\n";
/** The first time that it is run it ends Belay, its parent. */
const KILL_ONCE = "test -e killed || { touch killed; kill -9 $PPID; }";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

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

interface Wanted {
  readonly endpoint?: string;
  readonly identity?: boolean;
  readonly checks?: string;
}

/** A site of its own below a prefix of its own. */
class S3Site extends Project {
  static #count = 0;
  readonly prefix = `teams/${++S3Site.#count}`;
  readonly environment: Readonly<Record<string, string>>;

  constructor({ endpoint = front.endpoint, identity: withIdentity = true, checks = "" }: Wanted = {}) {
    super();
    bookingDatabase(this, 500, "delete");
    this.migration("0001_role.sql", ROLE);
    this.environment = { ...CREDENTIALS, S3_ENDPOINT: endpoint, BELAY_AGE_IDENTITY: `# created by a test\n${identity}\n` };
    this.configure(`target: sqlite:app.db
migrate: sql
app:
  stop: env > seen.txt && echo stop >> app.log
  start: echo start >> app.log
  previous: echo previous >> app.log
${checks}backup:
  store: { url: "s3://${BUCKET}/${this.prefix}", endpoint: "\${S3_ENDPOINT}" }
  encrypt: { recipients: [${recipient}]${withIdentity ? ', identity: "${BELAY_AGE_IDENTITY}"' : ""} }
`);
  }

  belay(...args: string[]): Promise<Ended> {
    return this.start(args, { env: this.environment }).ended;
  }

  async result(...args: string[]): Promise<{ readonly status: number | null; readonly result: Result; readonly said: string }> {
    const { status, stdout, stderr } = await this.belay(...args, "--json");
    return { status, result: JSON.parse(stdout) as Result, said: stdout + stderr };
  }

  /** Names of this site's objects, less what the server adds to them. */
  objects(): string[] {
    const names = readdirSync(join(server.directory, BUCKET), { recursive: true, encoding: "utf8" });
    const own = names.filter((name) => name.startsWith(`${this.prefix}/`) && name.endsWith("._S3rver_object"));
    return own.map((name) => name.slice(this.prefix.length + 1, -"._S3rver_object".length)).sort();
  }

  content(object: string): Buffer {
    return readFileSync(join(server.directory, BUCKET, this.prefix, `${object}._S3rver_object`));
  }

  /** The copy for a swap is lost: only the backup leads back. */
  loseClone(): void {
    for (const name of this.files()) if (name.includes("_belay_c_")) rmSync(join(this.directory, name));
  }
}

describe("a run whose store is in S3, encrypted", { timeout: 60_000 }, () => {
  test("is taken back from the backup once the copy is gone; nothing tells a secret, and no command sees one", async () => {
    using site = new S3Site();
    const before = site.dump();
    const migrated = await site.result("migrate", "prod");
    expect(migrated.status, migrated.said).toBe(0);
    const location = `s3://${BUCKET}/${site.prefix}`;
    expect(migrated.result.targets[0]?.backup).toMatchObject({
      proof: "restored",
      location: expect.stringContaining(`${location}/prod/app/`),
    });
    const lines = site.objects().filter((name) => /^prod\/\.runs\/\w+\.jsonl\/\d{8}$/.test(name));
    expect(lines.length).toBeGreaterThan(10);
    expect(site.objects().filter((name) => !lines.includes(name))).toEqual([
      expect.stringMatching(/^prod\/app\/[^/]+\/database\.sqlite\.age$/),
      expect.stringMatching(/^prod\/app\/[^/]+\/manifest\.json$/),
    ]);

    const listed = await site.result("backups", "prod");
    expect(listed.result.backups?.[0]).toMatchObject({
      proof: "restored",
      restore: [expect.stringContaining("age --decrypt"), expect.stringContaining(".restore")],
    });
    site.loseClone();
    const back = await site.result("rollback", "prod");
    expect(back.status, back.said).toBe(0);
    expect(back.result.targets[0]?.rollback).toMatchObject({ strategy: "restore", matches: true });
    expect(site.dump()).toBe(before);
    expect((await site.belay("prune", "prod")).status).toBe(0);
    expect(site.objects().filter((name) => name.endsWith("manifest.json"))).toHaveLength(1);

    const everything = [migrated.said, listed.said, back.said, ...site.objects().map((name) => site.content(name).toString("latin1"))].join(
      "\n",
    );
    expect(everything).not.toContain(identity);
    expect(everything).not.toMatch(/user1@example\.org/);
    expect(site.read("seen.txt")).not.toMatch(/^AWS_|^BELAY_AGE_IDENTITY|^S3_ENDPOINT/m);
  });

  test("that is killed is recovered by the store that the state row names, and from its backup", async () => {
    using site = new S3Site({ checks: `checks:\n  after:\n    - { command: '${KILL_ONCE}' }\n` });
    const before = site.dump();
    const killed = await site.belay("migrate", "prod");
    expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
    site.loseClone();
    const refused = await site.result("migrate", "prod");
    expect([refused.status, refused.result.reasons[0]?.code]).toEqual([3, "unfinished-run"]);
    const recovered = await site.result("recover", "prod");
    expect(recovered.status, recovered.said).toBe(4);
    expect(recovered.result.targets[0]?.rollback).toMatchObject({ strategy: "restore", matches: true });
    expect(site.dump()).toBe(before);
    expect(site.applicationLog()).toEqual(["stop", "previous"]);
    const again = await site.result("migrate", "prod", "--again", "the machine was killed");
    expect(again.status, again.said).toBe(0);
  });

  test("needs no identity to back up, to prove it and to go back; only another process's restore does", async () => {
    using site = new S3Site({ identity: false });
    const before = site.dump();
    const migrated = await site.result("migrate", "prod");
    expect(migrated.status, migrated.said).toBe(0);
    expect(migrated.result.targets[0]?.backup?.proof).toBe("restored");
    const id = migrated.result.targets[0]?.backup?.id ?? "";
    const restored = await site.result("restore", id, "prod", "--into", "sqlite:look.db");
    expect([restored.status, restored.result.reasons[0]?.code]).toEqual([3, "identity-needed"]);
    expect(site.exists("look.db")).toBe(false);
    const elsewhere = await site.result("restore", id, "prod", "--into", "postgres://app@127.0.0.1:1/look");
    expect([elsewhere.status, elsewhere.result.reasons[0]?.code]).toEqual([3, "restore-other-engine"]);
    expect((await site.belay("doctor", "prod")).status).toBe(0);
    const back = await site.result("rollback", "prod");
    expect(back.status, back.said).toBe(0);
    expect(site.dump()).toBe(before);
  });

  test("finds a damaged backup before a byte of it is believed", async () => {
    using site = new S3Site();
    const migrated = await site.result("migrate", "prod");
    expect(migrated.status, migrated.said).toBe(0);
    const after = site.dump();
    site.loseClone();
    front.fault(
      "answer-cut",
      ({ method, path }) => method === "GET" && path.includes(`${site.prefix}/prod/app`) && path.includes(".age"),
      100,
    );
    const back = await site.result("rollback", "prod");
    expect(back.said).toContain("is damaged");
    expect(site.dump()).toBe(after);
  });
});

describe("a store that cannot be relied on", { timeout: 60_000 }, () => {
  test("because its service ignores conditions is refused by doctor and by a run, which changes nothing", async () => {
    using site = new S3Site({ endpoint: server.endpoint });
    const before = site.dump();
    const doctor = await site.result("doctor", "prod");
    expect([doctor.status, doctor.result.reasons.map(({ code }) => code)]).toEqual([6, ["store-unsuitable"]]);
    const run = await site.result("migrate", "prod");
    expect([run.status, run.result.reasons[0]?.code], run.said).toEqual([3, "store-unsuitable"]);
    expect(site.dump()).toBe(before);
    expect(site.applicationLog()).toEqual([]);
    expect(site.objects()).toEqual([]);
  });

  test("because nobody listens there is refused, and nothing was stopped", async () => {
    using site = new S3Site({ endpoint: "http://127.0.0.1:9" });
    const { status, result } = await site.result("migrate", "prod");
    expect([status, result.reasons[0]?.code]).toEqual([3, "store-unreachable"]);
    expect(result.reasons[0]?.message).toContain("the connection is refused");
    expect(site.applicationLog()).toEqual([]);
  });
});
