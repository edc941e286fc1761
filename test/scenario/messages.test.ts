/** Who is told of a run, when, and in which words: over real HTTP, with receivers that fail, and a run that is killed on the way. */

import { describe, expect, test } from "vitest";

import { killAt, listPoints } from "../support/faults-points.ts";
import { hookServer, type HookServer } from "../support/hook-server.ts";
import { mailServer } from "../support/mail-server.ts";
import { SqliteProduction } from "../support/production-sqlite.ts";
import { APPLICATION } from "../support/workplace.ts";

const OK = { status: 200 };
const GOOD = "alter table users add column role text;\n";
const BROKEN = "alter table users add column role text;\nalter table nowhere add column x text;\n";

async function shop(notify: string, { migration = GOOD, more = "" } = {}): Promise<SqliteProduction> {
  const made = await SqliteProduction.start({ journalMode: "wal", held: false }, 100);
  made.configure(`${made.target}migrate: sql\n${APPLICATION}${more}notify:\n${notify.replace(/^/gm, "  ")}\n`);
  made.migration("0001_role.sql", migration);
  return made;
}

const ALL = '- { webhook: "${HOOK}", secret: "${KEY}", on: [before, start, end, failure, rollback] }';

function tell(of: SqliteProduction, server: HookServer) {
  return async (...args: string[]) => {
    const { stdout, status, stderr } = await of.start([...args, "--json"], { env: { HOOK: server.url, KEY: "k3y" } }).ended;
    return { status, stderr, text: stdout, result: JSON.parse(stdout) as { messages?: object[]; run: string; outcome: string } };
  };
}

const eventsOf = (server: HookServer) => server.bodies().map(({ event }) => event);

describe("a run tells", { timeout: 60_000 }, () => {
  test("before it prepares, when the downtime begins, and how it ended, once each", async () => {
    await using server = await hookServer(OK);
    await using made = await shop(ALL);
    const belay = tell(made, server);
    const { result, status } = await belay("migrate");
    expect(status).toBe(0);
    expect(eventsOf(server)).toEqual(["before", "start", "end"]);
    expect(result.messages).toEqual(["before", "start", "end"].map((event) => ({ receiver: "webhook", event, outcome: "sent" })));
    const [before, start, end] = server.bodies();
    expect(before).toMatchObject({ run: result.run, result: null, summary: "prod: a guarded migration begins. 1 migration: 0001_role." });
    expect(start).toMatchObject({ summary: "prod: migrating now. 1 migration: 0001_role." });
    expect(end).toMatchObject({ result: { outcome: "migrated", run: result.run }, fields: { outcome: "migrated", count: "1" } });
    expect(String(end?.["summary"])).toMatch(/^prod: MIGRATED in .*1 migration applied/);

    await belay("migrate");
    expect(server.taken).toHaveLength(3); // nothing was pending
  });

  test("of a failed migration that it was undone, and of a rollback, in one message each", async () => {
    await using server = await hookServer(OK);
    await using made = await shop(ALL, { migration: BROKEN });
    const belay = tell(made, server);
    expect((await belay("migrate")).status).toBe(4);
    expect(eventsOf(server)).toEqual(["before", "start", "rollback"]);
    expect(server.bodies().at(-1)).toMatchObject({ result: { outcome: "undone" } });
    expect(JSON.stringify(server.bodies().at(-1))).toContain("no such table: nowhere");

    made.migration("0001_role.sql", GOOD);
    expect((await belay("migrate")).status).toBe(0);
    expect((await belay("rollback")).status).toBe(0);
    expect(eventsOf(server).slice(3)).toEqual(["before", "start", "end", "start", "rollback"]);
    expect(server.bodies().at(-1)).toMatchObject({ fields: { command: "rollback", outcome: "rolled-back" } });
  });

  test("nobody a secret, whoever says it", async () => {
    await using server = await hookServer(OK);
    const more =
      'checks: { after: [{ command: "echo the token is $TOKEN; exit 1" }], health: [{ http: "http://127.0.0.1:9/", headers: { authorization: "${TOKEN}" } }] }\n';
    await using made = await shop(ALL, { more });
    const env = { HOOK: server.url, KEY: "k3y", TOKEN: "tok-98765" };
    expect((await made.start(["migrate"], { env }).ended).status).toBe(4);
    const sent = server.taken.map(({ body }) => body).join("\n");
    expect(sent).toContain("the token is ***");
    expect(sent).not.toMatch(/tok-98765|s3cr3t/);
  });

  test("a customer by mail, before and after, in the team's own words", async () => {
    await using server = await mailServer();
    const customer = 'email: customer@example.com, from: support@example.com, smtp: "${SMTP}"';
    await using made = await shop(
      [
        `- { ${customer}, name: announcement, on: [before], subject: "Upgrade of {{environment}}", template: "Dear customer,\\nwe begin with {{count}} change." }`,
        `- { ${customer}, name: done, on: [end], subject: Done, template: "Done after {{duration}}." }`,
        "- { file: log.txt, on: [end], template: '{{migrations}}' }",
      ].join("\n"),
    );
    const smtp = `smtp://127.0.0.1:${server.port}?tls.rejectUnauthorized=false`;
    const { status } = await made.start(["migrate"], { env: { SMTP: smtp } }).ended;
    expect(status).toBe(0);
    expect(server.mails.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1])).toEqual(["Upgrade of prod", "Done"]);
    expect(server.mails[0]?.source).toContain("we begin with 1 change.");
    expect(made.read("log.txt")).toMatch(/^# \S+ prod end 01\w+\n0001_role\n\n$/);
  });
});

