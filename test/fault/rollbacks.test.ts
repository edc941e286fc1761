import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, linkSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { CLI } from "../support/project.ts";
import { assertInvariants } from "../support/faults-site.ts";
import { Site } from "../support/faults-site-sqlite.ts";

/** The database's own program with the file open, doing nothing: an application between two requests. */
async function idleApplication(site: Site): Promise<AsyncDisposable & { ask(sql: string): Promise<string> }> {
  const child = spawn("sqlite3", [site.database], { stdio: ["pipe", "pipe", "inherit"] });
  const ask = async (sql: string) => {
    const answer = once(child.stdout.setEncoding("utf8"), "data");
    child.stdin.write(`${sql}\n`);
    return String((await answer)[0]).trim();
  };
  await ask("select count(*) from users;");
  return {
    ask,
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
    },
  };
}

const health = (command: string) => `checks:\n  health:\n    - { name: answers, command: "${command}" }\n`;
const WRITES = health("sqlite3 app.db \\\"insert into audit values ('health', 'was here')\\\"; false");

describe.concurrent("later writes", () => {
  test("of a failing health check are counted exactly and kept aside, and the database is the old one", { timeout: 60_000 }, async () => {
    using site = new Site({ checks: WRITES });
    const { status, result, stderr } = await site.json("migrate", "prod");
    expect(status, stderr).toBe(4);
    const [target] = result.targets;
    expect(target?.rollback?.laterWrites).toEqual([{ table: "audit", written: 1, gone: 0 }]);
    const [kept = ""] = target?.rollback?.kept ?? [];
    expect(site.sql("select * from audit;", kept).trim()).toBe("health|was here");
    expect(assertInvariants(site)).toBe("old");
    expect(site.applicationLog().at(-1)).toBe("previous");
  });

  test(
    "stop the rollback inside a run where they are to be refused: the new state stays and needs attention",
    { timeout: 60_000 },
    async () => {
      using site = new Site({ checks: WRITES, more: "rollback:\n  later-writes: refuse\n" });
      const ended = await site.run("migrate", "prod");
      expect(ended.status, ended.stdout + ended.stderr).toBe(5);
      expect(ended.stdout + ended.stderr).toMatch(/audit/);
      expect(site.sql("select count(*) from audit;").trim()).toBe("1");
      expect(site.applicationLog().at(-1)).toBe("start");
    },
  );

  test(
    "are refused by the recovery of a run that was killed on its way back, too, and by a person's rollback until the loss is accepted",
    { timeout: 60_000 },
    async () => {
      const checks = health("sqlite3 app.db \\\"insert into audit values ('health', 'was here')\\\"; touch hang; false");
      const app = 'app:\n  stop: "echo stop >> app.log; test ! -e hang || sleep 60"\n  start: "echo start >> app.log"\n';
      using site = new Site({ checks, app, more: "rollback:\n  later-writes: refuse\n" });
      const run = site.start(["migrate", "prod"]);
      await site.until("the way back", () => site.applicationLog().length === 3);
      run.kill("SIGKILL");
      site.remove("hang"); // the command that it leaves behind holds its output open until the recovery ends it
      const { status, result } = await site.json("recover", "prod");
      expect([status, result.outcome, result.reasons.map(({ code }) => code)]).toEqual([5, "needs-attention", ["later-writes"]]);
      expect([site.sql("select count(*) from audit;").trim(), site.applicationLog().at(-1)]).toEqual(["1", "start"]);
      expect((await site.json("rollback", "prod")).status).toBe(3);
      expect((await site.json("rollback", "prod", "--accept-loss")).status).toBe(0);
      expect(assertInvariants(site)).toBe("old");
    },
  );

  test(
    "are left where they are to be refused and the application does not start on them; a rollback that accepts the loss is not in anybody's way",
    { timeout: 60_000 },
    async () => {
      const app = `app:\n  stop: "echo stop >> app.log"\n  start: "echo start >> app.log; sqlite3 app.db \\"insert into audit values ('start', 'was here')\\"; false"\n  previous: "echo previous >> app.log"\n`;
      using site = new Site({ app, more: "rollback:\n  later-writes: refuse\n" });
      const { status, result } = await site.json("migrate", "prod");
      expect([status, result.reasons.map(({ code }) => code)]).toEqual([5, ["start-failed", "later-writes"]]);
      expect((await site.json("recover", "prod")).result.outcome).toBe("up-to-date");
      expect(site.sql("select count(*) from audit;").trim()).toBe("2");
      expect((await site.json("rollback", "prod", "--accept-loss")).status).toBe(0);
      expect(assertInvariants(site)).toBe("old");
    },
  );

  test(
    "of a loop of writers after a run are counted exactly; the rollback refuses, and with --accept-loss keeps every one aside",
    { timeout: 60_000 },
    async () => {
      using site = new Site();
      expect((await site.run("migrate", "prod")).status).toBe(0);
      for (let n = 1; n <= 25; n++) site.sql(`insert into audit values ('loop', ${n}); update bookings set note = 'seen' where id = ${n};`);
      const refused = await site.json("rollback", "prod");
      expect(refused.status).toBe(3);
      expect(refused.result.reasons[0]?.message).toMatch(/audit.*25|25.*audit/);
      const { status, result } = await site.json("rollback", "prod", "--accept-loss");
      expect(status).toBe(0);
      const writes = result.targets[0]?.rollback?.laterWrites ?? [];
      expect(writes.map(({ table, written, gone }) => [table, written, gone])).toEqual([
        ["audit", 25, 0],
        ["bookings", 25, 0],
      ]);
      const [kept = ""] = result.targets[0]?.rollback?.kept ?? [];
      expect(site.sql("select count(*) from audit where at = 'loop';", kept).trim()).toBe("25");
      expect(assertInvariants(site)).toBe("old");
    },
  );
});

