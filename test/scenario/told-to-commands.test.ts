/** What Belay tells the commands of belay.yml, and who may read what it leaves behind. */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_VERSION } from "../support/productions.ts";

const TOLD = "$BELAY_ENVIRONMENT $BELAY_SHA ${BELAY_PREVIOUS_SHA:-none}";

/** The migrations, committed; the commit's full name. */
function commit({ directory }: Production): string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: directory, encoding: "utf8" });
  git("init", "--quiet");
  git("add", "migrations");
  git("commit", "--quiet", "--message", "migrations");
  return git("rev-parse", "HEAD").trim();
}

/** Every file and folder below one, with who may do what. */
const modes = (production: Production, below: string): string[] =>
  production.files(below).map((name) => `${name} ${(statSync(join(production.directory, below, name)).mode & 0o777).toString(8)}`);

describe.each(EACH_VERSION)("with a database %s:", { timeout: 60_000 }, (_name, start) => {
  test("app.stop, app.start and, without app.previous, app.start again are told the commit that is deployed, and the one before", async () => {
    await using production = await start(50);
    production.configure(`${production.target}migrate: sql
app: { stop: 'echo "stop ${TOLD}" >> app.log', start: 'echo "start ${TOLD}" >> app.log' }
`);
    production.migration("1_role.sql", "alter table users add column role text;");
    const first = commit(production);
    expect((await production.json("migrate")).status).toBe(0);
    production.migration("2_bad.sql", "insert into nothing values (1);");
    const second = commit(production);
    expect((await production.json("migrate")).status).toBe(4);
    expect(production.applicationLog()).toEqual([
      `stop prod ${first} none`,
      `start prod ${first} none`,
      `stop prod ${second} ${first}`,
      `start prod ${first} ${first}`,
    ]);
  });

  test("a command reaches the database by what it is told, and by nothing that its arguments show", async () => {
    await using production = await start(50);
    const [known, program] = {
      sqlite: ["BELAY_DATABASE_PATH", 'sqlite3 "$BELAY_DATABASE_PATH"'],
      postgres: ["BELAY_DATABASE_URL", 'psql -X -A -t -q "$BELAY_DATABASE_URL" -c'],
    }[production.engine] ?? ["", ""];
    production.configure(`${production.target}migrate: sql
app:
  stop: ${program} "select count(*) from users" >> app.log; echo "$BELAY_TARGET $BELAY_RUN" >> app.log; env | sed -n 's/^\\(BELAY_DATABASE_[A-Z]*\\)=.*/\\1/p' | sort > known
  start: 'true'
`);
    production.migration("1_role.sql", "alter table users add column role text;");
    const { status, result } = await production.json("migrate");
    expect([status, production.applicationLog()]).toEqual([0, ["5", `app ${result.run}`]]);
    expect(production.read("known").split("\n")).toContain(known);
    expect(production.read("known").includes("PATH")).toBe(production.engine === "sqlite");
  });

  test("backups and journals are nobody else's to read", async () => {
    await using production = await start(50);
    production.configure(`${production.target}migrate: sql\n`);
    production.migration("1_role.sql", "alter table users add column role text;");
    const { result } = await production.json("migrate");
    const id = result.targets[0]?.backup?.id ?? "";
    const folders = ["belay-backups", "belay-backups/prod", "belay-backups/prod/app"];
    expect(modes(production, ".").filter((line) => line.startsWith("belay-backups"))).toEqual(["belay-backups 700"]);
    expect(folders.flatMap((folder) => modes(production, folder))).toEqual(["prod 700", ".runs 700", "app 700", `${id} 700`]);
    expect(modes(production, "belay-backups/prod/.runs")).toEqual([`${result.run}.jsonl 600`]);
    const files = modes(production, `belay-backups/prod/app/${id}`);
    expect(files).toContain("manifest.json 600");
    expect(files.filter((line) => !line.endsWith(" 600"))).toEqual([]);
    expect(files.length).toBeGreaterThan(1);
  });
});