describe("a receiver that fails", { timeout: 60_000 }, () => {
  test("fails no run: the report says who was not told, and neither it nor the journal names the address", async () => {
    await using server = await hookServer({ status: 403 });
    await using made = await shop(ALL);
    const belay = tell(made, server);
    const { status, result, text, stderr } = await belay("migrate");
    expect(status).toBe(0);
    const failed = { receiver: "webhook", outcome: "failed", detail: `${server.host} answered 403` };
    expect(result.messages).toEqual(["before", "start", "end"].map((event) => ({ ...failed, event })));
    const shown = await made.start(["rollback"], { env: { HOOK: server.url, KEY: "k3y" } }).ended;
    expect(shown.status).toBe(0);
    expect(shown.stdout.replace(/\s+/g, " ")).toContain(`webhook was not told (rollback): ${server.host} answered 403`);
    const journals = made.files("belay-backups/prod/.runs").map((name) => made.read(`belay-backups/prod/.runs/${name}`));
    expect([text, stderr, shown.stdout, shown.stderr, ...journals].join("\n")).not.toMatch(/s3cr3t|k3y/);
  });

  test("by hanging costs a run no more than its time limit", async () => {
    await using server = await hookServer("hangs");
    await using made = await shop('- { webhook: "${HOOK}", on: [end], timeout: 500ms }');
    const { status, result } = await tell(made, server)("migrate");
    expect(status).toBe(0);
    expect(result.messages).toEqual([{ receiver: "webhook", event: "end", outcome: "failed", detail: "not taken within 0.5 s" }]);
  });
});

describe("a run that is killed", { timeout: 180_000 }, () => {
  const NOTIFY = '- { webhook: "${HOOK}", on: [end, failure, rollback] }';

  /** With the address in its surroundings, however it is started. */
  async function killable(server: HookServer): Promise<SqliteProduction> {
    const made = await shop(NOTIFY);
    Object.assign(made.variables, { HOOK: server.url });
    return made;
  }

  test("at its end tells it after a recovery, whichever moment it was: never not at all, and twice only under one id", async () => {
    await using rehearsal = await hookServer(OK);
    await using listed = await killable(rehearsal);
    const { points } = await listPoints(listed, ["migrate"]);
    const journal = points.filter(({ call, text }) => call === "fsync" && text.includes(".runs/"));
    // the last two entries of the journal are the end and the message: each of them, and what is synced in between
    const from = points.findIndex((point) => point === journal.at(-2));
    expect(from).toBeGreaterThan(0);
    const to = points.findIndex((point) => point === journal.at(-1));
    const moments = points.slice(from, to + 2).filter(({ call }) => call.endsWith("sync"));
    expect(moments.length).toBeGreaterThan(2);
    for (const point of moments) {
      await using server = await hookServer(OK);
      await using made = await killable(server);
      await killAt(made, ["migrate"], point);
      const { status } = await made.json("recover");
      expect([0, 4], point.text).toContain(status);
      const ids = new Set(server.bodies().map(({ id }) => id));
      expect(ids.size, `${point.text}: ${[...ids].join()}`).toBe(1);
      expect(server.taken.length, point.text).toBeLessThanOrEqual(2);
      const told = server.taken.length;
      await made.json("recover");
      expect(server.taken, point.text).toHaveLength(told);
    }
  });
});