describe.concurrent("a rollback while others have the database", () => {
  test(
    "never splits them onto two files: an idle application sees the old data through the file that it has open",
    { timeout: 60_000 },
    async () => {
      using site = new Site();
      site.write("broken", "");
      await using application = await idleApplication(site);
      const { status, result, stderr } = await site.json("migrate", "prod");
      expect(status, stderr).toBe(4);
      expect(result.targets[0]?.rollback?.strategy).toBe("restore");
      expect(await application.ask("select count(*) from pragma_table_info('users') where name = 'phone';")).toBe("0");
      await application.ask("insert into audit values ('application', 'writes on'); select 1;");
      expect(site.sql("select count(*) from audit;").trim()).toBe("1");
      site.sql("delete from audit;");
      expect(assertInvariants(site)).toBe("old");
    },
  );

  test("sees a process that merely holds the file open, and does not rename under it", { timeout: 60_000 }, async () => {
    using site = new Site();
    site.write("broken", "");
    const descriptor = openSync(site.database, "r");
    try {
      const { status, result, stderr } = await site.json("migrate", "prod");
      expect(status, stderr).toBe(4);
      expect(result.targets[0]?.rollback?.strategy).toBe("restore");
      expect(result.targets[0]?.rollback?.why).toContain("pid");
    } finally {
      closeSync(descriptor);
    }
    expect(assertInvariants(site)).toBe("old");
  });

  test("goes through a file with two names by copying, so that both lead to the old data", { timeout: 60_000 }, async () => {
    using site = new Site();
    site.write("broken", "");
    linkSync(site.database, join(site.directory, "second-name.db"));
    expect((await site.json("migrate", "prod")).result.targets[0]?.rollback?.strategy).toBe("restore");
    expect(assertInvariants(site)).toBe("old");
    expect(site.dump(join(site.directory, "second-name.db"))).toBe(site.old);
  });

  test("never shows an application that starts meanwhile a missing or an empty database", { timeout: 120_000 }, async () => {
    using site = new Site();
    const over = new AbortController();
    const seen = new Set<string>();
    let looks = 0;
    const ends: string[] = [];
    const starting = (async () => {
      for (; !over.signal.aborted; looks++) seen.add(await look(site));
    })();
    try {
      for (let times = 0; times < 2; times++) {
        const migrated = await site.run("migrate", "prod", "--again", "once more");
        expect([0, 4, 5], migrated.stdout + migrated.stderr).toContain(migrated.status);
        const back = await site.run("rollback", "prod", "--accept-loss");
        expect([0, 5], back.stdout + back.stderr).toContain(back.status);
        const recovered = await site.recover();
        for (const { status, stdout, stderr } of [migrated, back, recovered]) ends.push(`${status} ${stdout}${stderr}`);
      }
    } finally {
      over.abort();
      await starting;
    }
    expect(looks).toBeGreaterThan(20);
    expect([...seen].filter((count) => count !== "200" && !/locked/.test(count))).toEqual([]);
    if (site.state() === "new") {
      const last = await site.run("rollback", "prod", "--accept-loss");
      expect(last.status, `${ends.join("\n")}\n${last.stdout}${last.stderr}`).toBe(0);
    }
    expect(site.state()).toBe("old");
  });
});

/** Opens the database anew, as an application that starts, and counts. */
async function look(site: Site): Promise<string> {
  const child = spawn("sqlite3", ["-cmd", ".timeout 2000", site.database, "select count(*) from bookings;"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += String(text)));
  child.stderr.on("data", (text: Buffer) => (said += String(text)));
  await once(child, "close");
  return said.trim();
}

describe.concurrent("a writer that app.stop did not stop", () => {
  test("leaves a backup of one moment, and a run that says what it could not prove", { timeout: 60_000 }, async () => {
    using site = new Site({ checks: "" });
    site.sql("create table pairs(side text, n integer);");
    const writer = spawn(
      "sh",
      [
        "-c",
        `i=0; while :; do i=$((i+1)); echo ".timeout 5000\nbegin immediate; insert into pairs values ('left', $i); insert into pairs values ('right', $i); commit;"; sleep 0.005; done | sqlite3 ${site.database}`,
      ],
      {
        stdio: "ignore",
        detached: true,
      },
    );
    try {
      await site.until("the writer", () => Number(site.sql("select count(*) from pairs;")) > 4);
      const { status, result, stderr } = await site.json("migrate", "prod");
      expect([0, 3, 4, 5], stderr).toContain(status);
      if (status === 0) expect(result.targets[0]?.undisturbed).toBe(false);
    } finally {
      process.kill(-(writer.pid ?? 0), "SIGKILL");
      await once(writer, "exit");
    }
    await pause(100);
    const backup = site.backups().at(-1);
    if (backup === undefined) throw new Error("there is no backup");
    const file = join(backup.folder, "database.sqlite");
    expect(
      site
        .sql(
          "select count(*) from pairs l where side = 'left' and not exists (select 1 from pairs r where r.side = 'right' and r.n = l.n);",
          file,
        )
        .trim(),
    ).toBe("0");
    expect(site.sql("pragma integrity_check;", file).trim()).toBe("ok");
    expect(Number(site.sql("select count(*) from pairs;"))).toBeGreaterThan(Number(site.sql("select count(*) from pairs;", file)));
  });
});

describe.concurrent("an application whose entrypoint is `belay gate`", () => {
  const gate = `'${process.execPath}' '${CLI}' gate prod`;
  const app = `app:\n  stop: echo stop >> app.log\n  start: |\n    ${gate} && echo start >> app.log\n  previous: |\n    ${gate} && echo previous >> app.log\n`;

  test("starts inside a good run without waiting for it", { timeout: 60_000 }, async () => {
    using site = new Site({ app });
    const ended = await site.run("migrate", "prod");
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    expect(site.applicationLog()).toEqual(["stop", "start"]);
    expect(assertInvariants(site)).toBe("new");
  });

  test(
    "starts after a rollback inside the run, and is stopped by the gate afterwards, before it migrates by itself",
    { timeout: 60_000 },
    async () => {
      using site = new Site({ app });
      site.write("broken", "");
      const ended = await site.run("migrate", "prod");
      expect(ended.status, ended.stdout + ended.stderr).toBe(4);
      expect(site.applicationLog()).toEqual(["stop", "previous"]);
      const later = await site.run("gate", "prod");
      expect(later.status, later.stdout + later.stderr).toBe(6);
      expect(assertInvariants(site)).toBe("old");
    },
  );
});
